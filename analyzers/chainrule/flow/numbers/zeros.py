"""Values that are exactly 0 for ordinary data: by saturation, or where tensors are 0 or equal."""

from __future__ import annotations

from chainrule.flow.core.bounds import LOSSES, UNIT
from chainrule.flow.core.conditions import chain
from chainrule.flow.core.graph import SATURATED, Node, walk

LENGTHS = frozenset(("norm", "vector_norm"))
_GREATER = frozenset(("max", "maximum"))
# What is exactly 0 where a prediction is right.
_ZEROES = LOSSES | {"pow", "square", "abs", "clamp", "clip", "clamp_min", "max", "maximum", *LENGTHS}
_SIZES = LENGTHS | {"abs", "pow"}
_SQUARES = frozenset(("mult", "mul", "einsum", "dot", "vdot", "inner"))
_ADDS = frozenset(("sum", "mean", "squeeze", "unsqueeze", "view", "reshape", "flatten", "transpose"))
_WEIGHTED = frozenset(("mult", "mul", "matmult", "matmul", "mm", "bmm", "einsum"))
_ROOTS = frozenset(("sqrt", "pow"))
_ROUNDS = 4


def saturates(node: Node) -> bool:
    """Whether an exact zero of `node` comes from a saturated softmax, sigmoid or tanh."""
    return node.bounds.low == 0 and node.bounds.soft == SATURATED


def vanishes(node: Node, depth: int = 8, of_errors: bool = True) -> bool:
    """Whether `node` is exactly 0 where tensors are 0 or (`of_errors`) equal, or nothing overlaps.

    What is 0 there comes from something that is; the bounds say through which operators that goes.
    """
    if node.bounds.low != 0 or node.bounds.soft or not depth:
        return False
    if node.edges and node.op in _ZEROES and _is_zero_with(node, node.edges[0][0], of_errors):
        return True
    if node.op == "sub" and len(node.edges) == 1:
        return of_errors and any(each.bounds is UNIT for each in chain(node.edges[0][0], _ROUNDS))
    if of_errors and ("range" in node.tags or _is_square(node)):
        return True
    if not of_errors and node.op in _ROOTS:
        return False  # which is told by itself
    return any(vanishes(parent, depth - 1, of_errors) for parent, gate in node.edges if not gate)


def _is_zero_with(node: Node, inner: Node, of_errors: bool) -> bool:
    """Whether a size, a loss or a clamp is 0 for ordinary data, made of `inner`."""
    if not of_errors:
        return node.op in ("abs", "pow", "square") and inner.source is not None
    if node.op in _SIZES:
        # The size of an argument itself is the scale of a flow, which is not 0.
        return _can_be_zero(inner) and (node.op == "pow" or inner.source is None)
    return node.op not in _GREATER or any(part.bounds.high == 0 for part, _ in node.edges)


def _is_square(node: Node) -> bool:
    """`x * x`, `(d * d).sum()`, `einsum("ij,ij->i", d, d)`: none below 0, though its factors may be."""
    if node.op in ("mult", "mul") and len(node.edges) == 1 and "by-number" not in node.tags:
        return True
    factors = [parent for parent, _ in node.edges]
    return node.op in _SQUARES and all(each.bounds.low < 0 and _can_be_zero(each) for each in factors)


def scales_a_zero(node: Node) -> bool:
    """`(w * (x - y) ** 2).sum()`, `bands @ power`: 0 where `x` is `y`, whatever sign the weights may have."""
    for _ in range(_ROUNDS):
        if node.op not in _ADDS or len(node.edges) != 1:
            break
        node = node.edges[0][0]
    if node.op not in _WEIGHTED or len(node.edges) != 2 or node.bounds.low >= 0:
        return False
    one, other = node.edges[0][0], node.edges[1][0]
    return vanishes(one) != vanishes(other)


def _can_be_zero(node: Node) -> bool:
    """Whether 0 is an ordinary value: of a difference of tensors, of an argument, of a spectrum."""
    if node.op in ("sub", "source", "rfft", "fft", "stft", "rfft2", "fft2"):
        return "by-number" not in node.tags
    return node.op in (
        "select",
        "index",
        "mean",
        "sum",
        "add",
        "real",
        "imag",
        "view_as_real",
        "abs",
    ) and any(_can_be_zero(parent) for parent, gate in node.edges if gate is None)


def is_error(node: Node) -> bool:
    """Whether `node` is exactly 0 where a prediction equals its target."""
    return vanishes(node) and any(
        each.op in LOSSES or (apart(each) and _has_target(each)) for each in chain(node, _ROUNDS)
    )


def _has_target(difference: Node) -> bool:
    """Whether one side of a difference is a target as it came."""
    sources = (parent.source for parent, _ in difference.edges)
    return any(source is not None and source.role == "target" for source in sources)


def apart(node: Node) -> bool:
    """A difference (or distance) of two tensors that are not made from one another."""
    if node.op not in ("sub", "cdist", "pairwise_distance") or len(node.edges) != 2:
        return False
    left, right = ({id(n) for n in walk(parent, _values) if not n.edges} for parent, _ in node.edges)
    return bool(left) and bool(right) and not left & right


def _values(node: Node) -> list[Node]:
    """What the numbers of `node` are made of: not what it has its shape or its places from."""
    return [parent for parent, gate in node.edges if gate is None or gate.cause is not None]
