"""Check autograd against what the loss really does: finite differences in float64 along random directions.

Every evaluation builds the inputs anew from the same seed, so dropout and sampling repeat, and state that a
module keeps between calls does not leak from one evaluation into the next.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .program import Call, Plan, Program, seed_everything
from .returns import loss_of, scalar
from .runs import run
from .sources import Source, prepare
from .trace.importing import Workspace
from .trace.values import tensors_in


@dataclass(frozen=True)
class Step:
    """A step in units of the source's size, how near the slopes must be, and the rounding of one
    evaluation."""

    size: float
    tolerance: float
    grain: float


FINE = (Step(1e-6, 1e-4, 1.1e-16), Step(1e-7, 1e-4, 1.1e-16))
COARSE = (Step(3e-3, 5e-2, 6e-8), Step(1e-2, 5e-2, 6e-8))
"""For losses that compute in float32, in part or as a whole."""

MOST_SOURCES = 48


@dataclass(frozen=True)
class Slope:
    """The loss's slope along one direction; autograd's, or None where it has no gradient for the source."""

    loss_change: float
    autograd: float | None
    agrees: bool
    exact_zero: bool
    """Autograd's float64 gradient is zero up to rounding."""
    fine: bool = False
    """Measured with the steps that only a loss in float64 stands."""


class Differences:
    """A copy of the program and of one plan in one precision. Making it may raise what the user's module
    raises."""

    def __init__(
        self,
        request: Mapping[str, Any],
        wanted: Sequence[str] | None,
        plan: Plan,
        seed: int,
        dtype: torch.dtype,
    ) -> None:
        self.wanted = wanted
        self.plan = plan
        self.seed = seed
        self.double = dtype == torch.float64
        self.before = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            self.program = Program(request, Workspace(str(request["root"])))
            self.default = torch.get_default_dtype()
        finally:
            torch.set_default_dtype(self.before)

    def slopes(self, seconds: float) -> dict[str, Slope]:
        """The slope of each source, for as many as the time allows; none where the loss does not repeat
        itself.

        Raises what the user's code raises in this precision.
        """
        found: dict[str, Slope] = {}
        deadline = time.monotonic() + seconds
        torch.set_default_dtype(self.default)
        try:
            call, sources = self._build()
            seed_everything(self.seed)
            outcome = run(call, sources, self.program)
            gradients = {n: None if g is None else g.to_dense() for n, g in outcome.gradients.items()}
            base, narrow = self._loss(None, None)
            again, _ = self._loss(None, None)
            if base is None or base != again:
                return found
            for source in sources[:MOST_SOURCES]:
                if time.monotonic() > deadline:
                    break
                slope = self._slope(source, gradients.get(source.name), base, narrow)
                if slope is not None:
                    found[source.name] = slope
            return found
        finally:
            torch.set_default_dtype(self.before)
            torch.set_grad_enabled(True)

    def _build(self) -> tuple[Call, list[Source]]:
        call = self.program.build(self.plan, self.seed)
        if not self.double:
            return call, prepare(call, self.program, self.wanted)
        if isinstance(call.instance, torch.nn.Module):
            call.instance.double()
        for value in [*call.positional, *call.named.values()]:
            if isinstance(value, torch.nn.Module):
                value.double()
            for tensor in tensors_in(value):
                if tensor.dtype in (torch.float32, torch.float16, torch.bfloat16) and tensor.is_leaf:
                    tensor.data = tensor.data.double()
        return call, prepare(call, self.program, self.wanted)

    def _loss(self, name: str | None, change: torch.Tensor | None) -> tuple[float | None, bool]:
        """The loss after `change` is added to one source; whether it was computed in less than float64."""
        call, sources = self._build()
        if change is not None:
            tensor = next(s.tensor for s in sources if s.name == name)
            tensor.data.add_(change.to(tensor.dtype))
        seed_everything(self.seed)
        torch.set_grad_enabled(self.program.grad_mode)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loss = scalar(loss_of(call.run()))
        torch.set_grad_enabled(True)
        if isinstance(loss, torch.Tensor):
            value, narrow = float(loss.detach()), loss.dtype != torch.float64
        else:
            value, narrow = (float(loss), False) if isinstance(loss, (int, float)) else (math.nan, False)
        return (value if math.isfinite(value) else None), narrow

    def _slope(
        self, source: Source, gradient: torch.Tensor | None, base: float, narrow: bool
    ) -> Slope | None:
        narrow = narrow or source.tensor.dtype != torch.float64
        generator = torch.Generator().manual_seed(self.seed + 1)
        first: Slope | None = None
        for step in (*(() if narrow else FINE), *COARSE):
            direction = torch.randn(source.tensor.shape, generator=generator, dtype=torch.float64)
            direction /= max(float(direction.norm()), 1e-30)
            slope = self._compare(source, gradient, base, step, direction)
            if slope is None:
                continue
            if slope.agrees and (gradient is not None or narrow or not self._drifts(source, base, direction)):
                return slope
            first = first or slope
        return first

    def _compare(
        self, source: Source, gradient: torch.Tensor | None, base: float, step: Step, direction: torch.Tensor
    ) -> Slope | None:
        size = step.size * (1.0 + float(source.tensor.detach().abs().double().norm()))
        change = self._change(source, direction, size)
        if change is None:
            return None
        noise = 64 * step.grain * (abs(base) + 1e-3) / size
        change = 0.0 if abs(change) <= noise else change
        slope = _slope_of(gradient, direction)
        rounding = 1e-12 * (1 + abs(base))
        exact_zero = gradient is not None and slope is not None and float(gradient.abs().max()) < rounding
        expected = 0.0 if slope is None or exact_zero else slope
        agrees = abs(change - expected) <= step.tolerance * max(abs(change), abs(expected)) + noise
        return Slope(change, slope, agrees, exact_zero, step in FINE)

    def _change(self, source: Source, direction: torch.Tensor, size: float) -> float | None:
        up, _ = self._loss(source.name, direction * size)
        down, _ = self._loss(source.name, direction * -size)
        return None if up is None or down is None else (up - down) / (2 * size)

    def _drifts(self, source: Source, base: float, direction: torch.Tensor) -> bool:
        """The loss moves with large steps as a smooth function does (a jump gives other slopes for other
        steps)."""
        slopes = [self._change(source, direction, s.size) for s in COARSE]
        one, other = slopes
        if not one or not other or abs(one) < 64 * COARSE[0].grain * (abs(base) + 1e-3) / COARSE[0].size:
            return False
        return abs(one - other) < 0.2 * abs(one)


def _slope_of(gradient: torch.Tensor | None, direction: torch.Tensor) -> float | None:
    if gradient is None or not gradient.numel():
        return None
    real = gradient.real if gradient.is_complex() else gradient
    value = float((real.double() * direction).sum())
    return value if math.isfinite(value) else None


def measure_slopes(
    request: Mapping[str, Any], wanted: Sequence[str] | None, plan: Plan, seed: int, seconds: float
) -> dict[str, Slope]:
    """In float64, or in float32 where the loss fixes its dtypes; nothing where it runs in neither."""
    for dtype in (torch.float64, torch.float32):
        try:
            return Differences(request, wanted, plan, seed, dtype).slopes(seconds)
        except (Exception, SystemExit):  # the user's code in a precision that it was not written for
            continue
    return {}
