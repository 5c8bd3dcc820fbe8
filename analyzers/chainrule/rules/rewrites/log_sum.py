"""Losses that spell out cross-entropy as `logsumexp(x) - x[class]`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.calls import integer, op_of
from chainrule.fixes.usage import same
from chainrule.rules.rewrites.objective import Objective, Parts
from chainrule.rules.rewrites.reduction import Form, Reduced
from chainrule.rules.rewrites.scores import Kind, Scores
from chainrule.rules.rewrites.targets import OneHot, uncolumn


class LogSums(Parts):
    """Reads differences between a log-sum-exp and the score of the class."""

    def _from_logsumexp(self, node: ast.BinOp, left: ast.expr, right: ast.expr) -> Iterator[Objective]:
        """`logsumexp(x, 1) - x.gather(1, t)`: minus the log-probability of the class, per sample"""
        total = op_of(self.scope.value_of(left), self.names)
        if total is None or total.name != "logsumexp" or total.tensor is None or "keepdim" in total.keywords:
            return
        dim = integer(total.get(1, "dim"))
        picked = self.scope.value_of(right)
        squeezed = op_of(picked, self.names)
        if (
            squeezed is not None
            and squeezed.name in ("squeeze", "flatten", "view")
            and squeezed.tensor is not None
        ):
            picked = self.scope.value_of(squeezed.tensor)
        op = op_of(picked, self.names)
        match picked:
            case ast.Subscript(value=value, slice=ast.Tuple(elts=[rows, target])) if self.targets.is_rows(
                rows
            ):
                hot = OneHot(target, -1)
            case ast.Call() if op is not None and op.name == "gather" and squeezed is not op:
                index = op.get(2, "index")
                if index is None or op.tensor is None or integer(op.get(1, "dim")) != dim:
                    return
                value, hot = op.tensor, OneHot(uncolumn(index)[0], -1)
            case ast.Call() if op is not None and op.name == "sum" and integer(op.get(1, "dim")) == dim:
                found = self._own_score(op.tensor, total.tensor)
                if found is None or found.smoothing is not None:
                    return
                value, hot = total.tensor, found
            case _:
                return
        if dim not in (1, -1) or not same(value, total.tensor):
            return
        scores = Scores(Kind.LOG_SOFTMAX, value, dim)
        result = self.reductions.follow(Reduced(node, Form.SAMPLES, dims=(dim,)), (value, hot.target))
        yield Objective(node, result, scores, hot, positive=True)

    def _own_score(self, product: ast.expr | None, scores: ast.expr) -> OneHot | None:
        """The target of `onehot * x`, where `x` are the scores."""
        value = self.scope.value_of(product) if product is not None else None
        match value:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                for hot, other in ((left, right), (right, left)):
                    found = self.targets.read(hot)
                    if found is not None and same(other, scores):
                        return found
            case _:
                pass
        return None
