"""Bounds of what an element-wise operator returns, read off its curve as PyTorch draws it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from chainrule.flow.core.graph import LIMIT, SATURATED, STOPPED, Interval
from chainrule.gradient_facts.spans import GRID, Span

_LAST = len(GRID) - 1
# Curves that the library of Python has under the name that PyTorch gives them, and others.
_EXACT: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "expit": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "relu": lambda x: max(x, 0.0),
    "abs": abs,
    "absolute": abs,
    "square": lambda x: x * x,
}


def at_number(name: str, number: float) -> float | None:
    """The value of an element-wise operator at one number; None where it is not known."""
    function = _EXACT.get(name) or getattr(math, name, None)
    if function is None:
        return None
    try:
        value = function(number)
    except (ValueError, OverflowError, TypeError):
        return None
    return value if isinstance(value, float) else None


def of_curve(name: str, span: Span, within: Interval) -> Interval:
    """Bounds of the values that the curve has over `within`.

    Between two of the points at which it was measured they are rounded outwards, if no formula is known.
    """
    first = max(bisect_right(GRID, within.low) - 1, 0)
    last = max(min(bisect_left(GRID, within.high), _LAST), first)
    values = list(span.values)
    for place, end in ((first, within.low), (last, within.high)):
        exact = at_number(name, end) if GRID[0] < end < GRID[_LAST] and GRID[place] != end else None
        values[place] = values[place] if exact is None else exact
    places = [place for place in range(first, last + 1) if not math.isnan(values[place])]
    if not places:
        return Interval(-math.inf, math.inf)
    low, high = min(values[place] for place in places), max(values[place] for place in places)
    if math.isnan(values[first]):
        soft = LIMIT  # 0 is where a root begins: no claim that an operand stands there
    else:
        soft = _reached(span, [place for place in places if values[place] == low], within, first, last)
    capped = _reached(span, [place for place in places if values[place] == high], within, first, last)
    # Behind the last points a curve that still rises or falls there does so for ever.
    if first == 0 and within.low < GRID[0]:
        low = -math.inf if values[0] < values[1] else low
        high = math.inf if values[0] > values[1] else high
    if last == _LAST and within.high > GRID[_LAST]:
        low = -math.inf if values[_LAST] < values[_LAST - 1] else low
        high = math.inf if values[_LAST] > values[_LAST - 1] else high
    return Interval(low, high, soft, capped != 0)


def _reached(span: Span, places: list[int], within: Interval, first: int, last: int) -> int:
    """How a bound is met: as the operand meets its own, on a level piece, or where backward stops."""
    found = []
    for place in places:
        if span.marks[place]:
            found.append(STOPPED if span.marks[place] == "o" else SATURATED)
        elif place == first and GRID[place] <= within.low:
            found.append(within.soft)
        elif place == last and GRID[place] >= within.high:
            found.append(SATURATED if within.capped else 0)
        else:
            found.append(0)
    return plainest(found)


def plainest(ways: Sequence[int]) -> int:
    """How a bound is met that is met in these ways: simply, by saturation, or only where backward stops."""
    return 0 if 0 in ways else min(ways, default=0)
