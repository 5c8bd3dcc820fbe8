"""Bounds of what the known operators return, and where they are flat.

Each question is asked of all values that an operand can have, and of the ones with which parameters start:
`clamp(a, 0, 1)` of a parameter that starts at 2 never lets go of it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from chainrule.flow.core import bounds
from chainrule.flow.core.bounds import INF, Interval
from chainrule.flow.core.conditions import equal, kept
from chainrule.flow.core.graph import ANY, STOPPED, Node
from chainrule.flow.core.values import Const, Tensor, Value

Look = Callable[[Node], Interval]
CLAMPS = frozenset(("clamp", "clip", "clamp_", "clamp_min", "clamp_max", "hardtanh"))
ARITHMETIC: dict[str, ast.operator] = {
    "add": ast.Add(),
    "sub": ast.Sub(),
    "subtract": ast.Sub(),
    "mul": ast.Mult(),
    "multiply": ast.Mult(),
    "div": ast.Div(),
    "divide": ast.Div(),
    "true_divide": ast.Div(),
}
_NOTHING = Interval(0.0, 0.0, STOPPED)
# What adds values at places of another tensor.
_ADDS_AT = frozenset(("index_add", "scatter_add"))
_SQUARES = frozenset(("dot", "vdot", "inner", "einsum"))
_INNER = frozenset(("matmul", "mm", "bmm", "linear", "einsum", "dot", "inner", "mv"))
_LARGEST = frozenset("max amax sum mean norm vector_norm logsumexp".split())
_POWERS = frozenset(("pow", "square"))
_PRODUCTS = frozenset("matmul mm bmm mv dot vdot inner outer einsum tensordot kron".split())
# Where an activation has a slope: strictly between these.
_SLOPED = {
    "relu": (0.0, INF),
    "relu_": (0.0, INF),
    "relu6": (0.0, 6.0),
    "hardsigmoid": (-3.0, 3.0),
    # In single precision.
    "sigmoid": (-103.0, 17.0),
    "tanh": (-9.1, 9.1),
}


def usual(node: Node) -> Interval:
    """All values that `node` can have."""
    return node.bounds


def of_operator(name: str, bound: Mapping[str, Value], head: Node, look: Look = usual) -> Interval:
    """Bounds of the result of `name` on the arguments `bound`, the first tensor of which is `head`."""
    within = look(head)
    if name in CLAMPS:
        return bounds.clamp(within, *limits(name, bound))
    other = bound.get("other")
    second = _of(other, look)
    operation = ARITHMETIC.get(name)
    if operation is not None:
        return bounds.arithmetic(operation, within, second)
    if name in ("pow", "float_power"):
        exponent = bound.get("exponent")
        return bounds.power(within, exponent.value if isinstance(exponent, Const) else None)
    if isinstance(other, Tensor) and name in ("maximum", "max", "fmax"):
        # A bound that is not known was meant as one.
        return bounds.without_zero(within) if second is ANY else bounds.greatest(within, second)
    if isinstance(other, Tensor) and name in ("minimum", "min", "fmin"):
        return bounds.least(within, second)
    if name.rstrip("_") in _ADDS_AT:
        added = bound.get("src", bound.get("source"))
        if added is None or within.low < 0 or _of(added, look).low < 0:
            return bounds.ANY
        whole = bounds.union([placed(Tensor(head)), placed(added)])
        return Interval(whole.low, INF, whole.soft)
    if name == "where":
        return _of_choice(bound, look)
    if name in ("fill", "zero"):
        return _of(bound.get("value", Const(0.0)), look)
    if name == "uniform":
        low, high = _of(bound.get("from", Const(0.0)), look), _of(bound.get("to", Const(1.0)), look)
        return Interval(low.low, high.high)
    mask = bound.get("mask")
    if name == "masked_fill" and isinstance(mask, Tensor) and look is usual:
        filled = bound.get("value", Const(None, known=False))
        return bounds.union([kept(mask.node, head), placed(filled)])
    if _is_cosine(name, bound, head):
        return bounds.UNIT
    if name in _SQUARES and _sums_squares(name, bound):
        return bounds.NONNEGATIVE
    tensors = [value.node for value in bound.values() if isinstance(value, Tensor)]
    if name in _PRODUCTS and len(tensors) == 2:
        return bounds.of_products(look(tensors[0]), look(tensors[1]))
    if name in _LARGEST and _is_distribution(head, bound):
        return bounds.POSITIVE
    return bounds.of_call(name, within)


def is_flat(name: str, bound: Mapping[str, Value], within: Interval) -> bool:
    """Whether `name` has no slope anywhere in `within`; at a bound itself a clamp still has one."""
    if name in ("softshrink", "hardshrink"):
        width = bound.get("lambd")
        number = width.value if isinstance(width, Const) else 0.5
        return isinstance(number, (int, float)) and -number <= within.low and within.high <= number
    sloped = _SLOPED.get(name)
    if sloped is not None:
        return within.high <= sloped[0] or within.low >= sloped[1]
    if name in ("minimum", "min", "maximum", "max"):
        other = bound.get("other")
        if not isinstance(other, Tensor) or other.node.edges or other.node.source is not None:
            return False
        limit = other.node.bounds
        return within.low > limit.high if name.startswith("min") else within.high < limit.low
    if name not in CLAMPS:
        return False
    low, high = limits(name, bound)
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
        return True
    below = isinstance(low, (int, float)) and (within.high < low or (within.high == low and within.capped))
    above = isinstance(high, (int, float)) and (
        within.low > high or (within.low == high and within.soft != 0)
    )
    return below or above


def _of(value: Value | None, look: Look) -> Interval:
    if isinstance(value, Tensor):
        return look(value.node)
    return bounds.of_number(value.value) if isinstance(value, Const) else bounds.ANY


def _of_choice(bound: Mapping[str, Value], look: Look) -> Interval:
    condition = bound.get("condition")
    parts: list[Interval] = []
    for key, value in bound.items():
        if key != "condition" and isinstance(value, Tensor) and look is usual:
            plain = placed(value)
            if isinstance(condition, Tensor) and plain is value.node.bounds:
                plain = kept(condition.node, value.node)
            parts.append(plain)
        elif key != "condition" and isinstance(value, (Tensor, Const)):
            parts.append(_of(value, look))
    return bounds.union(parts) if parts else bounds.ANY


def placed(value: Value) -> Interval:
    """Bounds of what is put beside others; at a 0 that stands in the program backward ends."""
    if isinstance(value, Tensor):
        node = value.node
        fixed = not node.edges and node.source is None and node.bounds.low == node.bounds.high == 0
    else:
        fixed = isinstance(value, Const) and value.known and value.value == 0 and value.value is not False
    return _NOTHING if fixed else _of(value, usual)


def _is_distribution(node: Node, bound: Mapping[str, Value]) -> bool:
    """Whether all of a softmax is reduced, or of its squares: its largest share is no less than `1 / n`."""
    while node.op in _POWERS and node.edges and "fractional" not in node.tags:
        node = node.edges[0][0]
    if node.op != "softmax":
        return False
    dim = bound.get("dim", bound.get("axis"))
    along = dim.value if isinstance(dim, Const) else None
    written = [each.value for each in getattr(node.at, "keywords", ()) if each.arg == "dim"]
    given = written or list(getattr(node.at, "args", ()))[-1:]
    place = ast.unparse(given[0]) if given else str(along)
    return along is None or place == str(along) or {place, str(along)} == {"1", "-1"}


def _is_cosine(name: str, bound: Mapping[str, Value], head: Node) -> bool:
    """The inner product of normalised vectors."""
    if name == "sum":
        return "unit-product" in head.tags
    if name not in _INNER or "unit" not in head.tags:
        return False
    return all("unit" in value.node.tags for value in bound.values() if isinstance(value, Tensor))


def _sums_squares(name: str, bound: Mapping[str, Value]) -> bool:
    """`v.dot(v)`, `einsum("bi,bi->b", v, v)`."""
    tensors = [value.node for value in bound.values() if isinstance(value, Tensor)]
    if name == "einsum":
        equation = next(iter(bound.values()), None)
        written = equation.value if isinstance(equation, Const) else None
        terms = written.partition("->")[0].split(",") if isinstance(written, str) else []
        if len(terms) != 2 or terms[0].strip() != terms[1].strip():
            return False
    return len(tensors) == 2 and equal(tensors[0], tensors[1])


def limits(name: str, bound: Mapping[str, Value]) -> tuple[object, object]:
    """The bounds that a clamp is given: numbers, None for no bound, a text for an unknown one."""
    low = _limit(bound, ("min", "min_val")) if name != "clamp_max" else None
    high = _limit(bound, ("max", "max_val")) if name != "clamp_min" else None
    if name == "hardtanh":
        return (-1.0 if low is None else low), (1.0 if high is None else high)
    return low, high


def _limit(bound: Mapping[str, Value], names: tuple[str, ...]) -> object:
    for name in names:
        value = bound.get(name)
        if isinstance(value, Const):
            return "unknown" if value.value is None and not value.known else value.value
        if isinstance(value, Tensor):
            return "unknown"
    return None
