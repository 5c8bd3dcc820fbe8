"""Bounds of what an operator returns, against torch: none lies outside, and the ends are met as told."""

from __future__ import annotations

import math
import random

import pytest
import torch
from torch import Tensor

from chainrule.flow.core.bounds import of_call
from chainrule.flow.core.graph import SATURATED, STOPPED, Interval
from chainrule.gradient_facts._spans import TEXT
from chainrule.gradient_facts.spans import GRID, span

_CURVES = [line.split(" = ")[0] for line in TEXT.splitlines() if " = c " in line]
# Their bounds are not those of the curve, but what a loss must reckon with.
_OTHERWISE = frozenset(("exp", "log_softmax", "logsigmoid", "norm_except_dim", "rrelu"))


def _apply(name: str, points: Tensor) -> Tensor:
    for space in (torch, torch.nn.functional, torch.special):
        if hasattr(space, name):
            result: Tensor = getattr(space, name)(points)
            return result
    raise LookupError(name)


@pytest.mark.parametrize("name", [name for name in _CURVES if name not in _OTHERWISE])
def test_values_lie_within_the_bounds(name: str) -> None:
    draw = random.Random(name)
    for _ in range(60):
        low, high = sorted(draw.choice((1, -1)) * 10 ** draw.uniform(-9, 2) for _ in range(2))
        within = of_call(name, Interval(low, high))
        values = _apply(name, torch.linspace(low, high, 50, dtype=torch.float64))
        kept = values[~values.isnan()]
        slack = 1e-5 * max(
            [abs(each) for each in (within.low, within.high) if math.isfinite(each)], default=0
        )
        assert (kept >= within.low - slack).all() and (kept <= within.high + slack).all(), (low, high)


@pytest.mark.parametrize(
    ("name", "soft"),
    [
        ("sigmoid", SATURATED),
        ("relu", STOPPED),
        ("square", 0),
        ("abs", 0),
        ("hardsigmoid", STOPPED),
        ("tanh", SATURATED),
    ],
)
def test_how_a_lower_bound_is_met(name: str, soft: int) -> None:
    """An infinite gradient is stopped at a relu, becomes NaN on a level piece, and where a square is 0."""
    assert of_call(name, Interval(-math.inf, math.inf)).soft == soft
    lowest = 0.0 if name in ("square", "abs") else -300.0
    point = torch.tensor([lowest], requires_grad=True)
    _apply(name, point).backward(torch.tensor([math.inf]))
    assert point.grad is not None
    assert bool(point.grad.isnan().any()) == (soft != STOPPED)


def test_an_operand_that_is_shut_off_stays_so() -> None:
    shut = Interval(0.0, math.inf, STOPPED)
    assert of_call("tanh", shut).soft == of_call("sum", shut).soft == of_call("log1p", shut).soft == STOPPED
    assert of_call("log1p", Interval(1e-6, 1.0)).low > 0


@pytest.mark.parametrize("name", ["gather", "cat", "flip", "max_pool2d", "kthvalue", "repeat_interleave"])
def test_what_only_moves_keeps_bounds(name: str) -> None:
    known = span(name)
    assert known is not None and "k" in known.keeps
    assert of_call(name, Interval(2.0, 3.0)).low == 2.0


def test_the_grid_is_sorted() -> None:
    assert list(GRID) == sorted(GRID)
