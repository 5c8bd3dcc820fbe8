"""Where the names of a file stand, and what stands around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from chainrule.flow.core.program import Module
from chainrule.syntax import Block, children, parse_block, walk_tree

Functions = (ast.FunctionDef, ast.AsyncFunctionDef)
_OFF = ("no_grad", "inference_mode")


class Place(NamedTuple):
    """An expression in a block."""

    block: Block
    node: ast.AST

    @property
    def around(self) -> ast.AST | None:
        """What the expression is directly a part of."""
        return _parents(self.block).get(self.node)

    @property
    def outward(self) -> Iterator[ast.AST]:
        """All that the expression is a part of, the innermost first."""
        parents = _parents(self.block)
        node = parents.get(self.node)
        while node is not None:
            yield node
            node = parents.get(node)

    @property
    def function(self) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function that it stands in."""
        return next((each for each in self.outward if isinstance(each, Functions)), None)

    @property
    def owner(self) -> ast.ClassDef | None:
        """The class that it stands in."""
        return next((each for each in self.outward if isinstance(each, ast.ClassDef)), None)

    @property
    def is_without_graph(self) -> bool:
        """Whether it stands under `torch.no_grad()`, or in a function that runs so."""
        for each in self.outward:
            if isinstance(each, (ast.With, ast.AsyncWith)):
                if any(_switches_off(item.context_expr) for item in each.items):
                    return True
            elif isinstance(each, Functions):
                return any(map(_switches_off, each.decorator_list))
        return False

    def at(self, node: ast.AST) -> Place:
        """Another expression of the same block."""
        return Place(self.block, node)


def names(module: Module, name: str, within: Place | None = None) -> Iterator[Place]:
    """Where the name `name` is read: in the function around `within`, or in the file."""
    function = within.function if within is not None else None
    if within is not None and function is not None:
        yield from _read(within.block, function, name, ast.Name)
        return
    for block in module.blocks:
        if name in block.text:
            yield from _read(block, parse_block(block), name, ast.Name)


def attributes(module: Module, name: str) -> Iterator[Place]:
    """Where an attribute `name` is read, of whatever object."""
    for block in module.blocks:
        if name in block.text:
            yield from _read(block, parse_block(block), name, ast.Attribute)


def _read(block: Block, within: ast.AST, name: str, kind: type[ast.expr]) -> Iterator[Place]:
    for node in walk_tree(within):
        if isinstance(node, kind) and isinstance(getattr(node, "ctx", None), ast.Load):
            if getattr(node, "id", getattr(node, "attr", "")) == name:
                yield Place(block, node)


def _parents(block: Block) -> dict[ast.AST, ast.AST]:
    known = block.notes.get("parents")
    if not isinstance(known, dict):
        known = block.notes["parents"] = {
            child: node for node in walk_tree(parse_block(block)) for child in children(node)
        }
    return known


def _switches_off(context: ast.expr) -> bool:
    """Whether a context or a decorator is `torch.no_grad()`, with or without its parentheses."""
    made = context.func if isinstance(context, ast.Call) else context
    return (made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")) in _OFF
