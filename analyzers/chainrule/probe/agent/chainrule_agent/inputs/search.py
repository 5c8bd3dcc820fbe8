"""Search for inputs that a loss accepts: guess by role, run, read torch's complaint, repair, within a
budget."""

from __future__ import annotations

import heapq
import itertools
import time
import warnings
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from typing import Any

import torch

from ..program import BuildError, Plan, Program, seed_everything
from ..returns import loss_of
from .failures import Failure, read_failure
from .messages import repairs
from .patience import at_most
from .scenarios import SCENARIOS
from .specs import Candidate
from .starts import Starts

TRIALS = 240
SECONDS = 6.0
TRIAL_SECONDS = 3.0
_PER_FAILURE = 14
"""Repairs kept of one failed trial."""


@dataclass
class Found:
    """A plan that runs, or none; what was tried; the last complaint; the first guess, for the user to
    correct."""

    plan: Plan | None = None
    tried: list[str] = field(default_factory=list)
    trials: int = 0
    last: str = ""
    guess: str = ""


class Search:
    """`prepare` makes the sources of a built call require grad, as the real run does, and returns them."""

    def __init__(self, program: Program, instance: str | None, prepare: Callable[[Any], Sized]) -> None:
        self.program = program
        self.instance = instance
        self.prepare = prepare
        self.starts = Starts(program, instance)

    def find(self) -> Found:
        """The first plan that runs, in the order: stated shapes, then scenarios, then repairs of what came
        furthest."""
        found = Found()
        deadline = time.monotonic() + SECONDS
        queue: list[tuple[float, int, int, Candidate]] = []
        count = itertools.count()
        for at, candidate in enumerate(self.starts.candidates()):
            heapq.heappush(queue, (1.5 * at, next(count), 2 * at, candidate))
            found.guess = found.guess or candidate.text()
        seen = set()
        fallback: Plan | None = None
        while queue and found.trials < TRIALS and time.monotonic() < deadline:
            _, _, cost, candidate = heapq.heappop(queue)
            plan = self._plan(candidate)
            key = (plan.arguments, plan.instance)
            if key in seen:
                continue
            seen.add(key)
            found.trials += 1
            failure = self._try(plan, candidate)
            if failure is None:
                found.plan = plan
                return found
            if failure.kind in ("nonfinite", "unusable"):
                fallback = fallback or plan
            found.last = f"{failure.kind}: {failure.text}"
            if len(found.tried) < 8:
                found.tried.append(f"{plan.arguments}: {_first_line(failure)}")
            for price, repaired in itertools.islice(repairs(candidate, failure), _PER_FAILURE):
                score = cost + price - 1.5 * self._distance(failure.progress)
                heapq.heappush(queue, (score, next(count), cost + price, repaired))
        found.plan = fallback
        return found

    def find_instance(self, plan: Plan) -> str | None:
        """Text that constructs an object for arguments that are given."""
        for scenario in SCENARIOS:
            constructor = self.starts.constructor(scenario)
            instance = Candidate({}, constructor).instance_text(self.starts.owner)
            attempt = Plan(plan.origin, plan.arguments, plan.setup, instance)
            try:
                call = self.program.build(attempt, 0)
                self.prepare(call)
                call.run()
            except (Exception, SystemExit):
                continue
            return instance
        return Candidate({}, self.starts.constructor(SCENARIOS[0])).instance_text(self.starts.owner)

    def _plan(self, candidate: Candidate) -> Plan:
        instance = self.instance or candidate.instance_text(self.starts.owner)
        return Plan(candidate.origin, candidate.text(), candidate.setup(), instance)

    def _try(self, plan: Plan, candidate: Candidate) -> Failure | None:
        arguments: dict[str, Any] = {}
        sources: Sized = ()
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                with at_most(TRIAL_SECONDS):
                    call = self.program.build(plan, 0)
                    arguments = call.arguments
                    sources = self.prepare(call)
                    seed_everything(0)
                    torch.set_grad_enabled(self.program.grad_mode)
                    loss = loss_of(call.run())
            except (Exception, SystemExit) as problem:
                cause = (
                    problem.__cause__ if isinstance(problem, BuildError) and problem.__cause__ else problem
                )
                failure = read_failure(cause, candidate, arguments, self._owns)
                return None if failure.of_autograd and sources else failure
            finally:
                torch.set_grad_enabled(True)
        if not sources:
            return Failure(
                "unusable",
                "nothing here can receive gradient",
                tuple(arguments),
                (10**6,),
                "",
                ("",) * len(arguments),
            )
        complaint = next((str(w.message) for w in heard if "Using a target size" in str(w.message)), None)
        if complaint is not None:
            return Failure("warning", complaint, (), (10**6,), "", ())
        if (
            isinstance(loss, torch.Tensor)
            and loss.is_floating_point()
            and not bool(torch.isfinite(loss.detach()).all())
        ):
            return Failure(
                "nonfinite", "the loss is not finite", tuple(arguments), (10**6,), "", ("",) * len(arguments)
            )
        return None

    def _distance(self, progress: tuple[int, ...]) -> float:
        """How far a trial came: lines of the loss that ran, and a little for what ran below it."""
        if not progress:
            return 0.0
        first = self.starts.node.lineno if self.starts.node is not None else 0
        return min(max(progress[0] - first, 0), 40) + min(0.1 * len(progress), 0.5)

    def _owns(self, path: str) -> bool:
        return path == self.program.path or self.program.workspace.owns(path)


def _first_line(failure: Failure) -> str:
    return f"{failure.kind}: {failure.text.splitlines()[0][:160]}" if failure.text else failure.kind
