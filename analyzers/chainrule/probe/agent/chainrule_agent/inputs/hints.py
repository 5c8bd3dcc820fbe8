"""What the code of a loss says about one parameter."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@dataclass
class Hints:
    """Evidence about one parameter."""

    rank: int | None = None
    at_least: int = 0
    long: bool = False
    class_index: bool = False
    boolean: bool = False
    unit: bool = False
    called: bool = False
    integer: bool = False
    listed: bool = False
    """Iterated over, or unpacked from an iteration."""
    keys: dict[str, None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    unpacked: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    """The names that each item of the parameter is unpacked into."""
    same_as: set[str] = field(default_factory=set)
    tensor: bool = False
    """Used as one tensor: arithmetic, or an attribute that tensors have."""
    options: dict[str, None] = field(default_factory=dict)
    """Python text of the values that it is compared with."""
    parts: dict[str, Hints] = field(default_factory=dict)
    """Of what it holds: by key, attribute, or the name that an item is unpacked into."""

    def part(self, name: str) -> Hints:
        return self.parts.setdefault(name, Hints())

    def need(self, rank: int) -> None:
        self.at_least = max(self.at_least, rank)


def merge(into: Hints, other: Hints) -> None:
    into.rank = into.rank or other.rank
    into.need(other.at_least)
    for flag in ("long", "class_index", "boolean", "unit", "called", "integer", "listed", "tensor"):
        setattr(into, flag, getattr(into, flag) or getattr(other, flag))
    into.keys.update(other.keys)
    into.attributes.update(other.attributes)
    into.options.update(other.options)
    into.unpacked = into.unpacked or other.unpacked
    into.pairs = into.pairs or other.pairs
    for name, part in other.parts.items():
        merge(into.part(name), part)


def functions_of(tree: ast.AST, prefix: str = "") -> dict[str, Function]:
    """The functions and methods of a module, by qualified name."""
    found: dict[str, Function] = {}
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found[prefix + node.name] = node
        elif isinstance(node, ast.ClassDef):
            found.update(functions_of(node, f"{prefix}{node.name}."))
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            found.update(functions_of(node, prefix))
    return found


def parameters_of(function: Function) -> list[str]:
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [a.arg for a in every]
