"""Forward and backward of one call, and what every source received."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from .program import Call, Program
from .sources import Source
from .trace.values import describe_gradient, is_container, tensors_in

FLOWS, CUT, ZERO, NONFINITE, UNUSED = "flows", "cut", "zero", "nonfinite", "unused"
NOISE = 1e-6
"""A float32 gradient whose every element is at most this may be rounding noise around zero."""


@dataclass
class Run:
    """What one forward and backward gave."""

    loss: Any = None
    stage: str = ""
    """"forward" or "backward" when that raised."""
    error: BaseException | None = None
    gradients: dict[str, torch.Tensor | None] = field(default_factory=dict)
    frames: list[tuple[str, int]] = field(default_factory=list)
    """Path and line of the traceback, outermost first."""

    @property
    def message(self) -> str | None:
        return None if self.error is None else f"{type(self.error).__name__}: {self.error}"

    def verdict(self, name: str) -> str:
        return verdict_of(self.gradients.get(name))


def verdict_of(gradient: torch.Tensor | None) -> str:
    if gradient is None:
        return CUT
    _, zero, finite = describe_gradient(gradient)
    if not finite:
        return NONFINITE
    return ZERO if zero else FLOWS


def run(call: Call, sources: Sequence[Source], program: Program) -> Run:
    """Run the loss and backward. Never raises for what the user's code raises (KeyboardInterrupt apart)."""
    result = Run()
    for source in sources:
        source.tensor.grad = None
    torch.set_grad_enabled(program.grad_mode)
    with warnings.catch_warnings(), watch_backward() as already:
        warnings.simplefilter("ignore")
        try:
            result.stage = "forward"
            returned = call.run()
            result.stage = "backward"
            result.loss = loss_of(returned)
            if not _was_run_backward(result.loss, already, sources):
                scalar(result.loss).backward()
            result.stage = ""
        except (Exception, SystemExit) as problem:
            result.error = problem
            result.frames = [(f.filename, f.lineno or 0) for f in traceback.extract_tb(problem.__traceback__)]
        finally:
            torch.set_grad_enabled(True)
    for source in sources:
        gradient = _gradient(source.tensor)
        result.gradients[source.name] = None if gradient is None else gradient.detach().clone()
    return result


def _gradient(tensor: torch.Tensor) -> torch.Tensor | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tensor.grad


def _was_run_backward(loss: Any, already: list[torch.Tensor], sources: Sequence[Source]) -> bool:
    """The function called `.backward()` on its loss itself, and returns that loss, a number or nothing."""
    if not already:
        return False
    if isinstance(loss, torch.Tensor) and loss.requires_grad:
        return any(loss is other or (loss.grad_fn is other.grad_fn is not None) for other in already)
    return any(_gradient(s.tensor) is not None for s in sources)


@contextmanager
def watch_backward() -> Iterator[list[torch.Tensor]]:
    """The tensors that `.backward()` is called on in this block."""
    seen: list[torch.Tensor] = []
    original = torch.Tensor.backward

    def backward(self: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        seen.append(self)
        return original(self, *args, **kwargs)  # type: ignore[no-untyped-call]

    torch.Tensor.backward = backward  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        torch.Tensor.backward = original  # type: ignore[method-assign]


def loss_of(returned: Any) -> Any:
    """The loss in what a function returns: itself, `["loss"]`, `.loss`, the first scalar of a tuple, a sum
    of terms."""
    if isinstance(returned, torch.Tensor):
        return returned
    if isinstance(returned, Mapping):
        for key in ("loss", "total_loss", "total", "loss_total"):
            if key in returned:
                return loss_of(returned[key])
        terms = [t for t in tensors_in(dict(returned)) if t.is_floating_point() and t.requires_grad]
        return sum((t.sum() for t in terms[1:]), terms[0].sum()) if terms else returned
    if hasattr(returned, "loss"):
        return loss_of(returned.loss)
    if is_container(returned):
        tensors = [t for t in tensors_in(returned) if t.is_floating_point()]
        scalars = [t for t in tensors if t.numel() == 1]
        graded = [t for t in scalars if t.requires_grad] or [t for t in tensors if t.requires_grad]
        best = graded or scalars or tensors
        return best[0] if best else returned
    return returned


def scalar(loss: Any) -> Any:
    """The loss as one number to call backward on; a loss that is no tensor stays what it is."""
    if isinstance(loss, torch.Tensor):
        loss = loss.real if loss.is_complex() else loss
        return loss if loss.numel() == 1 else loss.sum()
    return loss


def describe_loss(loss: Any) -> dict[str, Any] | None:
    if loss is None:
        return None
    if not isinstance(loss, torch.Tensor):
        value = float(loss) if isinstance(loss, (int, float)) else None
        return {"value": value, "shape": [], "dtype": type(loss).__name__, "grad_fn": None}
    total = scalar(loss.detach())
    return {
        "value": float(total),
        "shape": list(loss.shape),
        "dtype": str(loss.dtype).replace("torch.", ""),
        "grad_fn": loss.grad_fn.name() if loss.grad_fn is not None else None,
    }


def combine(verdicts: Sequence[str]) -> str:
    """One verdict over several seeds: non-finite once is non-finite, flowing once is flowing."""
    for verdict in (NONFINITE, FLOWS, ZERO):
        if verdict in verdicts:
            return verdict
    return CUT
