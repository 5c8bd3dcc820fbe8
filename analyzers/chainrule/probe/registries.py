"""Definitions that nothing names, and that enter themselves into what a loss reads.

`@register("l1")` above a function, where `register` stores it in a dict; `@LOSSES.register()`; a subclass of
a class that keeps a list of its subclasses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Protocol

from chainrule.probe.slicing_names import root_name, sets_up, stored_names
from chainrule.syntax import walk_tree

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class _Statement(Protocol):
    @property
    def node(self) -> ast.stmt: ...

    @property
    def binds(self) -> frozenset[str]: ...


class Registries:
    """What of a module's top level registers something, and where."""

    def __init__(self, statements: Iterable[_Statement]) -> None:
        self._fillers: dict[str, ast.stmt] = {}
        """Functions and classes by name: what a decorator may be."""
        self._values: set[str] = set()
        """Names bound by assignments or imports of a constant's name: objects, no modules."""
        self._collecting: set[str] = set()
        """Classes that learn of their subclasses."""
        for statement in statements:
            node = statement.node
            if isinstance(node, _DEFINITIONS):
                self._fillers[node.name] = node
                if isinstance(node, ast.ClassDef) and _collects_subclasses(node):
                    self._collecting.add(node.name)
            elif isinstance(node, ast.ImportFrom):
                self._values |= {name for name in statement.binds if name.isupper()}
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                self._values |= statement.binds

    def fills(self, node: ast.stmt, wanted: set[str]) -> bool:
        """Whether a definition, or a call like `register("l1")(f)`, enters something into a wanted name."""
        if isinstance(node, ast.ClassDef) and self._collecting & wanted & {root_name(b) for b in node.bases}:
            return True
        if isinstance(node, _DEFINITIONS):
            return any(self._registers(root_name(d), wanted) for d in node.decorator_list)
        called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        return called and self._stores(root_name(node.value), wanted)  # type: ignore[attr-defined]

    def _registers(self, decorator: str, wanted: set[str]) -> bool:
        return decorator in wanted & self._values or self._stores(decorator, wanted)

    def _stores(self, name: str, wanted: set[str]) -> bool:
        node = self._fillers.get(name)
        return node is not None and any(
            stored_names(n) & wanted or (isinstance(n, ast.Expr) and sets_up(n.value, wanted))
            for n in walk_tree(node)
        )


def _collects_subclasses(node: ast.ClassDef) -> bool:
    named = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
    asks = any(isinstance(n, ast.Attribute) and n.attr == "__subclasses__" for n in walk_tree(node))
    return "__init_subclass__" in named or asks or any(k.arg == "metaclass" for k in node.keywords)
