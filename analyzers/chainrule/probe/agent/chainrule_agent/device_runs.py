"""One plan on a GPU: its time and memory there, and how far its gradients are from the CPU's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from .devices import largest_difference, move, synchronize
from .memory import watching_memory
from .program import Call, Plan, Program, seed_everything
from .runs import Run, run
from .sources import prepare
from .trace.importing import Workspace

UNSTEADY = 1e-3
"""Kernels that add in any order differ by less than this from run to run; random numbers by more."""


class DeviceRun:
    """`run` is the second of two runs (the first loads kernels, and its time says nothing about the loss),
    `peak` its memory in bytes, None where torch does not count it."""

    def __init__(
        self,
        request: Mapping[str, Any],
        wanted: Sequence[str] | None,
        plan: Plan,
        seed: int,
        device: torch.device,
    ) -> None:
        self.program = Program(request, Workspace(str(request["root"])))
        self.wanted = wanted
        self.plan = plan
        self.seed = seed
        self.device = device
        self._once()
        self.run, self.peak = self._once()

    def _once(self) -> tuple[Run, int | None]:
        call = move(self.program.build(self.plan, self.seed), self.program, self.device)
        with watching_memory(self.device) as peak:
            outcome = self._measured(call, self.seed)
        return outcome, peak()

    def _measured(self, call: Call, seed: int) -> Run:
        sources = prepare(call, self.program, self.wanted)
        seed_everything(seed)
        return run(call, sources, self.program, lambda: synchronize(self.device))

    def difference(self, reference: Run) -> float | None:
        """Of the gradients from the CPU's, relative; None for a loss that draws random numbers, which are
        others on another device."""
        other = move(self.program.build(self.plan, self.seed), self.program, self.device)
        drawn = self._measured(other, self.seed + 1)
        if (largest_difference(drawn.gradients, _on_cpu(self.run)) or 0.0) > UNSTEADY:
            return None
        return largest_difference(self.run.gradients, reference.gradients)


def _on_cpu(outcome: Run) -> dict[str, torch.Tensor | None]:
    return {name: None if g is None else g.detach().cpu() for name, g in outcome.gradients.items()}
