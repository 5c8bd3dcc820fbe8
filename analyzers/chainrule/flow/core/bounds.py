"""Interval arithmetic, just enough to know which values can be exactly zero.

A square root, a logarithm or a quotient is dangerous where its operand can *reach* the end of its
domain: a sum of squares reaches 0, one with `+ eps` does not, and of an arbitrary tensor nothing is known.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence

from chainrule.flow.core.graph import ANY, Interval

__all__ = ["ANY", "Interval"]

INF = math.inf
NONNEGATIVE = Interval(0.0, INF)
STOPPED = Interval(0.0, INF, soft=True)
PROBABILITY = Interval(0.0, 1.0, soft=True, capped=True)
TINY = 1e-38
POSITIVE = Interval(TINY, INF)
UNIT = Interval(-1.0, 1.0)
BINARY = Interval(0.0, 1.0)

_RESULTS = {
    "square": NONNEGATIVE,
    "abs": NONNEGATIVE,
    "absolute": NONNEGATIVE,
    "relu": STOPPED,
    "relu_": STOPPED,
    "mse_loss": NONNEGATIVE,
    "l1_loss": NONNEGATIVE,
    "norm": NONNEGATIVE,
    "vector_norm": NONNEGATIVE,
    # Backward of these sends 0 where they are 0, whatever comes back; that of norm and var does not.
    "cdist": STOPPED,
    "pdist": STOPPED,
    "pairwise_distance": POSITIVE,  # its eps is added to the difference
    "sigmoid": PROBABILITY,
    "expit": PROBABILITY,
    "ndtr": PROBABILITY,
    "cdf": PROBABILITY,
    "erf": Interval(-1.0, 1.0, soft=True, capped=True),
    "erfc": Interval(0.0, 2.0, soft=True, capped=True),
    "softmax": PROBABILITY,
    "exp": POSITIVE,
    "softplus": Interval(0.0, INF, soft=True),
    "tanh": Interval(-1.0, 1.0, soft=True, capped=True),
    "normalize": UNIT,
    "sin": UNIT,
    "cos": UNIT,
    "cosine_similarity": UNIT,
    "var": NONNEGATIVE,
    "std": STOPPED,
    "cosh": Interval(1.0, INF),
    "rand": BINARY,
    "rand_like": BINARY,
    "zeros": Interval(0.0, 0.0),
    "zeros_like": Interval(0.0, 0.0),
    "ones": Interval(1.0, 1.0),
    "ones_like": Interval(1.0, 1.0),
    "one_hot": BINARY,
}
# What is made of a single number.
_CURVES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "exp": math.exp,
    "softplus": lambda x: math.log1p(math.exp(x)),
    "relu": lambda x: max(x, 0.0),
}
# Operators whose result lies where their first operand does.
_KEEPS = frozenset(
    """mean max min amax amin clone detach view reshape flatten squeeze unsqueeze permute transpose
    contiguous to float double half cpu cuda expand expand_as repeat gather index select topk sort
    masked_select take index_select narrow unfold diagonal diag median mode kthvalue chunk split unbind stack
    cat hstack vstack t T mT view_as reshape_as type type_as data item dropout max_pool2d avg_pool2d
    interpolate masked_fill tile roll flip squeeze_ unsqueeze_ requires_grad_ bfloat16 take_along_dim
    nanmean quantile numpy from_numpy as_tensor tensor array tolist phi avg_pool1d avg_pool3d max_pool1d
    max_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool2d""".split()
)
# Operators that add up operands of one sign.
_SUMS = frozenset(("sum", "cumsum", "nansum", "trace", "logcumsumexp"))


def of_number(value: object) -> Interval:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ANY
    return Interval(float(value), float(value))


def union(parts: Sequence[Interval]) -> Interval:
    first = parts[0]
    low, high, soft, capped = first.low, first.high, first.soft, first.capped
    for part in parts[1:]:
        if part.low < low:
            low, soft = part.low, part.soft
        elif part.low == low:
            soft = soft and part.soft
        if part.high > high:
            high, capped = part.high, part.capped
        elif part.high == high:
            capped = capped and part.capped
    return Interval(low, high, soft, capped)


def of_call(name: str, first: Interval) -> Interval:
    """Bounds of an operator's result, given those of its first operand."""
    known = _RESULTS.get(name)
    if known is not None:
        if first.low == first.high and name in _CURVES:
            number = _CURVES[name](max(-80.0, min(80.0, first.low)))
            return Interval(number, number)
        if name == "square":
            return power(first, 2)
        if name in ("abs", "absolute"):
            return _magnitude(first)
        if name == "normalize" and first.low >= 0:
            return Interval(min(first.low, TINY), 1.0, first.soft and first.high <= 1)
        if name == "exp" and first.high <= 0:
            return Interval(TINY, 1.0)
        return known
    if name in _KEEPS:
        return first
    if name in _SUMS:
        if first.low >= 0:
            return Interval(first.low, INF, first.soft)
        if first.high <= 0:
            return Interval(-INF, first.high, capped=first.capped)
        return ANY
    if name == "sqrt" and first.high >= 0:
        soft = first.soft if first.low >= 0 else True
        return Interval(math.sqrt(max(first.low, 0)), math.sqrt(first.high), soft, first.capped)
    if name in ("neg", "negative"):
        return negate(first)
    if name in ("prod", "cumprod") and first.low >= 0:
        return Interval(
            0.0 if first.low < 1 else first.low,
            1.0 if first.high <= 1 else INF,
            first.soft or first.low > 0,
            first.capped,
        )
    if name in ("log_softmax", "logsigmoid"):
        return Interval(-INF, 0.0, capped=True)
    return ANY


def _magnitude(a: Interval) -> Interval:
    if a.low >= 0:
        return a
    if a.high <= 0:
        return negate(a)
    low, high = -a.low, a.high
    capped = (a.soft or low < high) and (a.capped or high < low)
    return Interval(0.0, max(low, high), capped=capped)


def negate(a: Interval) -> Interval:
    return Interval(-a.high, -a.low, a.capped, a.soft)


def add(a: Interval, b: Interval) -> Interval:
    low, high = a.low + b.low, a.high + b.high
    if math.isnan(low) or math.isnan(high):
        return ANY
    # A sum is at its bound only where both operands are.
    return Interval(low, high, a.soft or b.soft, a.capped or b.capped)


def subtract(a: Interval, b: Interval) -> Interval:
    return add(a, negate(b))


def multiply(a: Interval, b: Interval) -> Interval:
    if a.low >= 0 and b.low >= 0:
        low = _product(a.low, b.low)
        soft = low == 0 and not ((a.low == 0 and not a.soft) or (b.low == 0 and not b.soft))
        return Interval(low, _product(a.high, b.high), soft, a.capped or b.capped)
    if b.low == b.high and b.low != 0:
        return _scaled(a, b.low)
    if a.low == a.high and a.low != 0:
        return _scaled(b, a.low)
    corners = [_product(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(corners), max(corners))


def _scaled(a: Interval, factor: float) -> Interval:
    if factor < 0:
        return _scaled(negate(a), -factor)
    return Interval(_product(a.low, factor), _product(a.high, factor), a.soft, a.capped)


def divide(a: Interval, b: Interval) -> Interval:
    if b.low > 0 or (b.low == 0 and b.soft):
        if b.low == b.high != 0:
            return multiply(a, Interval(1 / b.low, 1 / b.low))
        if a.low >= 0:
            return Interval(a.low / b.high if b.high not in (0, INF) else 0.0, INF, a.soft or a.low > 0)
    if a.low >= 0 and b.low >= 0:
        return NONNEGATIVE
    return ANY


def power(a: Interval, exponent: object) -> Interval:
    """`a ** exponent`; of an unknown exponent only that it keeps what is not negative so."""
    if isinstance(exponent, (int, float)) and not isinstance(exponent, bool):
        if float(exponent).is_integer() and int(exponent) % 2 == 0 and exponent > 0:
            a = _magnitude(a)
        if a.low >= 0 and exponent > 0:
            return Interval(_raised(a.low, exponent), _raised(a.high, exponent), a.soft, a.capped)
    return Interval(0.0, INF, a.soft or a.low > 0) if a.low >= 0 else ANY


def _raised(x: float, exponent: float) -> float:
    return x**exponent if x <= 1 or exponent * math.log10(x) < 30 else INF


def clamp(a: Interval, low: object, high: object) -> Interval:
    """`low`/`high`: numbers, None for no bound, anything else for an unknown one."""
    bottom, top, soft, capped = a.low, a.high, a.soft, a.capped
    if isinstance(low, (int, float)):
        if float(low) >= bottom:
            bottom, soft = float(low), False
    elif low is not None:
        bottom, soft = max(bottom, TINY) if bottom >= 0 else -INF, False
    if isinstance(high, (int, float)):
        if float(high) <= top:
            top, capped = float(high), False
    elif high is not None:
        capped = False
    return Interval(bottom, max(top, bottom), soft, capped)


def least(a: Interval, b: Interval) -> Interval:
    """Bounds of the smaller of two."""
    return negate(greatest(negate(a), negate(b)))


def greatest(a: Interval, b: Interval) -> Interval:
    """Bounds of the larger of two."""
    low, high = max(a.low, b.low), max(a.high, b.high)
    soft = all(each.soft for each in (a, b) if each.low == low)
    return Interval(low, high, soft, all(each.capped for each in (a, b) if each.high == high))


def without_zero(a: Interval) -> Interval:
    """Where `a` is known not to be 0."""
    return Interval(TINY, max(a.high, TINY), capped=a.capped) if a.low == 0 else a


def arithmetic(op: ast.operator, a: Interval, b: Interval) -> Interval:
    if isinstance(op, ast.Add):
        return add(a, b)
    if isinstance(op, ast.Sub):
        return subtract(a, b)
    if isinstance(op, ast.Mult):
        return multiply(a, b)
    if isinstance(op, ast.MatMult):
        return NONNEGATIVE if a.low >= 0 and b.low >= 0 else ANY
    if isinstance(op, ast.Div):
        return divide(a, b)
    return ANY


def _product(x: float, y: float) -> float:
    return 0.0 if x == 0 or y == 0 else x * y
