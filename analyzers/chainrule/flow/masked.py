"""Values computed where they are not used: masks, `torch.where`, clamps and nan_to_num after the fact.

The mask sends the unused elements a zero gradient, and zero times the infinite derivative behind it is NaN.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.bounds import without_zero
from chainrule.flow.causes import Cause
from chainrule.flow.graph import Interval, Node
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.values import Tensor, Value

# Operators that work element by element (or move elements), so that an element's NaN stays its own.
ELEMENTWISE = frozenset(
    """add sub mult div neg pow iadd isub imult idiv exp log sqrt abs clamp clamp_min clamp_max clamp_
    square mul true_divide divide float to double masked_fill unsqueeze squeeze view reshape expand
    expand_as select acos asin log2 log10 log1p sigmoid tanh sum mean softmax rsqrt reciprocal cosh sinh
    contiguous relu nan_to_num permute transpose""".split()
)
_DIVISIONS = frozenset(("div", "true_divide", "divide"))
_ROOTS = frozenset(("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal"))
_OVERFLOWS = frozenset(("exp", "cosh", "sinh", "expm1"))
# Nonlinear operators: the derivative of each reads its operand, so a NaN operand gives a NaN derivative.
_NONLINEAR = frozenset(("pow", "square", "mult", "mul", "exp", "mse_loss", "log", "sqrt", "div"))
# What answers "how many": a comparison that was counted is a number again.
COUNTS = frozenset(
    """sum count_nonzero nansum mean float int long to type double half mult add iadd type_as cuda cpu item
    phi len bool select size shape detach data""".split()
)
# Formulas that give one value whenever they are written again.
_FORMULAS = frozenset(
    ("add", "sub", "mult", "div", "neg", "pow", "select", "abs", "sum", "mean", "unsqueeze")
)
_CLAMPS = frozenset(("clamp", "clip", "clamp_", "clamp_max", "minimum", "min"))


def kept(condition: Node, value: Node) -> Interval:
    """Bounds of the elements of `value` that `condition` lets through: not 0 where it asks about them."""
    if value.bounds.low == 0 and any(_same(value, node) for node, _ in _tested(condition)):
        return without_zero(value.bounds)
    return value.bounds


def padded(value: Node) -> bool:
    """`d + (d == 0) * eps`: whether a comparison of a value adds something to its zeros."""
    if value.op not in ("add", "iadd") or len(value.edges) != 2:
        return False
    one, other = value.edges[0][0], value.edges[1][0]
    return any(
        _same(kept, node)
        for kept, added in ((one, other), (other, one))
        for each in _chain(added, 3)
        if "comparison" in each.tags
        for node, _ in _tested(each)
    )


def check_selection(interp: Interpreter, condition: Value, branches: list[Value]) -> None:
    """What `torch.where(condition, a, b)`, `a.masked_fill(condition, …)` or `a[condition]` leaves out."""
    if isinstance(condition, Tensor):
        for branch in branches:
            if isinstance(branch, Tensor):
                check_masked(interp, condition.node, branch.node)


def check_masked(interp: Interpreter, condition: Node, value: Node) -> None:
    """Elements of `value` are dropped by `condition`, which tests an operand that makes them NaN."""
    tested = list(_tested(condition))
    holes = [
        node for node, asks in tested if asks == "isnan" and (node.source is not None or node.op == "select")
    ]
    for risky in _chain(value, 6):
        operand = dangerous_operand(risky)
        if operand is not None and not _guarded(risky, operand):
            if any(_same(part, node) for part in _factors(operand) for node, _ in tested):
                interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "where")
        if holes and risky.op in _NONLINEAR and any(_below(risky, hole) for hole in holes):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "nan")
        if risky.op in _OVERFLOWS and risky.edges and risky.edges[0][0].bounds.high > 88:
            if any(_same(risky.edges[0][0], node) for node, _ in tested):
                interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "overflow")


def check_replaced(interp: Interpreter, value: Node) -> None:
    """`nan_to_num`, `nansum`: whoever writes them has met NaN; the gradient behind them stays NaN."""
    for risky in _chain(value, 6):
        operand = dangerous_operand(risky)
        if operand is not None and not _guarded(risky, operand):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "hidden")
        elif risky.op == "softmax" and risky.edges and risky.edges[0][0].op in ("add", "iadd"):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "mask")


def check_clamped(interp: Interpreter, name: str, value: Node, one_sided: bool) -> None:
    """A clamp over a value that can be infinite: 0 (outside the bounds) times inf is NaN."""
    if name not in _CLAMPS or not value.edges:
        return
    operand = value.edges[0][0]
    learnt = operand.source is not None and operand.source.role == "parameter"
    if value.op in _OVERFLOWS and one_sided and operand.bounds.high > 88:
        # A difference of log-probabilities stays small; a raw prediction may be anything.
        if not learnt and all(node.op not in ("sub", "log_softmax") for node in _chain(operand, 4)):
            interp.hazard(Cause.BAD_BRANCH, value.at, value, operand, "overflow")
    elif value.op == "log" and operand.bounds.low <= 0 and operand.op != "where":
        interp.hazard(Cause.BAD_BRANCH, value.at, value, operand, "clamp")


def dangerous_operand(node: Node) -> Node | None:
    """The operand at whose zero the derivative of `node` is infinite."""
    if node.op in _DIVISIONS and "by-number" not in node.tags:
        return node.edges[-1][0] if node.edges else None
    if node.op in _ROOTS:
        return node.edges[0][0] if node.edges else None
    return None


def guarded(interp: Interpreter, divisor: Node) -> bool:
    """Whether this runs under an `if` that asks about `divisor`."""
    return any(
        condition is not None
        and any(_same(part, node) for part in _factors(divisor) for node, _ in _tested(condition))
        for frame in interp.frames
        for condition, _ in frame.controls
    )


def _guarded(risky: Node, operand: Node) -> bool:
    return operand.bounds.low > 0 or operand.op in ("where", "masked_fill", "nan_to_num")


def _tested(condition: Node) -> Iterator[tuple[Node, str]]:
    """The values that a condition asks about, also below `&`, `~`, `.float()`."""
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        if node.op in ("isnan", "isinf", "isfinite") and node.edges:
            yield node.edges[0][0], "isnan" if node.op != "isinf" else "isinf"
        elif (
            "comparison" in node.tags and node.op not in COUNTS and node.op not in ("not", "bitand", "bitor")
        ):
            if len(node.edges) > 1:
                continue  # against another tensor or a setting: no test for a value that is dangerous
            for parent, _ in node.edges:
                yield parent, "value"
                # `x.abs() > eps`, `x.detach() > 0` ask about x itself.
                if parent.op in ("abs", "detach", "data") and parent.edges:
                    yield parent.edges[0][0], "value"
        else:
            pending.extend(parent for parent, _ in node.edges)


def _chain(node: Node, depth: int) -> Iterator[Node]:
    """`node` and what it was made from element by element."""
    pending = [(node, 0)]
    count = 0
    while pending and count < 40:
        current, level = pending.pop()
        count += 1
        yield current
        if level < depth and current.op in ELEMENTWISE:
            pending.extend((p, level + 1) for p, gate in current.edges if gate is None or not gate.cause)


def _factors(node: Node) -> Iterator[Node]:
    yield node
    if node.op in ("mult", "mul", "add", "sqrt", "unsqueeze", "float", "to", "abs"):
        for parent, _ in node.edges:
            yield parent


def _same(left: Node, right: Node) -> bool:
    """One value, or the same operator applied to the same values twice."""
    if left is right:
        return True
    if left.op != right.op or not left.edges or len(left.edges) != len(right.edges):
        return False
    return all(a[0] is b[0] for a, b in zip(left.edges, right.edges, strict=True))


def equal(left: Node, right: Node, depth: int = 4) -> bool:
    """Whether two nodes are certainly the same value: one node, or the same formula of one."""
    if left is right:
        return True
    if left.op != right.op or left.op not in _FORMULAS or len(left.edges) != len(right.edges) or not depth:
        return False
    if len(left.edges) != 2 and ast.dump(left.at) != ast.dump(right.at):
        return False
    return bool(left.edges) and all(
        equal(a[0], b[0], depth - 1) for a, b in zip(left.edges, right.edges, strict=True)
    )


def _below(node: Node, ancestor: Node) -> bool:
    return any(each is ancestor for each in _chain(node, 4))
