"""Losses that compare scores with one-hot targets element by element, or that take class indices already."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.calls import Op, integer, number, op_of
from chainrule.fixes.vocabulary import ELEMENTWISE_LOSSES
from chainrule.rules.rewrites.objective import Objective, may_be_called
from chainrule.rules.rewrites.picked import Picked
from chainrule.rules.rewrites.reduction import Form, Reduced
from chainrule.rules.rewrites.scores import Kind, Scores
from chainrule.rules.rewrites.targets import OneHot, uncolumn

_LOSS_MODULES = {
    "MSELoss": "mse_loss",
    "L1Loss": "l1_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "HuberLoss": "huber_loss",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "KLDivLoss": "kl_div",
    "NLLLoss": "nll_loss",
    "CrossEntropyLoss": "cross_entropy",
}
_SAID = {
    "mse_loss": "the mean squared error",
    "l1_loss": "the absolute error",
    "smooth_l1_loss": "the smooth L1 error",
    "huber_loss": "the Huber error",
    "binary_cross_entropy": "the binary cross-entropy of each class",
    "binary_cross_entropy_with_logits": "the binary cross-entropy of each class",
}
# The calls that `_from_call` reads.
_READ = ELEMENTWISE_LOSSES | {"nll_loss", "cross_entropy", "gather", "abs", "square", "pow"}


class Compared(Picked):
    """Reads calls of losses, and squares and absolute values of gaps."""

    def _from_call(self, node: ast.Call) -> Iterator[Objective]:
        if not may_be_called(node, _READ):
            return
        op = self._loss_operation(node)
        if op is None or op.tensor is None:
            return
        if op.name in ELEMENTWISE_LOSSES:
            yield from self._elementwise(op)
        elif op.name == "nll_loss":
            yield from self._nll(op)
        elif op.name == "cross_entropy":
            yield from self._of_probabilities(op)
        elif op.name == "gather":
            index = op.get(2, "index")
            dim = integer(op.get(1, "dim"))
            if index is not None and dim in (1, -1):
                target, squeezed = uncolumn(index)
                hot = OneHot(target, -1, suffix="" if squeezed else f".squeeze({dim})")
                yield from self._picked(node, op.tensor, hot, Form.COLUMN, (dim,))
        elif op.name in ("abs", "square") or (op.name == "pow" and number(op.get(1, "exponent")) == 2):
            gap = self.scope.value_of(op.tensor)
            if isinstance(gap, ast.BinOp) and isinstance(gap.op, ast.Sub):
                yield from self._from_gap(node, gap, "l1_loss" if op.name == "abs" else "mse_loss")

    def _loss_operation(self, node: ast.Call) -> Op | None:
        """A call, with `nn.MSELoss()(a, b)` and `criterion(a, b)` read as `mse_loss(a, b)`."""
        callee = self.scope.value_of(node.func)
        if callee is node.func and isinstance(callee, ast.Attribute):
            return op_of(node, self.names)
        made = op_of(callee, self.names)
        if made is None or made.dotted is None or made.name.removeprefix("nn.") not in _LOSS_MODULES:
            return op_of(node, self.names)
        name = _LOSS_MODULES[made.name.removeprefix("nn.")]
        given = {word.arg: word.value for word in node.keywords if word.arg is not None}
        return Op(name, node, tuple(node.args), {**made.keywords, **given}, f"torch.nn.functional.{name}")

    def _elementwise(self, op: Op) -> Iterator[Objective]:
        first, second = op.tensor, op.get(1, "target")
        if first is None or second is None:
            return
        hot, prediction = self.targets.read(second), first
        if hot is None and op.name not in ("kl_div",):
            hot, prediction = self.targets.read(first), second
        reduction = _word(op.keywords.get("reduction"), "mean")
        extra = set(op.keywords) - {"reduction", "input", "target", "beta", "delta"}
        if hot is None or extra or len(op.operands) > 2:
            return
        scores = self.scores.read(prediction)
        if op.name == "kl_div":
            form = {"batchmean": Form.MEAN, "sum": Form.SUM, "none": Form.ELEMENTS}.get(reduction)
            if form is not None and scores.kind is Kind.LOG_SOFTMAX:
                result = self.reductions.follow(Reduced(op.node, form), (scores.node,))
                yield Objective(op.node, result, scores, hot, positive=True)
            return
        form = {"mean": Form.MEAN, "sum": Form.SUM, "none": Form.ELEMENTS}.get(reduction)
        if form is not None and op.name in _SAID:
            start = Reduced(op.node, form)
            result = self.reductions.follow(start, (scores.node,)) if form is not Form.MEAN else start
            yield Objective(op.node, result, scores, hot, _SAID[op.name], positive=True)

    def _from_gap(self, node: ast.expr, gap: ast.BinOp, name: str) -> Iterator[Objective]:
        """`(p - onehot) ** 2` and its spellings."""
        for hot_node, prediction in ((gap.right, gap.left), (gap.left, gap.right)):
            hot = self.targets.read(hot_node)
            if hot is not None:
                scores = self.scores.read(prediction)
                result = self.reductions.follow(Reduced(node, Form.ELEMENTS), (scores.node,))
                yield Objective(node, result, scores, hot, _SAID[name], positive=True)
                return

    def _of_probabilities(self, op: Op) -> Iterator[Objective]:
        """`cross_entropy(x, onehot)`: the same from the class indices, where no weights change its mean"""
        target = op.get(1, "target")
        hot = self.targets.read(target) if target is not None else None
        words = {word: value for word, value in op.keywords.items() if word not in ("input", "target")}
        if hot is None or hot.smoothing is not None or op.tensor is None or len(op.operands) > 2:
            return
        # Class probabilities stand in dimension 1, as the scores do.
        if set(words) <= {"reduction", "label_smoothing"} and hot.class_dim != 0:
            result = Reduced(op.node, Form.MEAN)
            scores = Scores(Kind.LOG_SOFTMAX, op.tensor, 1)
            yield Objective(op.node, result, scores, hot, keywords=words, positive=True)

    def _nll(self, op: Op) -> Iterator[Objective]:
        scores = self.scores.read(op.operands[0]) if op.operands else None
        target = op.get(1, "target")
        if scores is None or scores.kind is not Kind.LOG_SOFTMAX or target is None or len(op.operands) > 2:
            return
        words = {word: value for word, value in op.keywords.items() if word != "target"}
        # The node is replaced as a whole, with its own reduction among the keywords.
        yield Objective(
            op.node, Reduced(op.node, Form.MEAN), scores, OneHot(target, 1), keywords=words, positive=True
        )


def _word(node: ast.expr | None, default: str) -> str:
    if node is None:
        return default
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
