"""Recognising losses that spell out cross-entropy, or stand in for it, with one-hot targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from chainrule.fixes.calls import Op, integer, number, op_of
from chainrule.fixes.usage import Scope, same, walk_scope
from chainrule.fixes.vocabulary import ELEMENTWISE_LOSSES
from chainrule.names import Names
from chainrule.rules.rewrites.reduction import Form, Reduced, ReductionReader
from chainrule.rules.rewrites.scores import Kind, ScoreReader, Scores
from chainrule.rules.rewrites.targets import OneHot, TargetReader, uncolumn

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
# What class weights are called where they are not called weights.
_WEIGHTS = frozenset({"w", "ws", "cw", "wt", "wts", "alpha", "class_w", "balance"})


_PRODUCTS = frozenset(("mul", "multiply"))
# The calls that `_from_call` reads.
_READ = ELEMENTWISE_LOSSES | {"nll_loss", "cross_entropy", "gather", "abs", "square", "pow"}


def _may_be_called(node: ast.Call, names: frozenset[str]) -> bool:
    """Whether a call may be one of the operations `names`: of most, the last word of what is called tells."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr in names:
        return True
    return isinstance(func.value, ast.Name) and func.value.id == "self"


@dataclass(frozen=True, slots=True)
class Objective:
    """One classification loss.

    `marked` is the expression to report, `result` its value after reductions. `other` names the loss when it
    is not cross-entropy ("" when it is). `keywords` are arguments to hand on. `positive` tells a loss from a
    sum of log-probabilities, which is minus the loss.
    """

    marked: ast.expr
    result: Reduced
    scores: Scores
    target: OneHot
    other: str = ""
    weight: ast.expr | None = None
    keywords: dict[str, ast.expr] = field(default_factory=dict)
    positive: bool = False


class ObjectiveReader:
    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names
        self.targets = TargetReader(scope, names)
        self.scores = ScoreReader(scope, names)
        self.reductions = ReductionReader(scope, names)

    def objectives(self) -> Iterator[Objective]:
        for node in walk_scope(self.scope.node):
            match node:
                case ast.Call() if self._is_product(node):
                    yield from self._from_product(node)
                case ast.Call():
                    yield from self._from_call(node)
                case ast.BinOp(op=ast.Mult()):
                    if not self._is_product(self.scope.parents.get(node)):
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

    def _is_product(self, node: ast.AST | None) -> bool:
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Mult)
        if isinstance(node, ast.Call) and not _may_be_called(node, _PRODUCTS):
            return False
        op = op_of(node, self.names) if node is not None else None
        return op is not None and op.name in ("mul", "multiply") and len(op.operands) == 2

    def _factors(self, node: ast.expr) -> tuple[list[ast.expr], bool]:
        """The factors of a product, and whether it is negated."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner, negated = self._factors(operand)
                return inner, not negated
            case ast.Constant(value=1 | 1.0):
                return [], False
            case _ if self._is_product(node):
                op = op_of(node, self.names)
                parts = (node.left, node.right) if isinstance(node, ast.BinOp) else op.operands if op else ()
                found = [self._factors(part) for part in parts]
                return [f for each, _ in found for f in each], sum(n for _, n in found) % 2 == 1
            case _:
                return [node], False

    def _from_call(self, node: ast.Call) -> Iterator[Objective]:
        if not _may_be_called(node, _READ):
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

    def _from_product(self, node: ast.expr) -> Iterator[Objective]:
        """`onehot * log_softmax(x)`, with class weights or not."""
        factors, negated = self._factors(node)
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
            elif scores.kind is Kind.SOFTMAX and len(factors) == 2:
                yield from self._picked_probability(node, scores, hots[0][1])
                return
            else:
                others.append(factor)
        if len(logs) != 1 or len(others) > 1 or not all(self._is_weight(other) for other in others):
            return
        scores, hot = logs[0][1], hots[0][1]
        result = self.reductions.follow(Reduced(node, Form.ELEMENTS, negated), (scores.node, hot.target))
        weight = others[0] if others else None
        yield Objective(node, result, scores, hot, weight=weight)

    def _picked_probability(self, node: ast.expr, scores: Scores, hot: OneHot) -> Iterator[Objective]:
        """`(onehot * softmax(x)).sum(1)`, the probability of the target, up to its log."""
        summed = self.reductions.follow(Reduced(node, Form.ELEMENTS))
        if summed.form is Form.SAMPLES and not summed.negated:
            yield from self._logarithm(summed, node, scores, hot)

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
            case _:
                return
        if dim not in (1, -1) or not same(value, total.tensor):
            return
        scores = Scores(Kind.LOG_SOFTMAX, value, dim)
        result = self.reductions.follow(Reduced(node, Form.SAMPLES, dims=(dim,)), (value, hot.target))
        yield Objective(node, result, scores, hot, positive=True)

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

    def _is_weight(self, node: ast.expr) -> bool:
        """Whether an extra factor is the weights of the classes: by its name, and not computed here."""
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        lowered = name.lower()
        if "weight" in lowered:
            return "sample" not in lowered
        given = isinstance(node, ast.Attribute) or self.scope.value_of(node) is node
        return lowered in _WEIGHTS and given

    def _weighted(self, result: Reduced, scores: Scores, hot: OneHot) -> tuple[ast.expr | None, Reduced]:
        """The class weights `w[labels]` that log-probabilities are multiplied with, and the product."""
        place = self.reductions.only_read(result.node) or result.node
        parent = self.scope.parents.get(place)
        if (
            result.form is not Form.SAMPLES
            or not isinstance(parent, ast.BinOp)
            or not self._is_product(parent)
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
