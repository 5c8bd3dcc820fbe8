"""Run a loss on its edge inputs, and say which make NaN or inf, and on which line first."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from .calls import OBJECT, callee_of
from .edges import Case, cases, reproduce
from .failures import is_out_of_memory
from .program import Plan, Program, seed_everything
from .returns import describe_loss
from .runs import CUT, FLOWS, NONFINITE, ZERO, run
from .sources import prepare
from .tracing import Tracer


class EdgeTester:
    """`files` are those whose functions the loss runs, `arguments` the text of its inputs."""

    def __init__(
        self,
        program: Program,
        request: Mapping[str, Any],
        files: Collection[str],
        arguments: Mapping[str, str],
    ) -> None:
        self.program = program
        self.request = request
        self.files = files
        self.arguments = arguments
        self.wanted: list[str] | None = request.get("sources")

    def test(
        self, plan: Plan, seed: int, verdicts: Mapping[str, str], has_time: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        """The entries of `edges`, for as many cases as there is time for."""
        call = self.program.build(plan, seed)
        for case in list(cases(call, prepare(call, self.program, self.wanted))):
            if not has_time():
                return
            entry = self._edge(plan, seed, verdicts, case)
            if entry is not None:
                yield entry

    def _edge(self, plan: Plan, seed: int, verdicts: Mapping[str, str], case: Case) -> dict[str, Any] | None:
        """None where the loss refuses the input (it raises in forward), or nothing was flowing before."""
        call = self.program.build(plan, seed)
        case.change(call)
        sources = prepare(call, self.program, self.wanted)
        seed_everything(seed)
        outcome = run(call, sources, self.program)
        if outcome.stage == "forward":
            return None
        now = {n: outcome.verdict(n) for n, verdict in verdicts.items() if verdict == FLOWS}
        loss = describe_loss(outcome.loss)
        broken = loss is not None and loss["value"] is not None and not math.isfinite(loss["value"])
        worst = next((v for v in (NONFINITE, CUT, ZERO) if v in now.values()), FLOWS)
        worst = NONFINITE if broken else worst
        if not now:
            return None
        hit = [n for n, verdict in now.items() if verdict == worst or broken] if worst != FLOWS else []
        entry: dict[str, Any] = {"case": case.name, "verdict": worst, "sources": hit, "line": None}
        if worst in (NONFINITE, CUT):
            entry["edits"] = dict(case.edits)
        if worst == NONFINITE:
            entry["line"] = self._first_line(plan, seed, verdicts, case, hit)
            entry["reproduce"] = reproduce(case, self._callee(plan), self.arguments, hit[0] if hit else "")
        return entry

    def _first_line(
        self, plan: Plan, seed: int, verdicts: Mapping[str, str], case: Case, hit: list[str]
    ) -> int | None:
        """The first line that makes NaN or inf; None where the code does not stand being watched."""
        try:
            trace = Tracer(self.request, self.wanted, self.files).trace(
                plan, seed, dict.fromkeys(verdicts, NONFINITE), case.change
            )
        except (Exception, SystemExit) as problem:
            if is_out_of_memory(problem):
                raise
            return None
        lines = [c.line for n in hit for c in trace.cuts.get(n, []) if c.path == self.program.path]
        return min(lines, default=None)

    def _callee(self, plan: Plan) -> str:
        head, dot, rest = callee_of(self.program).partition(".")
        return f"{plan.instance if head == OBJECT else head}{dot}{rest}"
