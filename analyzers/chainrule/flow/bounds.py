"""Interval arithmetic, just enough to know which values can be exactly zero.

A square root, a logarithm or a quotient is dangerous where its operand can *reach* the end of its
domain: a sum of squares reaches 0, one with `+ eps` does not, and of an arbitrary tensor nothing is known.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence

from chainrule.flow.graph import ANY, Interval

__all__ = ["ANY", "Interval"]

INF = math.inf
NONNEGATIVE = Interval(0.0, INF)
PROBABILITY = Interval(0.0, 1.0, soft=True)
POSITIVE = Interval(1e-38, INF)
UNIT = Interval(-1.0, 1.0)
BINARY = Interval(0.0, 1.0)

_RESULTS = {
    "square": NONNEGATIVE,
    "abs": NONNEGATIVE,
    "absolute": NONNEGATIVE,
    "relu": NONNEGATIVE,
    "relu_": NONNEGATIVE,
    "mse_loss": NONNEGATIVE,
    "l1_loss": NONNEGATIVE,
    "norm": NONNEGATIVE,
    "vector_norm": NONNEGATIVE,
    "cdist": NONNEGATIVE,
    "sigmoid": PROBABILITY,
    "softmax": PROBABILITY,
    "exp": POSITIVE,
    "softplus": Interval(0.0, INF, soft=True),
    "tanh": Interval(-1.0, 1.0, soft=True),
    "sin": UNIT,
    "cos": UNIT,
    "cosine_similarity": UNIT,
    "var": NONNEGATIVE,
    "std": NONNEGATIVE,
    "cosh": Interval(1.0, INF),
    "rand": BINARY,
    "rand_like": BINARY,
    "zeros": Interval(0.0, 0.0),
    "zeros_like": Interval(0.0, 0.0),
    "ones": Interval(1.0, 1.0),
    "ones_like": Interval(1.0, 1.0),
    "one_hot": BINARY,
}
# Operators whose result lies where their first operand does.
_KEEPS = frozenset(
    """mean max min amax amin clone detach view reshape flatten squeeze unsqueeze permute transpose
    contiguous to float double half cpu cuda expand expand_as repeat gather index select topk sort
    masked_select take index_select narrow diagonal diag median mode kthvalue chunk split unbind stack
    cat hstack vstack t T mT view_as reshape_as type type_as data item dropout max_pool2d avg_pool2d
    interpolate masked_fill tile roll flip squeeze_ unsqueeze_ requires_grad_ bfloat16 take_along_dim
    nanmean quantile numpy from_numpy as_tensor tensor array tolist phi""".split()
)
# Operators that add up operands of one sign.
_SUMS = frozenset(("sum", "cumsum", "nansum", "trace", "logcumsumexp"))


def of_number(value: object) -> Interval:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ANY
    return Interval(float(value), float(value))


def union(parts: Sequence[Interval]) -> Interval:
    low = min(part.low for part in parts)
    high = max(part.high for part in parts)
    return Interval(low, high, any(part.soft and part.low == low for part in parts))


def of_call(name: str, first: Interval) -> Interval:
    """Bounds of an operator's result, given those of its first operand."""
    known = _RESULTS.get(name)
    if known is not None:
        if name in ("abs", "absolute", "square") and first.low > 0:
            return Interval(first.low if name != "square" else first.low**2, INF)
        return known
    if name in _KEEPS:
        return first
    if name in _SUMS:
        if first.low >= 0:
            return Interval(first.low, INF, first.soft)
        if first.high <= 0:
            return Interval(-INF, first.high)
        return ANY
    if name == "sqrt" and first.low >= 0:
        return Interval(math.sqrt(first.low), INF, first.soft)
    if name in ("neg", "negative"):
        return negate(first)
    if name in ("prod", "cumprod") and first.low >= 0:
        return Interval(0.0 if first.low < 1 else first.low, INF, first.soft)
    if name in ("log_softmax", "logsigmoid"):
        return Interval(-INF, 0.0)
    return ANY


def negate(a: Interval) -> Interval:
    return Interval(-a.high, -a.low)


def add(a: Interval, b: Interval) -> Interval:
    low, high = a.low + b.low, a.high + b.high
    if math.isnan(low) or math.isnan(high):
        return ANY
    return Interval(low, high, (a.soft or b.soft) and low == 0)


def subtract(a: Interval, b: Interval) -> Interval:
    made = add(a, negate(b))
    # 1 - p of a probability: reached by saturation only.
    if b.soft and made.low == 0:
        return Interval(made.low, made.high, True)
    return Interval(made.low, made.high, (a.soft or b.soft) and made.low == 0)


def multiply(a: Interval, b: Interval) -> Interval:
    if a.low >= 0 and b.low >= 0:
        low = _product(a.low, b.low)
        soft = low == 0 and not ((a.low == 0 and not a.soft) or (b.low == 0 and not b.soft))
        return Interval(low, _product(a.high, b.high), soft)
    corners = [_product(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(corners), max(corners))


def divide(a: Interval, b: Interval) -> Interval:
    if b.low > 0 or (b.low == 0 and b.soft):
        if a.low >= 0:
            return Interval(a.low / b.high if b.high not in (0, INF) else 0.0, INF, a.soft or a.low > 0)
        if b.low == b.high:
            return multiply(a, Interval(1 / b.low, 1 / b.low))
    if a.low >= 0 and b.low >= 0:
        return NONNEGATIVE
    return ANY


def power(a: Interval, exponent: object) -> Interval:
    if isinstance(exponent, (int, float)) and not isinstance(exponent, bool):
        if float(exponent).is_integer() and int(exponent) % 2 == 0 and exponent > 0:
            low = min(abs(a.low), abs(a.high)) if a.low > 0 or a.high < 0 else 0.0
            return Interval(low ** float(exponent) if low < 1e30 else low, INF, a.soft)
        if a.low >= 0 and exponent > 0:
            return Interval(a.low ** float(exponent), INF, a.soft)
    return Interval(0.0, INF, True) if a.low >= 0 else ANY


def clamp(a: Interval, low: object, high: object) -> Interval:
    """`low`/`high`: numbers, None for no bound, anything else for an unknown one."""
    bottom, top, soft = a.low, a.high, a.soft
    if isinstance(low, (int, float)):
        if float(low) >= bottom:
            bottom, soft = float(low), False
    elif low is not None:
        bottom, soft = max(bottom, 1e-38) if bottom >= 0 else -INF, False
    if isinstance(high, (int, float)):
        top = min(top, float(high))
    elif high is not None:
        top = min(top, INF)
    return Interval(bottom, max(top, bottom), soft)


def arithmetic(op: ast.operator, a: Interval, b: Interval) -> Interval:
    if isinstance(op, ast.Add):
        return add(a, b)
    if isinstance(op, ast.Sub):
        return subtract(a, b)
    if isinstance(op, ast.Mult):
        return multiply(a, b)
    if isinstance(op, ast.Div):
        return divide(a, b)
    return ANY


def _product(x: float, y: float) -> float:
    return 0.0 if x == 0 or y == 0 else x * y
