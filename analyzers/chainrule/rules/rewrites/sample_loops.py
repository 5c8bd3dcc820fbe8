"""A loop over the samples of a batch, and how the values of one sample are written for all of them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from chainrule.fixes.bindings import Binding
from chainrule.fixes.calls import is_full_slice, number, op_of
from chainrule.fixes.text import SourceText
from chainrule.fixes.usage import Scope, names_in
from chainrule.fixes.vocabulary import ELEMENTWISE
from chainrule.names import Names
from chainrule.rules.rewrites.reduction import Reduced


@dataclass
class SampleLoop:
    """A loop over samples whose per-sample values `sample` are collected and reduced.

    `result` is what the batched expression replaces: the reduced collection, with its form and sign.
    `replaced` are the statements that go with it. When `assign` is a name, the loop itself becomes an
    assignment to it. `tensors` are what is iterated, `whole` says that every sample is visited.
    """

    sample: ast.expr
    result: Reduced
    replaced: list[ast.stmt]
    body: list[ast.stmt]
    rows: dict[str, ast.expr]
    index: str
    whole: bool = True
    assign: str = ""
    tensors: list[ast.expr] = field(default_factory=list)


class Batches:
    """Writes expressions of one sample for the whole batch."""

    def __init__(self, scope: Scope, names: Names, source: SourceText) -> None:
        self.scope = scope
        self.names = names
        self.source = source

    def batched(self, loop: SampleLoop, node: ast.expr) -> str | None:
        """The text of a per-sample expression for all samples at once; None when there is no such text.

        Expressions that do not vary over the samples keep their text.
        """
        match node:
            case ast.Name(id=name):
                return self._batched_name(loop, node, name)
            case ast.Subscript(value=value, slice=index) if loop.index and is_row_index(index, loop.index):
                return None if self._varies(loop, value) else self.source.segment(value)
            case _ if not self._varies(loop, node):
                return self.source.segment(node)
            case ast.BinOp(left=left, right=right, op=operator) if not isinstance(operator, ast.MatMult):
                rows = [self._varies(loop, part) for part in (left, right)]
                if not all(rows) and number(left if rows[1] else right) is None:
                    return None
                return self._rendered(loop, node, [left, right])
            case ast.UnaryOp(operand=operand):
                return self._rendered(loop, node, [operand])
            case ast.Call():
                op = op_of(node, self.names)
                if op is None or op.tensor is None or op.name not in ELEMENTWISE:
                    return None
                others = [*op.operands[1:], *op.keywords.values()]
                if any(self._varies(loop, other) for other in others if other is not op.tensor):
                    return None
                return self._rendered(loop, node, [op.tensor])
            case _:
                return None

    def _batched_name(self, loop: SampleLoop, node: ast.Name, name: str) -> str | None:
        if name in loop.rows:
            return self.source.segment(loop.rows[name])
        if name == loop.index:
            return None
        binding = self.scope.binding_of(node)
        if binding is None or binding.statement not in loop.body:
            return name
        if binding.value is None or binding.path:
            return None
        text = self.batched(loop, binding.value)
        return text if text is None or not isinstance(binding.value, ast.BinOp) else f"({text})"

    def _rendered(self, loop: SampleLoop, node: ast.expr, parts: list[ast.expr]) -> str | None:
        texts: dict[ast.AST, str] = {}
        for part in parts:
            text = self.batched(loop, part)
            if text is None:
                return None
            texts[part] = text
        return self.source.substitute(node, texts)

    def _varies(self, loop: SampleLoop, node: ast.expr) -> bool:
        bound = {b.name for s in loop.body for b in self.bound_by(s)}
        return any(name == loop.index or name in loop.rows or name in bound for name in names_in(node))

    def bound_by(self, statement: ast.stmt) -> list[Binding]:
        return [b for every in self.scope.bindings.values() for b in every if b.statement is statement]


def is_row_index(index: ast.expr, name: str) -> bool:
    match index:
        case ast.Name(id=found):
            return found == name
        case ast.Tuple(elts=[ast.Name(id=found), *rest]):
            return found == name and all(is_full_slice(part) for part in rest)
        case ast.Slice(
            lower=ast.Name(id=found),
            upper=ast.BinOp(left=ast.Name(id=again), op=ast.Add(), right=ast.Constant(value=1)),
            step=None,
        ):
            return found == again == name  # a batch of one
        case _:
            return False
