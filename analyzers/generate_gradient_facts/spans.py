"""Which numbers operators return, measured: the curves of element-wise ones, the bounds that others keep."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from calls import Call, calls
from torch import Tensor

SPANS = Path(__file__).parents[1] / "chainrule" / "gradient_facts" / "_spans.py"
HEAD = '''"""Which numbers PyTorch's operators return; the grammar of a line stands in `spans`.

Written by analyzers/generate_gradient_facts/spans.py; do not edit.
"""

# ruff: noqa: E501
GRID = (
{grid}
)

TEXT = """\\
{lines}
"""
'''
_TINY = 1e-38
_STEPS = (1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 1.0, 2.0, 9.0, 17.0, 80.0, 200.0)
GRID = (
    -1e4,
    *(-step for step in reversed(_STEPS)),
    -_TINY,
    0.0,
    _TINY,
    *_STEPS,
    1e4,
)
_RANDOM = 3
"""Draws of each operand, at which a bound must be kept."""
# What no curve through the points of the grid describes.
_TURNS = 2
_BETWEEN = 40
_DTYPES = (torch.float32, torch.float64)
# Their numbers are read off their arguments, or they return what their operand holds by definition.
_OTHERWISE = frozenset(("clamp", "clip", "clamp_min", "clamp_max", "hardtanh", "threshold", "pow", "where"))


def curves() -> dict[str, str]:
    """The values of each element-wise function at the points of the grid, and what backward does there."""
    found: dict[str, str] = {}
    for space in (torch, torch.nn.functional, torch.special):
        for name in sorted(vars(space)):
            function = getattr(space, name)
            if name.startswith("_") or name.endswith("_") or name in found or isinstance(function, type):
                continue
            if callable(function) and name not in _OTHERWISE:
                text = _curve(function)
                if text is not None:
                    found[name] = text
    return found


def _curve(function: Callable[..., Any]) -> str | None:
    points = torch.tensor(GRID)
    values = _values(function, points)
    if values is None or values.isfinite().sum() < 2:
        return None
    exact = _values(function, torch.tensor(GRID, dtype=torch.float64))
    if exact is None:
        return None
    small = points.abs() <= 1e-6
    numbers = torch.where((values == 0) & small, exact, values.double()).tolist()
    if not _follows(function, numbers) or numbers == list(points.double().tolist()):
        return None
    marks = _marks(function, points, numbers)
    return "c " + " ".join(f"{_number(value)}{mark}" for value, mark in zip(numbers, marks, strict=True))


def _number(value: float) -> str:
    return f"{value:.9g}" if value else "0"


def _values(function: Callable[..., Any], points: Tensor) -> Tensor | None:
    """What `function` makes of each of `points`; None if it does not take them one by one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            whole = function(points.clone())
            again = function(points.flip(0).clone())
            parts = [function(point.reshape(1).clone()) for point in points]
    except Exception:  # whatever a function says that is not meant for this
        return None
    if not isinstance(whole, Tensor) or whole.shape != points.shape or not whole.is_floating_point():
        return None
    if not all(isinstance(part, Tensor) and part.shape == (1,) for part in parts):
        return None
    alike = [torch.cat(parts), again.flip(0)]
    same = all(torch.allclose(each, whole, rtol=1e-4, atol=1e-12, equal_nan=True) for each in alike)
    return whole.detach() if same and not torch.isnan(whole).all() else None


def _follows(function: Callable[..., Any], numbers: list[float]) -> bool:
    """Whether the values between two points of the grid lie between those at the points."""
    turns, direction = 0, 0
    for (one, other), (first, last) in zip(pairwise(GRID), pairwise(numbers), strict=True):
        if math.isnan(first) or math.isnan(last):
            continue
        between = torch.linspace(one, other, _BETWEEN, dtype=torch.float64)
        values = function(between).detach()
        low, high = min(first, last), max(first, last)
        slack = 1e-5 * max(1e-3, abs(low), abs(high)) if math.isfinite(low) and math.isfinite(high) else 0
        if math.isfinite(low) and bool((values < low - slack).any()):
            return False
        if math.isfinite(high) and bool((values > high + slack).any()):
            return False
        now = (last > first) - (last < first)
        turns += bool(now and direction and now != direction)
        direction = now or direction
    return turns <= _TURNS


def _marks(function: Callable[..., Any], points: Tensor, numbers: list[float]) -> list[str]:
    """At each point: "o" where an infinite gradient is stopped, "s" on another level piece."""
    leaf = points.clone().requires_grad_()
    result = function(leaf)
    if not result.requires_grad:
        return [""] * len(numbers)
    (slope,) = torch.autograd.grad(result, leaf, torch.full_like(result, math.inf), materialize_grads=True)
    slope = torch.zeros_like(leaf) + slope  # some come without memory of their own
    marks = []
    for place, (number, back) in enumerate(zip(numbers, slope.tolist(), strict=True)):
        beside = numbers[max(place - 1, 0) : place + 2]
        level = beside.count(number) > 1
        marks.append("o" if back == 0 else "s" if level else "")
    return marks


def keepers(known: dict[str, str]) -> dict[str, str]:
    """Of every other operator the letters of what holds for all its samples."""
    found: dict[str, set[str]] = {}
    for call in calls():
        space, _, name = call.name.rpartition(".")
        if name in known or name in _OTHERWISE or space == "masked" or call.name.endswith("()"):
            continue
        if name.startswith("_") or name.endswith("_") or found.get(name) == set():
            continue
        letters = _letters(call)
        if letters is not None:
            found[name] = found[name] & letters if name in found else letters
    return {name: "".join(sorted(letters)) for name, letters in found.items() if letters}


def _letters(call: Call) -> set[str] | None:
    """What holds for this call; None if it says nothing."""
    given = call.arguments[0] if call.arguments else None
    if isinstance(given, Tensor):
        operands = [given]
    elif isinstance(given, list | tuple) and given and all(isinstance(each, Tensor) for each in given):
        operands = list(given)
    else:
        return None
    if not all(each.dtype in _DTYPES and each.numel() and each.layout == torch.strided for each in operands):
        return None
    letters = set("kpnz")
    seen = False
    for seed in range(_RANDOM):
        torch.manual_seed(seed)
        for low, high, checks in _OPERANDS:
            filled = [torch.rand_like(each) * (high - low) + low for each in operands]
            result = _run(call, filled[0] if isinstance(given, Tensor) else type(given)(filled))
            if result is None:
                return None if not seen else letters
            seen = True
            for letter, holds in checks.items():
                if letter in letters and not holds(result):
                    letters.discard(letter)
    return letters


_OPERANDS: tuple[tuple[float, float, dict[str, Callable[[Tensor], bool]]], ...] = (
    (2.0, 3.0, {"k": lambda y: bool(((y >= 2) & (y <= 3)).all()), "p": lambda y: bool((y > 0).all())}),
    (-3.0, -2.0, {"k": lambda y: bool(((y >= -3) & (y <= -2)).all())}),
    (1e-3, 2e-3, {"p": lambda y: bool((y > 0).all())}),
    (0.0, 1.0, {"n": lambda y: bool((y >= 0).all()), "k": lambda y: bool(((y >= 0) & (y <= 1)).all())}),
    (0.0, 0.0, {"z": lambda y: bool((y == 0).all()), "n": lambda y: bool((y >= 0).all())}),
)


def _run(call: Call, first: Any) -> Tensor | None:
    """The first tensor of numbers that the call returns."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = call.function(first, *call.arguments[1:], **call.keywords)
    except Exception:  # this sample does not go with these numbers
        return None
    found = result if isinstance(result, list | tuple) else [result]
    for each in found:
        if isinstance(each, Tensor) and each.layout == torch.strided and each.is_floating_point():
            return each.detach() if each.numel() else None
    return None


def main() -> None:
    bent = curves()
    kept = keepers(bent)
    lines = "\n".join(f"{name} = {text}" for name, text in sorted((bent | kept).items()))
    grid = "\n".join(f"    {point!r}," for point in GRID)
    SPANS.write_text(HEAD.format(grid=grid, lines=lines), encoding="utf-8")
    print(f"{len(bent)} curves, {len(kept)} other operators", file=sys.stderr)


if __name__ == "__main__":
    main()
