"""A fact written by hand, with the expression that proves it."""

from __future__ import annotations

from typing import NamedTuple

from chainrule.gradient_facts.operators import Condition, Reason


class Fact(NamedTuple):
    text: str
    """In the language of `_codec`."""
    evidence: str = ""
    """A Python expression whose value has these outputs. The tests evaluate it with `x` and `y` float vectors
    in (0, 1) that require grad and are no leaves, `m` such a square matrix, `s` a scalar, `t` integers."""
    reason: Reason | None = None
    conditions: tuple[Condition, ...] = ()
