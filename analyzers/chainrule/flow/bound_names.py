"""What the names of a function are bound to, and what it returns, by its statements."""

from __future__ import annotations

import ast
from typing import NamedTuple

# Where the statements inside a statement are.
_BODIES = ("body", "orelse", "items", "handlers", "finalbody", "cases")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Part(NamedTuple):
    """What a name is bound to that takes one element of `whole`: by a loop, or beside other names."""

    whole: ast.expr


Bound = ast.expr | Part | None
"""An expression, a part of one, or something (None)."""


class Bindings:
    """What the statements of one function bind. `chosen`: it is called, or returns, under a condition."""

    def __init__(self, chosen: bool) -> None:
        self.chosen = chosen
        self.bound: dict[str, list[Bound]] = {}
        self.local: set[str] = set()
        """Its arguments, and what it defines and imports."""

    def read(self, body: list[ast.stmt]) -> list[ast.expr]:
        """Note what the statements of a function bind; what they return."""
        returned: list[ast.expr] = []
        pending: list[ast.AST] = list(body)
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Return):
                self.chosen = self.chosen or node is not body[-1]
                if node.value is not None:
                    returned.append(node.value)
            elif isinstance(node, ast.Raise):
                self.chosen = True  # what follows runs where it was not
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self.bind(target, node.value)
            elif isinstance(node, ast.AugAssign):
                if not isinstance(node.value, ast.Constant):
                    self.bind(node.target, node.value)
            elif isinstance(node, ast.AnnAssign):
                self.bind(node.target, node.value)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.local.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                self.local.update(each.asname or each.name for each in node.names)
            else:
                if isinstance(node, (ast.For, ast.AsyncFor)):
                    self.bind(node.target, Part(node.iter))
                elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                    self.bind(node.optional_vars, None)
                for name in _BODIES:
                    pending += getattr(node, name, ())
        return returned

    def bind(self, target: ast.expr, value: Bound) -> None:
        """`target` stands for `value` from here on, beside what it stood for."""
        if isinstance(target, ast.Name):
            self.bound.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts: list[Bound] = [None if value is None or isinstance(value, Part) else Part(value)]
            parts *= len(target.elts)
            if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
                parts = [None if isinstance(each, ast.Starred) else each for each in value.elts]
            for each, part in zip(target.elts, parts, strict=True):
                self.bind(each, part)


def arguments_of(function: Function) -> list[str]:
    """The names of all arguments of a function."""
    spec = function.args
    taken = (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg)
    return [each.arg for each in taken if each is not None]
