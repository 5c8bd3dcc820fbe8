"""Measure one loss: the door of the agent's own half. Everything here runs in the worker process."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from typing import Any, Dict, List, Mapping, Optional, Tuple

import torch

from .inputs.failures import is_of_autograd
from .inputs.search import Search
from .program import BuildError, Call, Plan, Program, expressions, seed_everything
from .runs import CUT, FLOWS, NONFINITE, UNUSED, ZERO, Run, combine, describe_loss, run
from .sources import Source, prepare
from .trace.importing import Workspace
from .trace.recorder import describe_gradient
from .tracing import Trace, Tracer

SEEDS = (0, 1, 2)


def measure(request: Mapping[str, Any]) -> Dict[str, Any]:
    """Run the loss that `request` names (see chainrule.probe.request) and say what its gradient does.

    Returns the `P` of `chainrule probe --format json`. Never raises for what the user's code does, but does not
    guard against a crash of the process, nor against code that does not end.
    """
    os.environ["TORCHDYNAMO_DISABLE"] = "1"
    started = time.perf_counter()
    result = _empty(request)
    with search_path(request.get("sys_path", [])):
        try:
            _Measurement(request, result).go()
        finally:
            torch.set_grad_enabled(True)
            result["seconds"] = round(time.perf_counter() - started, 4)
    return result


def _empty(request: Mapping[str, Any]) -> Dict[str, Any]:
    return {
        "path": request["path"], "function": request["function"], "outcome": "ok", "error": None, "device": "cpu",
        "torch": torch.__version__, "python": platform.python_version(), "seconds": 0.0, "sandbox": None,
        "inputs": {"origin": "none", "arguments": {}}, "loss": None, "sources": [], "cuts": [], "lines": [],
        "edges": [], "stdout": "",
    }  # fmt: skip


class search_path:
    """`sys.path` as the user's project has it, for the time of the measurement."""

    def __init__(self, folders: List[str]) -> None:
        self.folders = folders

    def __enter__(self) -> None:
        self.before = list(sys.path)
        sys.path[:0] = [f for f in self.folders if f not in sys.path]

    def __exit__(self, *exc: object) -> None:
        sys.path[:] = self.before


class _Measurement:
    def __init__(self, request: Mapping[str, Any], result: Dict[str, Any]) -> None:
        self.request = request
        self.result = result
        self.wanted: Optional[List[str]] = request.get("sources")

    def go(self) -> None:
        try:
            self.program = Program(self.request, Workspace(str(self.request["root"])))
            self.program.target()
        except BuildError as problem:
            self._fail("refused", str(problem))
            return
        except (Exception, SystemExit) as problem:
            self._fail("raised", _loading_error(problem, str(self.request["path"])))
            return
        plan = self._choose_plan()
        if plan is None:
            return
        runs = self._run(plan)
        verdicts = {s: combine([r.verdict(s) for r in runs]) for s in runs[0].gradients}
        seed = _telling_seed(runs, verdicts)
        self._report(plan, runs, seed, verdicts)

    def _fail(self, outcome: str, error: str) -> None:
        self.result.update(outcome=outcome, error=error)

    def _choose_plan(self) -> Optional[Plan]:
        """The first way to call the loss that works: the user's word, an example, else what a search finds."""
        tried: List[str] = []
        for data in self.request.get("plans", []):
            plan = Plan.of(data)
            given = plan.origin in ("argument", "comment")
            try:
                self.program.build(plan, 0)
                if given or self._runs(plan):
                    return plan
                tried.append(f"{plan.origin}: {plan.arguments}: it raises")
            except BuildError as problem:
                tried.append(f"{plan.origin}: {plan.arguments}: {problem}")
                if given and plan.instance is not None or given and not self.program.needs_instance():
                    self._fail("no-inputs", str(problem))
                    self.result["inputs"]["tried"] = tried
                    return None
        found = Search(self.program, self.request.get("instance"), self._prepare).find()
        if found.plan is None:
            self._fail("no-inputs", found.last or "No inputs were found.")
            self.result["inputs"].update(tried=tried + found.tried, suggestion=f"# chainrule: inputs {found.guess}")
        return found.plan

    def _prepare(self, call: Call) -> object:
        return prepare(call, self.program, self.wanted)

    def _runs(self, plan: Plan) -> bool:
        call = self.program.build(plan, 0)
        outcome = run(call, prepare(call, self.program, self.wanted), self.program)
        return outcome.error is None or outcome.stage == "backward" or is_of_autograd(str(outcome.message))

    def _run(self, plan: Plan) -> List[Run]:
        runs = []
        for seed in SEEDS:
            call = self.program.build(plan, seed)
            sources = prepare(call, self.program, self.wanted)
            seed_everything(seed)
            runs.append(run(call, sources, self.program))
        return runs

    def _report(self, plan: Plan, runs: List[Run], seed: int, verdicts: Dict[str, str]) -> None:
        first = runs[seed]
        result = self.result
        result["outcome"] = "ok"
        result["error"] = first.message
        if first.error is not None:
            result["outcome"] = "raised"
        names = [p for p in self.program.signature().parameters]
        result["inputs"] = {"origin": plan.origin, "arguments": expressions(plan, names)}
        result["loss"] = describe_loss(first.loss)
        trace = Tracer(self.request, self.wanted).trace(plan, seed, verdicts)
        cuts: Dict[Tuple[int, int, str, str], Dict[str, Any]] = {}
        for name, verdict in verdicts.items():
            if verdict == CUT and not trace.used.get(name, True):
                verdict = UNUSED
            gradient = first.gradients[name]
            result["sources"].append(
                {
                    "name": name,
                    "verdict": verdict,
                    "grad_norm": None if gradient is None else describe_gradient(gradient)[0],
                    "finite_difference": None,
                }
            )
            for cut in trace.cuts.get(name, []) if verdict not in (UNUSED,) else []:
                key = (cut.line, cut.column, cut.op, cut.verdict)
                entry = cuts.setdefault(key, {"line": cut.line, "column": cut.column, "op": cut.op, "verdict": cut.verdict, "sources": []})
                entry["sources"].append(name)
        result["cuts"] = [cuts[key] for key in sorted(cuts)]
        result["lines"] = trace.lines


def _telling_seed(runs: List[Run], verdicts: Mapping[str, str]) -> int:
    """The seed whose run shows the combined verdicts of most sources."""
    agree = [sum(r.verdict(name) == verdict for name, verdict in verdicts.items()) for r in runs]
    return agree.index(max(agree))


def _loading_error(problem: BaseException, path: str) -> str:
    lines = [f.lineno for f in traceback.extract_tb(problem.__traceback__) if f.filename == path]
    where = f" (line {lines[-1]}, while the definitions that the loss needs were run)" if lines else ""
    return f"{type(problem).__name__}: {problem}{where}"
