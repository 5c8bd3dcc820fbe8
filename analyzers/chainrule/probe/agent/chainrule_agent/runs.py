"""Forward and backward of one call, and what every source received."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from .program import Call, Program
from .returns import RETURNED, find_loss, scalar, scalar_text
from .sources import Source
from .trace.values import describe_gradient

FLOWS, CUT, ZERO, NONFINITE, UNUSED = "flows", "cut", "zero", "nonfinite", "unused"
NOISE = 1e-6
"""A float32 gradient whose every element is at most this may be rounding noise around zero."""


@dataclass
class Run:
    """What one forward and backward gave."""

    returned: Any = None
    loss: Any = None
    stage: str = ""
    """"forward" or "backward" when that raised."""
    error: BaseException | None = None
    gradients: dict[str, torch.Tensor | None] = field(default_factory=dict)
    frames: list[tuple[str, int]] = field(default_factory=list)
    """Path and line of the traceback, outermost first."""
    loss_text: str = f"{RETURNED}.sum()"
    """The expression of the scalar loss in what the function returns."""
    runs_backward: bool = False
    """The function calls `.backward()` itself."""
    forward_seconds: float = 0.0
    backward_seconds: float = 0.0

    @property
    def needs_freed_graph(self) -> bool:
        """It went back into a graph that an earlier backward had freed."""
        return "backward through the graph a second time" in str(self.error)

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


def _nothing() -> None:
    """On a CPU there is nothing to wait for."""


def run(
    call: Call, sources: Sequence[Source], program: Program, synchronize: Callable[[], None] = _nothing
) -> Run:
    """Run the loss and backward. Never raises for what the user's code raises (KeyboardInterrupt apart).

    `synchronize` waits for the device, so that times are whole.
    """
    result = Run()
    for source in sources:
        source.tensor.grad = None
    torch.set_grad_enabled(program.grad_mode)
    with warnings.catch_warnings(), watch_backward() as already:
        warnings.simplefilter("ignore")
        try:
            result.stage = "forward"
            synchronize()
            started = time.perf_counter()
            result.returned = call.run()
            synchronize()
            between = time.perf_counter()
            result.forward_seconds = between - started
            result.stage = "backward"
            result.loss, text = find_loss(result.returned)
            result.loss_text = scalar_text(result.loss, text)
            result.runs_backward = _was_run_backward(result.loss, already, sources)
            if not result.runs_backward:
                scalar(result.loss).backward()
                synchronize()
                result.backward_seconds = time.perf_counter() - between
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


def combine(verdicts: Sequence[str]) -> str:
    """One verdict over several seeds: non-finite once is non-finite, flowing once is flowing."""
    for verdict in (NONFINITE, FLOWS, ZERO):
        if verdict in verdicts:
            return verdict
    return CUT
