"""Which numbers an operator returns: its curve, if it works element by element, or which bounds it keeps.

A line of the generated text is

    name = "c" (value mark)*        the values at the points of `GRID`; "o": an infinite gradient is stopped
                                    there, "s": the curve is level there, and makes 0 times infinity of it
    name = letter*                  "k": returns numbers between those of its operand, "n": none below 0 for
                                    none below 0, "p": positive ones for positive ones, "z": 0 for 0
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from chainrule.gradient_facts._spans import GRID, TEXT

__all__ = ["GRID", "Span", "span"]


@dataclass(frozen=True, slots=True)
class Span:
    """What is known of the numbers that an operator returns, given those of its first operand."""

    values: tuple[float, ...] = ()
    """At the points of `GRID`, if it works element by element."""
    marks: tuple[str, ...] = ()
    keeps: str = ""


@cache
def _lines() -> dict[str, str]:
    return dict(line.split(" = ", 1) for line in TEXT.splitlines())


@cache
def span(name: str) -> Span | None:
    """What was measured of the operator `name`, the last part of what users write; None of an unknown one."""
    text = _lines().get(name)
    if text is None:
        return None
    if not text.startswith("c "):
        return Span(keeps=text)
    points = text.split()[1:]
    marks = tuple(point[-1] if point[-1] in "os" else "" for point in points)
    return Span(tuple(float(point.rstrip("os")) for point in points), marks)
