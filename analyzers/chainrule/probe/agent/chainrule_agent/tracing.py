"""One recorded run of a plan: the evidence per line, and where each source lost its gradient."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from .program import Plan, Program
from .runs import CUT, FLOWS, NONFINITE, ZERO, Run, run
from .sources import Source, prepare
from .trace.cuts import Cut, find_cut, find_fresh_loss, find_left_out, find_partial_cut, find_stand_in
from .trace.gradients import find_bad_gradient, find_nonfinite_value
from .trace.importing import Workspace
from .trace.ledger import Event
from .trace.raises import find_kept_value, find_raise
from .trace.recorder import Recorder
from .trace.sites import Site
from .trace.values import describe_gradient, tensors_in


@dataclass
class Trace:
    """What a recorded run showed. `used` are the sources that took part in any computation at all."""

    run: Run
    cuts: dict[str, list[Cut]] = field(default_factory=dict)
    used: dict[str, bool] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    whole: list[Cut] = field(default_factory=list)
    """What takes the gradient from every source, used or not: a loss that is a constant, an exception."""
    partial: dict[str, str] = field(default_factory=dict)
    """Of sources that flow: which part of the dependence autograd leaves out, as a clause."""


class Tracer:
    """An instrumented copy of the program. Loading it may raise what the user's module raises."""

    def __init__(
        self,
        request: Mapping[str, Any],
        wanted: Sequence[str] | None,
        watched: Collection[str],
        scripting: bool = False,
    ) -> None:
        others = {path for path in watched if path != request["path"]}
        self.workspace = Workspace(str(request["root"]), traced=True, watched=others)
        recorder = self.workspace.recorder
        assert recorder is not None
        self.recorder: Recorder = recorder
        self.wanted = wanted
        self.scripting = scripting
        """Leave `torch.jit.script` on: some code insists on what it returns."""
        self.recorder.start()
        with self.workspace.importing(), _scripting(self.scripting):
            self.program = Program(request, self.workspace)
        self.recorder.stop()
        self.off = None if self.program.grad_mode else self.recorder.off

    def trace(self, plan: Plan, seed: int, verdicts: Mapping[str, str], change: Any = None) -> Trace:
        """Run the plan once and explain the given verdicts. `change` edits the built call first (edge
        inputs)."""
        recorder = self.recorder
        with self.workspace.importing(), _scripting(self.scripting):
            recorder.start()
            call = self.program.build(plan, seed)
            recorder.stop()
            if change is not None:
                change(call)
            sources = prepare(call, self.program, self.wanted)
            events = self._watch(sources)
            self._know([*call.positional, *call.named.values()])
            recorder.start(self.off)
            with contextlib.ExitStack() as stack:
                stack.callback(recorder.stop)
                outcome = run(call, sources, self.program)
        loss = recorder.lookup(outcome.loss)
        result = Trace(outcome)
        failed = None
        if outcome.message is not None and not self._no_graph(outcome):
            failed = find_raise(recorder, outcome.message, outcome.frames, self._owns)
        if failed is not None:
            result.whole = [failed]
        elif loss is not None and not recorder.taint(loss) & ~recorder.own(loss):
            result.whole = find_fresh_loss(loss)
        for source in sources:
            event = events[source.name]
            verdict = verdicts.get(source.name, FLOWS)
            bit = event.taint
            left_out = [] if loss is None else find_left_out(recorder, loss, source.name)
            result.used[source.name] = event.used or self._in_module(source, bit) or bool(left_out)
            if (
                verdict == FLOWS
                and loss is not None
                and (part := find_partial_cut(recorder, loss, bit)) is not None
            ):
                result.partial[source.name] = f"`{part.op}` on line {part.line} leaves a part out"
            end = _end(recorder, loss, recorder.lookup(outcome.returned), bit)
            found = self._explain(source, event, end, verdict, bit, failed, outcome)
            result.cuts[source.name] = found or (left_out if verdict == CUT else [])
        result.lines = self._lines(events, outcome)
        return result

    def find_kept_graph(self, plan: Plan, seed: int) -> Cut | None:
        """Where the second call of one object uses what the first one made and kept."""
        recorder = self.recorder
        with self.workspace.importing(), _scripting(self.scripting):
            call = self.program.build(plan, seed)
            again = call.again(self.program.build(plan, seed))
            recorder.start(self.off)
            try:
                run(call, prepare(call, self.program, self.wanted), self.program)
                known = len(recorder.events)
                run(again, prepare(again, self.program, self.wanted), self.program)
            finally:
                recorder.stop()
        return find_kept_value(recorder, known)

    def _no_graph(self, outcome: Run) -> bool:
        """Backward was refused because the loss has no graph; what the user's code raised itself is another
        thing."""
        refused = "element 0 of tensors" in str(outcome.message)
        return refused and not any(self._owns(path) for path, _ in outcome.frames)

    def _owns(self, path: str) -> bool:
        return path == self.program.path or self.workspace.owns(path)

    def _watch(self, sources: Sequence[Source]) -> dict[str, Event]:
        start = Site("source", self.program.path, 0, 0, "")
        return {s.name: self.recorder.add_source(s.tensor, start, s.name) for s in sources}

    def _know(self, values: Sequence[Any]) -> None:
        """The tensors that the loss is called with, so that none is taken for a part of another."""
        start = Site("data", self.program.path, 0, 0, "")
        for tensor in tensors_in(list(values)):
            if self.recorder.registered(tensor) is None:
                self.recorder.new(start, [], tensor)

    def _in_module(self, source: Source, bit: int) -> bool:
        return any(
            e.taint & bit and e.site.kind not in ("source", "module", "name") for e in self.recorder.events
        )

    def _explain(
        self,
        source: Source,
        event: Event,
        loss: Event | None,
        verdict: str,
        bit: int,
        failed: Cut | None,
        outcome: Run,
    ) -> list[Cut]:
        recorder = self.recorder
        if verdict in (ZERO, NONFINITE):
            found = []
            if verdict == NONFINITE and (loss is None or not loss.finite):
                found = find_nonfinite_value(recorder, loss, fills=False)
            if not found and loss is not None:
                found = find_bad_gradient(recorder, loss, bit, verdict)
            if not found and verdict == NONFINITE:
                found = find_nonfinite_value(recorder, loss, fills=True)
            return found
        if failed is not None:
            return [failed]
        if verdict != CUT:
            return []
        if not source.tensor.is_leaf:
            return [
                Cut(
                    event.site.path,
                    event.site.line,
                    event.site.column,
                    event.site.op,
                    CUT,
                    "the result is not a leaf",
                )
            ]
        if loss is not None and recorder.connected(loss) & bit and outcome.error is None:
            return find_bad_gradient(recorder, loss, bit, CUT)
        found = find_cut(recorder, loss, bit)
        if not found and loss is not None:
            found = find_stand_in(recorder, loss, event)
        if found or loss is None or not self._in_module(source, bit):
            return found
        return [Cut(loss.site.path, loss.site.line, loss.site.column, loss.site.op, CUT, "a fresh value")]

    def _lines(self, sources: Mapping[str, Event], outcome: Run) -> list[dict[str, Any]]:
        by_line: dict[int, list[dict[str, Any]]] = {}
        for (path, line, name), event in self.recorder.named.items():
            if path != self.program.path or line <= 0 or event.shape is None or name == "_":
                continue
            tensor = event.value
            gradient = event.grad
            if tensor.is_leaf and tensor.requires_grad and tensor.grad is not None:
                gradient = describe_gradient(tensor.grad)
            by_line.setdefault(line, []).append(
                {
                    "name": name,
                    "shape": list(event.shape),
                    "dtype": str(tensor.dtype).replace("torch.", ""),
                    "requires_grad": bool(tensor.requires_grad),
                    "grad_norm": None if gradient is None else gradient[0],
                }
            )
        return [{"line": line, "values": by_line[line]} for line in sorted(by_line)]


@contextlib.contextmanager
def _scripting(on: bool) -> Iterator[None]:
    """Switched off, `torch.jit.script` gives back the function itself, whose lines can be watched."""
    switch = torch.jit._state._enabled
    before = switch.enabled
    switch.enabled = on and before
    try:
        yield
    finally:
        switch.enabled = before


def _end(recorder: Recorder, loss: Event | None, returned: Event | None, bit: int) -> Event | None:
    """Where the paths of a source end: at the loss, or at what else the function returns with it."""
    if loss is None or not recorder.taint(loss) & bit:
        if returned is not None and recorder.taint(returned) & bit:
            return returned
    return loss or returned
