"""Losses that take the class's own log-probability out of the scores: by its index, or by its logarithm."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.calls import op_of
from chainrule.fixes.usage import same
from chainrule.rules.rewrites.objective import Objective, Parts
from chainrule.rules.rewrites.reduction import Form, Reduced
from chainrule.rules.rewrites.scores import Kind, Scores
from chainrule.rules.rewrites.targets import OneHot


class Picked(Parts):
    """Reads losses of one picked element per sample."""

    def _picked(
        self, node: ast.expr, value: ast.expr, hot: OneHot, form: Form, dims: tuple[int, ...]
    ) -> Iterator[Objective]:
        """The log-probability of the target, picked by its index."""
        scores = self.scores.read(value)
        if scores.kind is Kind.SOFTMAX:
            yield from self._logarithm(Reduced(node, form, dims=dims), node, scores, hot)
        elif scores.kind is Kind.LOG_SOFTMAX:
            result = self.reductions.follow(Reduced(node, form, dims=dims), (scores.node, hot.target))
            weight, result = self._weighted(result, scores, hot)
            # Unreduced, it may be a policy gradient's log-probability of an action.
            reduced = result.form in (Form.MEAN, Form.SUM)
            each = result.form is Form.SAMPLES and self._is_label(hot.target) and result.node is not node
            minus = result.negated or (hot.class_dim == 0 and self._is_subtracted(result.node))
            if minus and (reduced or each):
                yield Objective(node, result, scores, hot, weight=weight)

    def _picked_probability(self, node: ast.expr, scores: Scores, hot: OneHot) -> Iterator[Objective]:
        """`(onehot * softmax(x)).sum(1)`, the probability of the target, up to its log."""
        summed = self.reductions.follow(Reduced(node, Form.ELEMENTS))
        if summed.form is Form.SAMPLES and not summed.negated:
            yield from self._logarithm(summed, node, scores, hot)

    def _logarithm(self, picked: Reduced, node: ast.expr, scores: Scores, hot: OneHot) -> Iterator[Objective]:
        current = picked.node
        guarded = False
        crossed = picked.crossed
        while True:
            parent = self.scope.parents.get(current)
            if isinstance(parent, ast.Assign):
                following = self.reductions.only_read(current)
                if following is None:
                    return
                current, crossed = following, (*crossed, parent)
                continue
            if isinstance(parent, ast.Attribute):
                parent = self.scope.parents.get(parent)
            if not isinstance(parent, ast.expr):
                return
            op = op_of(parent, self.names)
            if op is not None and op.name == "log" and op.tensor is current:
                break
            inner, is_guard = self.scores.unguarded(parent)
            squeezes = op is not None and op.tensor is current and op.name in ("squeeze", "view", "flatten")
            if not squeezes and not (is_guard and inner is current):
                return
            guarded = guarded or is_guard
            current = parent
        start = Reduced(parent, picked.form, dims=picked.dims, crossed=crossed)
        result = self.reductions.follow(start, (scores.node, hot.target))
        if result.negated and result.form in (Form.MEAN, Form.SUM):
            log = Scores(Kind.LOG_SOFTMAX, scores.node, scores.dim, guarded)
            yield Objective(node, result, log, hot)

    def _weighted(self, result: Reduced, scores: Scores, hot: OneHot) -> tuple[ast.expr | None, Reduced]:
        """The class weights `w[labels]` that log-probabilities are multiplied with, and the product."""
        place = self.reductions.only_read(result.node) or result.node
        parent = self.scope.parents.get(place)
        if (
            result.form is not Form.SAMPLES
            or not isinstance(parent, ast.BinOp)
            or not self.is_product(parent)
        ):
            return None, result
        other = self.scope.value_of(parent.right if parent.left is place else parent.left)
        match other:
            case ast.Subscript(value=weight, slice=ast.expr() as index) if same(index, hot.target):
                pass
            case _:
                return None, result
        crossed = result.crossed
        statement = self.scope.parents.get(result.node)
        if place is not result.node and isinstance(statement, ast.stmt):
            crossed = (*crossed, statement)
        product = Reduced(parent, Form.SAMPLES, result.negated, result.dims, crossed)
        return weight, self.reductions.follow(product, (scores.node, hot.target))

    def _is_subtracted(self, node: ast.expr) -> bool:
        """Whether a loop takes a sample's value off its total: `total -= value`"""
        match self.scope.parents.get(node):
            case ast.BinOp(op=ast.Sub(), right=right):
                return right is node
            case ast.AugAssign(op=ast.Sub()):
                return True
            case _:
                return False

    def _is_label(self, target: ast.expr) -> bool:
        """Whether the picked classes are labels by their name; actions are none."""
        name = self.scope.root(target).rpartition(".")[2].lower()
        return (
            any(word in name for word in ("label", "target", "gt", "truth", "class", "token")) or name == "y"
        )
