"""Time and memory of forward and backward over growing batches."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from .devices import move, synchronize
from .failures import describe, is_out_of_memory
from .memory import watching_memory
from .program import Call, Plan, Program, seed_everything
from .runs import Run, run
from .sources import prepare
from .trace.values import tensors_in

REPEATS = 5
"""Timed runs of a batch, after one that warms up; the fastest counts, for what else runs only slows them."""
LONG = 0.5
"""Seconds after which no further run is timed."""


class BatchMeter:
    """Measures one plan at several batch sizes on one device."""

    def __init__(
        self, program: Program, plan: Plan, seed: int, device: torch.device, wanted: Sequence[str] | None
    ) -> None:
        self.program = program
        self.plan = plan
        self.seed = seed
        self.device = device
        self.wanted = wanted

    def measure(self, sizes: Sequence[int], has_time: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        """The entries of `batches`. Where one batch fails, its entry says why and no larger one is tried."""
        size = batch_size(self.program.build(self.plan, self.seed))
        for wanted in sorted(set(sizes)):
            entry: dict[str, Any] = {
                "batch": wanted, "forward_seconds": None, "backward_seconds": None, "peak_memory": None,
                "error": None,
            }  # fmt: skip
            if size is None:
                entry["error"] = "the arguments have no batch dimension in common"
            elif not has_time():
                entry["error"] = "there is no time left for it"
            else:
                self._fill(entry, size, wanted)
            yield entry
            if entry["error"] is not None:
                return

    def _fill(self, entry: dict[str, Any], size: int, wanted: int) -> None:
        try:
            outcome, peak = self._watched(size, wanted)
            if outcome.error is not None:
                raise outcome.error
            timed = self._timed(size, wanted)
        except Exception as problem:  # the user's code at a size that it was not written for
            memory = is_out_of_memory(problem)
            entry["error"] = "out of memory" if memory else describe(problem).partition("\n")[0]
            return
        entry["forward_seconds"] = round(min(t.forward_seconds for t in timed), 6)
        if not outcome.runs_backward:
            entry["backward_seconds"] = round(min(t.backward_seconds for t in timed), 6)
        entry["peak_memory"] = peak

    def _timed(self, size: int, wanted: int) -> list[Run]:
        ends = time.monotonic() + LONG
        runs = [self._run(size, wanted)]
        while len(runs) < REPEATS and time.monotonic() < ends:
            runs.append(self._run(size, wanted))
        return runs

    def _run(self, size: int, wanted: int) -> Run:
        call = self._call(size, wanted)
        sources = prepare(call, self.program, self.wanted)
        seed_everything(self.seed)
        return run(call, sources, self.program, lambda: synchronize(self.device))

    def _watched(self, size: int, wanted: int) -> tuple[Run, int | None]:
        call = self._call(size, wanted)
        sources = prepare(call, self.program, self.wanted)
        seed_everything(self.seed)
        with watching_memory(self.device) as peak:
            outcome = run(call, sources, self.program, lambda: synchronize(self.device))
        return outcome, peak()

    def _call(self, size: int, wanted: int) -> Call:
        call = self.program.build(self.plan, self.seed)
        positional = tuple(resized(value, size, wanted) for value in call.positional)
        named = {name: resized(value, size, wanted) for name, value in call.named.items()}
        bound = self.program.signature().bind(*positional, **named)
        grown = Call(call.function, dict(bound.arguments), positional, named, call.instance)
        return grown if self.device.type == "cpu" else move(grown, self.program, self.device)


def batch_size(call: Call) -> int | None:
    """The leading size that most of the arguments share; None without tensors, or where none is shared."""
    tensors = [t for value in call.arguments.values() for t in tensors_in(value) if t.dim()]
    sizes = Counter(t.shape[0] for t in tensors)
    if not sizes:
        return None
    size, count = sizes.most_common(1)[0]
    return size if size and (count > 1 or len(tensors) == 1) else None


def resized(value: Any, size: int, wanted: int) -> Any:
    """The value with every leading dimension of `size` made `wanted` long, by repeating what is there."""
    if isinstance(value, torch.Tensor):
        if not value.dim() or value.shape[0] != size:
            return value
        grown = value.detach()[torch.arange(wanted) % size]
        return grown.requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)([resized(item, size, wanted) for item in value])
    if type(value) is dict:
        return {key: resized(item, size, wanted) for key, item in value.items()}
    return value
