"""Recognising losses that spell out cross-entropy, or stand in for it, with one-hot targets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from chainrule.fixes.calls import number, op_of
from chainrule.fixes.usage import walk_scope
from chainrule.rules.rewrites.compared import Compared
from chainrule.rules.rewrites.log_sum import LogSums
from chainrule.rules.rewrites.objective import Objective, may_be_called
from chainrule.rules.rewrites.reduction import Form, Reduced
from chainrule.rules.rewrites.scores import Kind, Scores
from chainrule.rules.rewrites.targets import OneHot

# What class weights are called where they are not called weights.
_WEIGHTS = frozenset({"w", "ws", "cw", "wt", "wts", "alpha", "class_w", "balance"})

_EINSUM = frozenset(("einsum",))
_PAIRED = re.compile(r"(\w)(\w),\1\2->(\1?)")


class ObjectiveReader(Compared, LogSums):
    """Finds the classification losses of one scope."""

    def objectives(self) -> Iterator[Objective]:
        for node in walk_scope(self.scope.node):
            match node:
                case ast.Call() if self.is_product(node):
                    yield from self._from_product(node)
                case ast.Call() if (summed := self._summed_product(node)) is not None:
                    yield from self._from_product(node, *summed)
                case ast.Call():
                    yield from self._from_call(node)
                case ast.BinOp(op=ast.Mult()):
                    if not self.is_product(self.scope.parents.get(node)):
                        yield from self._from_product(node)
                case ast.BinOp(left=ast.BinOp(op=ast.Sub()) as gap, op=ast.Pow(), right=power) if (
                    number(power) == 2
                ):
                    yield from self._from_gap(node, gap, "mse_loss")
                case ast.BinOp(left=left, op=ast.Sub(), right=right):
                    yield from self._from_logsumexp(node, left, right)
                case ast.Subscript(value=value, slice=ast.Tuple(elts=[rows, target])) if self.targets.is_rows(
                    rows
                ):
                    yield from self._picked(node, value, OneHot(target, -1), Form.SAMPLES, ())
                case ast.Subscript(
                    value=value,
                    slice=ast.Tuple(elts=[ast.Name(id=n), ast.Subscript(slice=ast.Name(id=m)) as target]),
                ) if n == m and self.scores.read(value).dim in (1, -1):
                    yield from self._picked(node, value, OneHot(target, 0), Form.SUM, ())
                case ast.Subscript(value=value, slice=ast.expr() as target) if isinstance(node.ctx, ast.Load):
                    # A row's log-probability of its class; meaningful inside a loop over samples only.
                    if (hot := self.targets.read(target)) is not None:
                        if hot.class_dim == -1:
                            yield from self._picked(node, value, hot, Form.SAMPLES, ())
                    elif not isinstance(target, ast.Constant | ast.Slice | ast.Tuple):
                        yield from self._picked(node, value, OneHot(target, 0), Form.SUM, ())

    def _factors(self, node: ast.expr) -> tuple[list[ast.expr], bool]:
        """The factors of a product, and whether it is negated."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner, negated = self._factors(operand)
                return inner, not negated
            case ast.Constant(value=1 | 1.0):
                return [], False
            case _ if self.is_product(node):
                op = op_of(node, self.names)
                parts = (node.left, node.right) if isinstance(node, ast.BinOp) else op.operands if op else ()
                found = [self._factors(part) for part in parts]
                return [f for each, _ in found for f in each], sum(n for _, n in found) % 2 == 1
            case _:
                return [node], False

    def _summed_product(self, node: ast.Call) -> tuple[list[ast.expr], Form] | None:
        """The factors of `torch.einsum("nc,nc->n", onehot, logp)`, and what is left of them."""
        if not may_be_called(node, _EINSUM):
            return None
        op = op_of(node, self.names)
        if op is None or op.name != "einsum" or len(op.operands) != 3 or op.keywords:
            return None
        said = op.operands[0].value if isinstance(op.operands[0], ast.Constant) else ""
        match = _PAIRED.fullmatch(said.replace(" ", "")) if isinstance(said, str) else None
        if match is None:
            return None
        form = Form.SAMPLES if match[3] == match[1] else Form.SUM
        return list(op.operands[1:]), form

    def _from_product(
        self, node: ast.expr, given: list[ast.expr] | None = None, form: Form = Form.ELEMENTS
    ) -> Iterator[Objective]:
        """`onehot * log_softmax(x)`, with class weights or not; `form` says what of it is summed already."""
        factors, negated = self._factors(node) if given is None else (given, False)
        hots = [(f, hot) for f in factors if (hot := self.targets.read(f)) is not None]
        if len(hots) != 1:
            return
        logs: list[tuple[ast.expr, Scores]] = []
        others = []
        for factor in factors:
            if factor is hots[0][0]:
                continue
            scores = self.scores.read(factor)
            if scores.kind in (Kind.LOG_SOFTMAX, Kind.LOG_RAW, Kind.LOG_NAME):
                logs.append((factor, scores))
            elif scores.kind is Kind.SOFTMAX and len(factors) == 2 and given is None:
                yield from self._picked_probability(node, scores, hots[0][1])
                return
            else:
                others.append(factor)
        if len(logs) != 1 or len(others) > 1 or not all(self._is_weight(other) for other in others):
            return
        scores, hot = logs[0][1], hots[0][1]
        dims = (1,) if form is Form.SAMPLES else ()
        result = self.reductions.follow(Reduced(node, form, negated, dims), (scores.node, hot.target))
        weight = others[0] if others else None
        yield Objective(node, result, scores, hot, weight=weight)

    def _is_weight(self, node: ast.expr) -> bool:
        """Whether an extra factor is the weights of the classes: by its name, and not computed here."""
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        lowered = name.lower()
        if "weight" in lowered:
            return "sample" not in lowered
        given = isinstance(node, ast.Attribute) or self.scope.value_of(node) is node
        return lowered in _WEIGHTS and given
