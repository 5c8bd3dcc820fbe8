"""Interval arithmetic, just enough to know which values can be exactly zero.

A square root, a logarithm or a quotient is dangerous where its operand can *reach* the end of its
domain: a sum of squares reaches 0, one with `+ eps` does not, and of an arbitrary tensor nothing is known.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

from chainrule.flow.core.curves import at_number, of_curve, plainest
from chainrule.flow.core.graph import ANY, LIMIT, SATURATED, STOPPED, Interval
from chainrule.gradient_facts.spans import span

__all__ = ["ANY", "Interval"]

INF = math.inf
NONNEGATIVE = Interval(0.0, INF)
SHUT_OFF = Interval(0.0, INF, STOPPED)
PROBABILITY = Interval(0.0, 1.0, SATURATED, capped=True)
TINY = 1e-38
POSITIVE = Interval(TINY, INF)
UNIT = Interval(-1.0, 1.0)
BINARY = Interval(0.0, 1.0)

_RESULTS = {
    "norm": NONNEGATIVE,
    "vector_norm": NONNEGATIVE,
    # Backward of these sends 0 where they are 0, whatever comes back; that of norm and var does not.
    "cdist": SHUT_OFF,
    "pdist": SHUT_OFF,
    "std": SHUT_OFF,
    "var": NONNEGATIVE,
    "pairwise_distance": POSITIVE,  # its eps is added to the difference
    "cdf": PROBABILITY,
    "softmax": PROBABILITY,
    "exp": POSITIVE,  # what underflows is another question: `of_exponentials`
    "normalize": UNIT,
    "sin": UNIT,
    "cos": UNIT,
    "cosine_similarity": UNIT,
    "rand": BINARY,
    "rand_like": BINARY,
    "zeros": Interval(0.0, 0.0),
    "ones": Interval(1.0, 1.0),
    "eye": BINARY,
    "one_hot": BINARY,
}
LOSSES = frozenset(("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"))
# Negative logarithms of probabilities: never below 0, and not 0 where a prediction equals its target.
_ENTROPIES = frozenset(("cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits"))
# What lies where its first operand does, beside what was measured to; padding apart.
_KEEPS = frozenset(
    """mean max min amax amin median cuda index unfold diag type data item avg_pool1d avg_pool2d avg_pool3d
    adaptive_max_pool2d interpolate masked_fill dropout dropout2d numpy from_numpy as_tensor tensor array
    tolist phi chunk split tensor_split unbind""".split()
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
            # What only saturates on one of several ways is told where it is the only one.
            soft = max(soft, part.soft) if soft and part.soft else 0
        if part.high > high:
            high, capped = part.high, part.capped
        elif part.high == high:
            capped = capped and part.capped
    return Interval(low, high, soft, capped)


def of_call(name: str, first: Interval) -> Interval:
    """Bounds of an operator's result, given those of its first operand."""
    if first.low == first.high and name == "exp":
        return of_number(at_number(name, max(-80.0, min(80.0, first.low))))
    known = _RESULTS.get(name)
    if known is not None:
        if first.low > 0 and known is NONNEGATIVE and name != "var":
            return POSITIVE
        if name == "normalize" and first.low >= 0:
            return Interval(min(first.low, TINY), 1.0, first.soft if first.high <= 1 else 0)
        if name == "exp" and first.high <= 0:
            return Interval(TINY, 1.0)
        if name == "sin" and first.low >= 0 and first.high <= math.pi / 2:
            return Interval(math.sin(first.low), math.sin(first.high), first.soft, first.capped)
        return known
    if name in _KEEPS:
        return first
    if name in LOSSES or name in _ENTROPIES or (name == "nll_loss" and first.high <= 0):
        return NONNEGATIVE
    if name in _SUMS:
        if first.low >= 0:
            return Interval(first.low, INF, first.soft)
        if first.high <= 0:
            return Interval(-INF, first.high, capped=first.capped)
        return ANY
    if name in ("prod", "cumprod") and first.low >= 0:
        return Interval(
            0.0 if first.low < 1 else first.low,
            1.0 if first.high <= 1 else INF,
            _dwindling(first),
            first.capped,
        )
    if name in ("log_softmax", "logsigmoid"):
        return Interval(-INF, 0.0, capped=True)
    return _measured(name, first)


def _measured(name: str, first: Interval) -> Interval:
    """Bounds as they were measured with PyTorch."""
    known = span(name.rstrip("_"))
    if known is None:
        return ANY
    if known.values:
        found = of_curve(name, known, first)
        if name == "softplus" and found.low == 0:
            found.soft = LIMIT  # no scale of anything is a hundred below 0
        return found
    if "k" in known.keeps:
        return first
    if "n" in known.keeps and first.low >= 0 and ("z" in known.keeps or first.low > 0):
        if first.low > 0 and "p" in known.keeps:
            return POSITIVE
        return Interval(0.0, INF, first.soft if first.low == 0 else 0)
    return ANY


def _magnitude(a: Interval) -> Interval:
    if a.low >= 0:
        return a
    if a.high <= 0:
        return negate(a)
    low, high = -a.low, a.high
    capped = (a.soft != 0 or low < high) and (a.capped or high < low)
    return Interval(0.0, max(low, high), capped=capped)


def negate(a: Interval) -> Interval:
    return Interval(-a.high, -a.low, SATURATED if a.capped else 0, a.soft != 0)


def add(a: Interval, b: Interval) -> Interval:
    low, high = a.low + b.low, a.high + b.high
    if math.isnan(low) or math.isnan(high):
        return ANY
    # A sum is at its bound only where both operands are, and what one of them stops reaches the other.
    return Interval(low, high, _together(a, b), a.capped or b.capped)


def _together(a: Interval, b: Interval) -> int:
    """How a bound is met that is met only where both `a` and `b` meet theirs."""
    if a.low == a.high or b.low == b.high:
        return a.soft or b.soft
    if LIMIT in (a.soft, b.soft) or a.soft == b.soft == SATURATED:
        return LIMIT  # two probabilities do not saturate at once
    return SATURATED if SATURATED in (a.soft, b.soft) else min(a.soft, b.soft)


def subtract(a: Interval, b: Interval) -> Interval:
    return add(a, negate(b))


def multiply(a: Interval, b: Interval) -> Interval:
    if a.low >= 0 and b.low >= 0:
        low = _product(a.low, b.low)
        soft = plainest([each.soft for each in (a, b) if each.low == 0])
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
            return Interval(a.low / b.high if b.high not in (0, INF) else 0.0, INF, _dwindling(a))
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
    return Interval(0.0, INF, LIMIT if a.soft == SATURATED else _dwindling(a)) if a.low >= 0 else ANY


def _dwindling(a: Interval) -> int:
    """How 0 is met by a product of `a`, or what `a` is divided by something."""
    return a.soft if a.low == 0 else LIMIT


def _raised(x: float, exponent: float) -> float:
    return x**exponent if x <= 1 or exponent * math.log10(x) < 30 else INF


def clamp(a: Interval, low: object, high: object) -> Interval:
    """`low`/`high`: numbers, None for no bound, anything else for an unknown one."""
    bottom, top, soft, capped = a.low, a.high, a.soft, a.capped
    if isinstance(low, (int, float)):
        if float(low) >= bottom:
            bottom, soft = float(low), 0
    elif low is not None:
        bottom, soft = max(bottom, TINY) if bottom >= 0 else -INF, 0
    if isinstance(high, (int, float)):
        if float(high) <= top:
            top, capped = float(high), False
    elif high is not None:
        capped = False
    return Interval(bottom, max(top, bottom), soft, capped)


def least(a: Interval, b: Interval) -> Interval:
    """Bounds of the smaller of two."""
    low, high = min(a.low, b.low), min(a.high, b.high)
    soft = plainest([each.soft for each in (a, b) if each.low == low])
    return Interval(low, high, soft, all(each.capped for each in (a, b) if each.high == high))


def greatest(a: Interval, b: Interval) -> Interval:
    """Bounds of the larger of two."""
    low, high = max(a.low, b.low), max(a.high, b.high)
    soft = plainest([each.soft for each in (a, b) if each.low == low])
    return Interval(low, high, soft, all(each.capped for each in (a, b) if each.high == high))


def of_products(a: Interval, b: Interval) -> Interval:
    """Bounds of sums of products of elements of `a` and `b`."""
    if a.low < 0 or b.low < 0:
        return ANY
    one = multiply(a, b)
    return Interval(one.low, INF, one.soft)


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
        return of_products(a, b)
    if isinstance(op, ast.Div):
        return divide(a, b)
    return ANY


def _product(x: float, y: float) -> float:
    return 0.0 if x == 0 or y == 0 else x * y
