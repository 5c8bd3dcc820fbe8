"""Read hints off a loss: dimensions, index uses, keys, attributes, calls, in it and in what it calls."""

from __future__ import annotations

import ast

from .hints import Function, Hints, merge, parameters_of
from .uses import TENSOR_ATTRIBUTES, Uses


def collect(function: Function, every: dict[str, Function], owner: str, depth: int = 3) -> dict[str, Hints]:
    """Hints for each parameter of `function`, also from the functions of the file that it passes them to."""
    reader = _Reader(function, every, owner, depth)
    for statement in function.body:
        reader.visit(statement)
    return reader.hints


class _Reader(Uses):
    """Follows the parameters through assignments, containers, loops and calls."""

    def __init__(self, function: Function, every: dict[str, Function], owner: str, depth: int) -> None:
        super().__init__(parameters_of(function), owner)
        self.every = every
        self.depth = depth

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        target = node.targets[0]
        if isinstance(target, ast.Name):
            known = self.of(node.value)
            if known is not None:
                self.names[target.id] = known
            else:
                self.names.pop(target.id, None)
        if isinstance(target, (ast.Tuple, ast.List)) and not any(
            isinstance(e, ast.Starred) for e in target.elts
        ):
            self._unpacked(node.value, target)

    def _unpacked(self, value: ast.expr, target: ast.Tuple | ast.List) -> None:
        count = len(target.elts)
        if isinstance(value, ast.Attribute) and value.attr == "shape" and (hints := self.of(value.value)):
            hints.rank = count
        elif (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "size"
        ):
            if not value.args and (hints := self.of(value.func.value)):
                hints.rank = count
        elif isinstance(value, ast.Name) and (hints := self.of(value)):
            hints.unpacked = self._held(hints, target)

    def _held(self, hints: Hints, target: ast.Tuple | ast.List) -> tuple[str, ...]:
        """The names of a tuple target, each known from here on as a part of what was taken apart."""
        names = tuple(e.id if isinstance(e, ast.Name) else f"item{i}" for i, e in enumerate(target.elts))
        for name in names:
            self.names[name] = hints.part(name)
        return names

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        base, index = self.of(node.value), node.slice
        parts = list(index.elts) if isinstance(index, ast.Tuple) else [index]
        for part in parts:
            if (used := self.of(part)) is not None:
                used.long = True
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            base = self.of(node.value.value)
            if base is not None and isinstance(index, ast.Constant) and isinstance(index.value, int):
                base.need(index.value + 1 if index.value >= 0 else -index.value)
            return
        if base is None:
            return
        if isinstance(index, ast.Constant) and isinstance(index.value, str):
            base.keys[index.value] = None
        elif not any(isinstance(p, ast.Constant) and p.value is Ellipsis for p in parts):
            base.need(sum(not (isinstance(p, ast.Constant) and p.value is None) for p in parts))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and (hints := self.of(node.value)):
            if node.attr not in TENSOR_ATTRIBUTES:
                hints.attributes[node.attr] = None
            elif node.attr not in ("item", "keys", "values", "items", "data", "to"):
                hints.tensor = True

    def visit_For(self, node: ast.For) -> None:
        self.generic_visit(node)
        self._iterated(node.iter, node.target)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.generic_visit(node)
        self._iterated(node.iter, node.target)

    def _iterated(self, source: ast.expr, target: ast.expr) -> None:
        if (
            isinstance(source, ast.Call)
            and isinstance(source.func, ast.Name)
            and source.func.id in ("zip", "enumerate", "reversed")
        ):
            for argument in source.args:
                if hints := self.of(argument):
                    hints.listed = True
        elif (hints := self.of(source)) is not None:
            hints.listed = True
            if isinstance(target, ast.Tuple):
                hints.pairs = self._held(hints, target)

    def follow(self, name: str, node: ast.Call, skip: int) -> None:
        callee = self.every.get(name)
        if callee is None or not self.depth:
            return
        below = collect(callee, self.every, self.owner, self.depth - 1)
        names = parameters_of(callee)[skip if parameters_of(callee)[:1] in (["self"], ["cls"]) else 0 :]
        given = [*zip(names, node.args), *((k.arg or "", k.value) for k in node.keywords)]
        for parameter, value in given:
            hints = self.of(value)
            if hints is not None and parameter in below:
                merge(hints, below[parameter])
