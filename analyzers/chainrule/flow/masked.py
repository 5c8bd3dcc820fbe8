"""Values computed where they are not used: masks, `torch.where`, clamps and nan_to_num after the fact.

The mask sends the unused elements a zero gradient, and zero times the infinite derivative behind it is NaN.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.bounds import without_zero
from chainrule.flow.causes import Cause
from chainrule.flow.graph import Interval, Node, Source, behind
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.roles import role_of
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
_LOSSES = frozenset(
    """mse_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits
    kl_div""".split()
)
_NONLINEAR = _LOSSES | {"pow", "square", "mult", "mul", "exp", "log", "sqrt", "div"}
_LOGS = frozenset(("log", "log2", "log10"))
_PRODUCTS = frozenset(("mult", "mul", "imult"))
# Ways to look at a tensor that leave its elements as they are.
_VIEWS = frozenset(("select", "index", "unsqueeze", "squeeze", "view", "reshape", "float", "to", "double"))
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
                _check_padding(interp, branch.node)


def check_masked(interp: Interpreter, condition: Node, value: Node) -> None:
    """Elements of `value` are dropped by `condition`, which tests an operand that makes them NaN."""
    tested = list(_tested(condition))
    asked = [node for node, asks in tested if asks == "isnan"]
    holes = [node for node in asked if node.source is not None or node.op == "select"]
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
        if risky.op in _PRODUCTS and len(risky.edges) == 2:
            _check_xlogy(interp, risky, [node for node, _ in tested])
    if len(holes) < len(asked):
        for risky in _nan_makers(value):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "nan")


def _check_xlogy(interp: Interpreter, product: Node, tested: list[Node]) -> None:
    """`x * log(y)` is masked where x is 0: whoever does that has met 0 * log(0)."""
    one, other = product.edges[0][0], product.edges[1][0]
    for factor, rest in ((one, other), (other, one)):
        if rest.op in _LOGS and not _guarded(rest, rest.edges[0][0]) and any(factor is n for n in tested):
            interp.hazard(Cause.BAD_BRANCH, rest.at, rest, rest, "where")


def _check_padding(interp: Interpreter, value: Node) -> None:
    """The logarithm of data, masked afterwards: it is padded with zeros, and -inf meets what is learnt."""
    for each in _chain(value, 6):
        if len(each.edges) == 2 and each.op in _PRODUCTS:
            pairs = [(each.edges[0][0], each.edges[1][0]), (each.edges[1][0], each.edges[0][0])]
        elif each.op in _NONLINEAR and each.op not in _PRODUCTS and each.edges:
            pairs = [(parent, each) for parent, _ in each.edges]
        else:
            continue
        for inner, learnt in pairs:
            for risky in _chain(inner, 3):
                if risky.op in _LOGS and _is_padded(risky.edges[0][0], learnt):
                    interp.hazard(Cause.BAD_BRANCH, risky.at, each, learnt, "padding")


def _is_padded(node: Node, learnt: Node) -> bool:
    """Whether `node` is data that stands beside a prediction, or that a parameter learns from."""
    source = _data(node)
    if source is None:
        return False
    others = [n.source for n in behind(learnt) if n.source is not None and n.source is not source]
    if any(other.role == "parameter" for other in others):
        return True
    return source.position > 0 and any(other.role not in ("target", "setting") for other in others)


def _data(node: Node) -> Source | None:
    """The argument that `node` is (a part of), where no name says that it is a prediction."""
    while node.op in _VIEWS and node.edges:
        node = node.edges[0][0]
    source = node.source
    if source is None or source.role in ("parameter", "leaf", "callable"):
        return None
    return source if role_of(source.name) in ("target", "data", "unknown") else None


def check_replaced(interp: Interpreter, value: Node) -> None:
    """`nan_to_num`, `nansum`: whoever writes them has met NaN; the gradient behind them stays NaN."""
    for risky in _chain(value, 6):
        operand = dangerous_operand(risky)
        if operand is not None and not _guarded(risky, operand):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "hidden")
        elif risky.op == "softmax" and risky.edges and risky.edges[0][0].op in ("add", "iadd"):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "mask")
    for risky in _nan_makers(value):
        interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "nan")


def _nan_makers(value: Node) -> Iterator[Node]:
    """Element-wise errors against data whose slope is NaN where the data is: squares, torch's own losses."""
    pending = [value]
    for _ in range(20):
        if not pending:
            return
        node = pending.pop()
        gaps = [parent for parent, _ in node.edges]
        if node.op in ("pow", "square") and gaps:
            gaps = [parent for parent, _ in gaps[0].edges] if gaps[0].op == "sub" else []
        if node.op in ("pow", "square", *_LOSSES):
            found = [_data(gap) for gap in gaps]
            if not _reduces(node) and any(source is not None and source.position > 0 for source in found):
                yield node
        elif node.op in ELEMENTWISE and node.op not in ("sum", "mean", "sub"):
            pending.extend(parent for parent, gate in node.edges if gate is None)


def _reduces(node: Node) -> bool:
    """Whether one of torch's losses returns a single number."""
    return node.op in _LOSSES and not any(
        keyword.arg == "reduction" and getattr(keyword.value, "value", "") == "none"
        for keyword in getattr(node.at, "keywords", ())
    )


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
    if node.op in _ROOTS or "fractional" in node.tags:
        return node.edges[0][0] if node.edges else None
    return None


def guarded(interp: Interpreter, divisor: Node) -> bool:
    """Whether this runs under an `if` that asks about `divisor`, or about what it counts."""
    parts = list(_factors(divisor))
    while divisor.op in COUNTS and divisor.edges:
        divisor = divisor.edges[0][0]
        parts.append(divisor)
    return any(
        condition is not None
        and any(_same(part, node) for part in parts for node in (condition, *_asked(condition)))
        for frame in interp.frames
        for condition in (*(each for each, _ in frame.controls), *frame.asked)
    )


def _asked(condition: Node) -> Iterator[Node]:
    for node, _ in _tested(condition):
        yield node
        while node.op in COUNTS and node.edges:
            node = node.edges[0][0]
            yield node


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
    return any(each is ancestor for parent, _ in node.edges for each in _chain(parent, 4))
