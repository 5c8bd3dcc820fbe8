"""One measurement, step by step: inputs, runs, finite differences, trace, device, edges."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from typing import Any

import torch

from .batches import BatchMeter
from .calls import describe_call, shown_arguments
from .device_runs import DeviceRun
from .devices import NoDevice, choose_device
from .differences import Slope, measure_slopes
from .edge_tests import EdgeTester
from .failures import describe, is_out_of_memory
from .plans import choose_plan
from .program import BuildError, Plan, Program, seed_everything
from .progress import report
from .returns import describe_loss
from .runs import CUT, FLOWS, NOISE, NONFINITE, UNUSED, ZERO, Run, combine, run
from .sources import prepare
from .streams import quiet
from .threads import use_usual_threads
from .trace.cuts import Cut
from .trace.importing import Workspace, watching_files
from .trace.values import describe_gradient
from .tracing import Trace, Tracer

SEEDS = (0, 1, 2)
_NO_NUMPY = "Can't call numpy() on Tensor that requires grad"
LARGE = 0.2
"""Seconds of a run from which on more than one thread may pay."""


class Measurement:
    """One measurement; every step fills its part of `result`."""

    def __init__(self, request: Mapping[str, Any], result: dict[str, Any]) -> None:
        self.request = request
        self.result = result
        self.wanted: list[str] | None = request.get("sources")
        self.files: set[str] = set()
        """Whose functions the loss runs."""
        self.cost = math.inf
        """Seconds of the fastest run."""
        self.ends = time.monotonic() + 0.6 * float(request.get("timeout") or 30.0)

    def go(self) -> None:
        report("the module's definitions")
        try:
            self.device = choose_device(str(self.request.get("device") or "cpu"))
            self.program = Program(self.request, Workspace(str(self.request["root"])))
            self.program.target()
        except (BuildError, NoDevice) as problem:
            self._fail("refused", str(problem))
            return
        except (Exception, SystemExit) as problem:
            _escape_out_of_memory(problem)
            self._fail("raised", _loading_error(problem, str(self.request["path"])))
            return
        report("the search for inputs")
        with quiet():
            choice = choose_plan(self.program, self.request)
        if choice.plan is not None:
            self._measure(choice.plan)
            return
        self._fail("no-inputs", choice.error)
        self.result["inputs"]["tried"] = choice.tried
        if choice.suggestion:
            self.result["inputs"]["suggestion"] = choice.suggestion

    def _fail(self, outcome: str, error: str) -> None:
        self.result.update(outcome=outcome, error=error)

    # -- measuring ------------------------------------------------------------------------------

    def _measure(self, plan: Plan) -> None:
        report("forward and backward")
        runs = [self._timed_run(plan, SEEDS[0])]
        if plan.origin in ("argument", "comment") and _NO_NUMPY in str(runs[0].error):
            runs = self._without_marks(plan) or runs
        with quiet():  # what the loss prints is told once
            self._measure_on(plan, runs)

    def _without_marks(self, plan: Plan) -> list[Run]:
        """A run with the arguments as they were given, if it goes through: one that we have require grad, and
        numpy refuses for that, is data. Empty where nothing else can learn."""
        sources = prepare(self.program.build(plan, SEEDS[0]), self.program)
        given = [source.name for source in sources if source.made != "marked"]
        if self.wanted or not given:
            return []
        self.wanted = given
        outcome = self._timed_run(plan, SEEDS[0])
        if outcome.error is None:
            return [outcome]
        self.wanted = None
        return []

    def _measure_on(self, plan: Plan, runs: list[Run]) -> None:
        """All that follows the first run."""
        if self.cost > LARGE:
            use_usual_threads()
        for seed in SEEDS[1:]:
            # The first run may have been slow for what it imported: the second tells what a run costs.
            if self._has_time_for(1 if len(runs) == 1 else 4):
                with watching_files() if len(runs) == 1 else nullcontext(self.files) as self.files:
                    runs.append(self._timed_run(plan, seed))
        for outcome in runs:
            _escape_out_of_memory(outcome.error)
        verdicts = {name: combine([r.verdict(name) for r in runs]) for name in runs[0].gradients}
        seed = _telling_seed(runs, verdicts)
        report("finite differences")
        slopes = self._slopes(plan, seed)
        for name, slope in slopes.items():
            if verdicts[name] == FLOWS and slope.exact_zero and _is_noise(runs[seed].gradients[name]):
                verdicts[name] = ZERO
        report("the trace")
        trace = self._trace(plan, seed, verdicts, runs[seed])
        for name, verdict in verdicts.items():
            reacts = name in slopes and slopes[name].loss_change != 0.0
            if verdict == CUT and not trace.used.get(name, True) and not reacts and not trace.whole:
                verdicts[name] = UNUSED
        self._fill(plan, seed, runs[seed], verdicts, slopes, trace)
        if runs[seed].error is None and not runs[seed].runs_backward:
            report("a second call")
            self._call_again(plan, seed)
        if self.device.type != "cpu":
            report(f"the run on {self.device}")
            self._run_on_device(plan, seed, runs[seed])
        if self.request.get("edges", True) and runs[seed].error is None:
            report("edge inputs")
            self.result["edges"] = self._edges(plan, seed, verdicts)
        if (sizes := self.request.get("batches")) and runs[seed].error is None:
            report("growing batches")
            use_usual_threads()
            meter = BatchMeter(self.program, plan, seed, self.device, self.wanted)
            self.result["batches"] = list(meter.measure(sizes, lambda: self._has_time_for(0)))

    def _call_again(self, plan: Plan, seed: int) -> None:
        """Call the same object once more, as a training loop does: what it kept may lead back into the graph
        that the first backward freed."""
        if not self._has_time_for(6):
            return
        call = self.program.build(plan, seed)
        first = run(call, prepare(call, self.program, self.wanted), self.program)
        again = call.again(self.program.build(plan, seed))
        second = run(again, prepare(again, self.program, self.wanted), self.program)
        if first.error is not None or not second.needs_freed_graph:
            return
        self._fail("raised", f"{second.message} (on the second call; the first went through)")
        with suppress(Exception, SystemExit):  # the code does not stand being watched
            cut = Tracer(self.request, self.wanted, self.files).find_kept_graph(plan, seed)
            if cut is not None:
                self._tell(cut, [source["name"] for source in self.result["sources"]])

    def _has_time_for(self, runs: int) -> bool:
        """Whether that many more runs end in time."""
        return time.monotonic() + runs * self.cost < self.ends

    def _trace(self, plan: Plan, seed: int, verdicts: Mapping[str, str], outcome: Run) -> Trace:
        """Where gradients were lost; an empty trace where time is short, or the code does not stand being
        watched."""
        told = None
        for scripting in (False, True):
            if not self._has_time_for(6):
                break
            try:
                tracer = Tracer(self.request, self.wanted, self.files, scripting)
                trace = tracer.trace(plan, seed, verdicts)
                if trace.run.error is None or outcome.error is not None:
                    return trace
                told = told or trace.run.message
            except (Exception, SystemExit) as problem:
                _escape_out_of_memory(problem)
                told = told or describe(problem)
        if told is not None:
            self.result["trace_error"] = told
        return Trace(outcome)

    def _timed_run(self, plan: Plan, seed: int) -> Run:
        started = time.monotonic()
        outcome = self._run(plan, seed)
        self.cost = min(self.cost, time.monotonic() - started)
        return outcome

    def _run(self, plan: Plan, seed: int) -> Run:
        call = self.program.build(plan, seed)
        sources = prepare(call, self.program, self.wanted)
        seed_everything(seed)
        return run(call, sources, self.program)

    def _slopes(self, plan: Plan, seed: int) -> dict[str, Slope]:
        if not self._has_time_for(12):
            return {}
        seconds = max(0.0, min(5.0, self.ends - time.monotonic()))
        return measure_slopes(self.request, self.wanted, plan, seed, seconds)

    def _fill(
        self,
        plan: Plan,
        seed: int,
        outcome: Run,
        verdicts: Mapping[str, str],
        slopes: Mapping[str, Slope],
        trace: Trace,
    ) -> None:
        result = self.result
        result["outcome"] = "ok" if outcome.error is None else "raised"
        result["error"] = outcome.message
        call = self.program.build(plan, seed)
        arguments = shown_arguments(plan, call, self.program)
        result["inputs"] = {"origin": plan.origin, "arguments": arguments}
        sources = prepare(call, self.program, self.wanted)
        result["call"] = describe_call(
            plan, call, self.program, sources, seed, outcome.loss_text, outcome.runs_backward
        )
        result["loss"] = describe_loss(outcome.loss)
        for name, verdict in verdicts.items():
            gradient, slope = outcome.gradients[name], slopes.get(name)
            told = None if slope is None else _compare(slope, verdict, trace.partial.get(name))
            result["sources"].append(
                {
                    "name": name,
                    "verdict": verdict,
                    "grad_norm": None if gradient is None else describe_gradient(gradient)[0],
                    "finite_difference": told,
                }
            )
            for cut in (trace.cuts.get(name) or trace.whole) if verdict != UNUSED else ():
                self._tell(cut, [name])
        result.update(_seconds(outcome))
        result["lines"] = trace.lines

    def _tell(self, cut: Cut, sources: list[str]) -> None:
        """Enter a cut into the result, which has each place once, in their order."""
        entry: dict[str, Any] = {
            "line": cut.line,
            "column": cut.column,
            "op": cut.op,
            "verdict": cut.verdict,
            "sources": [],
        }
        if cut.reason:
            entry["reason"] = cut.reason
        if cut.path != self.result["path"]:
            entry["path"] = cut.path
        cuts = self.result["cuts"]
        place = ("line", "column", "op", "verdict")
        known = next((c for c in cuts if all(c[key] == entry[key] for key in place)), None)
        if known is None:
            cuts.append(known := entry)
            cuts.sort(key=lambda c: tuple(c[key] for key in place))
        known["sources"] += [name for name in sources if name not in known["sources"]]

    def _run_on_device(self, plan: Plan, seed: int, reference: Run) -> None:
        """Repeat the run on the GPU; where only the GPU's raises, say so and keep the CPU's result."""
        there = DeviceRun(self.request, self.wanted, plan, seed, self.device)
        outcome = there.run
        _escape_out_of_memory(outcome.error)
        if outcome.error is not None and reference.error is None:
            self.result["device_error"] = outcome.message
            return
        self.result.update(device=str(self.device), peak_memory=there.peak, **_seconds(outcome))
        self.result["cpu_difference"] = there.difference(reference)
        for entry in self.result["sources"]:
            verdict = outcome.verdict(entry["name"])
            if entry["verdict"] == FLOWS and verdict == NONFINITE:
                entry["verdict"] = NONFINITE

    def _edges(self, plan: Plan, seed: int, verdicts: Mapping[str, str]) -> list[dict[str, Any]]:
        tester = EdgeTester(self.program, self.request, self.files, self.result["inputs"]["arguments"])
        return list(tester.test(plan, seed, verdicts, lambda: self._has_time_for(4)))


def _seconds(outcome: Run) -> dict[str, float | None]:
    """How long forward and backward took; None for a backward that the loss calls itself, or that raised."""
    forward, backward = outcome.forward_seconds, outcome.backward_seconds
    return {
        "forward_seconds": round(forward, 6),
        "backward_seconds": round(backward, 6) if backward else None,
    }


def _compare(slope: Slope, verdict: str, partial: str | None) -> dict[str, Any]:
    """The slopes as they are told; `reason` where autograd leaves out a part of what the loss depends on."""
    autograd = None if verdict in (CUT, NONFINITE, UNUSED) else slope.autograd
    agrees = slope.agrees if autograd is not None else slope.loss_change == 0.0 and verdict != NONFINITE
    told = {"loss_change": slope.loss_change, "autograd": autograd, "agrees": agrees, "float64": slope.fine}
    return {**told, "reason": partial} if partial and not agrees and verdict == FLOWS else told


def _telling_seed(runs: list[Run], verdicts: Mapping[str, str]) -> int:
    """The seed whose run shows the combined verdicts of most sources."""
    agree = [sum(r.verdict(name) == verdict for name, verdict in verdicts.items()) for r in runs]
    return agree.index(max(agree))


def _is_noise(gradient: torch.Tensor | None) -> bool:
    return gradient is not None and bool(gradient.numel()) and float(gradient.abs().max()) <= NOISE


def _loading_error(problem: BaseException, path: str) -> str:
    lines = [f.lineno for f in traceback.extract_tb(problem.__traceback__) if f.filename == path]
    where = f" (line {lines[-1]}, while the definitions that the loss needs were run)" if lines else ""
    return f"{describe(problem)}{where}"


def _escape_out_of_memory(problem: BaseException | None) -> None:
    """Memory is the worker's affair: let it end with that outcome."""
    if problem is not None and is_out_of_memory(problem):
        raise problem
