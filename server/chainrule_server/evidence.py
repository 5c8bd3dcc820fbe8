"""What runs of losses measured, and which lines of the text, as it is now, it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chainrule.findings import FunctionVerdicts
from chainrule_server.analyses import Analysed

OK = "ok"
FLOWS = "flows"


@dataclass(frozen=True, slots=True)
class MeasuredSource:
    """One source of the loss. `grad_norm` is None when autograd gave no gradient at all."""

    name: str
    verdict: str
    grad_norm: float | None
    agrees: bool | None
    """Whether finite differences say the same; None when they were not taken."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the graph ends: `line` and `column` from 1, in the analysed text."""

    line: int
    column: int
    op: str
    verdict: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    name: str
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    grad_norm: float | None


@dataclass(frozen=True, slots=True)
class Edge:
    """An unusual input, and what it does. `line` is None when no line is to blame."""

    case: str
    verdict: str
    sources: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run of one loss."""

    function: str
    outcome: str
    error: str
    device: str
    seconds: float
    origin: str
    arguments: Mapping[str, str]
    loss: str
    sources: tuple[MeasuredSource, ...]
    cuts: tuple[Cut, ...]
    lines: Mapping[int, tuple[Value, ...]]
    edges: tuple[Edge, ...]

    @property
    def flows(self) -> bool:
        return self.outcome == OK and all(source.verdict == FLOWS for source in self.sources)

    def shifted(self, lines: int) -> Evidence:
        """The same, for a function that now stands `lines` further down."""
        if not lines:
            return self
        return replace(
            self,
            cuts=tuple(replace(cut, line=cut.line + lines) for cut in self.cuts),
            lines={line + lines: values for line, values in self.lines.items()},
            edges=tuple(replace(edge, line=edge.line and edge.line + lines) for edge in self.edges),
        )


def read(result: Mapping[str, Any]) -> Evidence:
    """The evidence in one probe's result, as `chainrule probe --format json` prints it."""
    inputs = result.get("inputs") or {}
    loss = result.get("loss") or {}
    return Evidence(
        function=result["function"],
        outcome=result["outcome"],
        error=result.get("error") or "",
        device=result.get("device") or "",
        seconds=result.get("seconds") or 0.0,
        origin=inputs.get("origin") or "",
        arguments=dict(inputs.get("arguments") or {}),
        loss="" if loss.get("value") is None else f"{loss['value']}",
        sources=tuple(
            MeasuredSource(
                item["name"],
                item["verdict"],
                item.get("grad_norm"),
                (item.get("finite_difference") or {}).get("agrees"),
            )
            for item in result.get("sources") or ()
        ),
        cuts=tuple(
            Cut(item["line"], item.get("column") or 1, item["op"], item["verdict"], tuple(item["sources"]))
            for item in result.get("cuts") or ()
        ),
        lines={
            item["line"]: tuple(
                Value(
                    value["name"],
                    tuple(value.get("shape") or ()),
                    value.get("dtype") or "",
                    bool(value.get("requires_grad")),
                    value.get("grad_norm"),
                )
                for value in item["values"]
            )
            for item in result.get("lines") or ()
        },
        edges=tuple(
            Edge(item["case"], item["verdict"], tuple(item.get("sources") or ()), item.get("line"))
            for item in result.get("edges") or ()
        ),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """Evidence, with the text it was measured on: the whole, and the function's part of it."""

    evidence: Evidence
    text: str
    body: str
    first_line: int


@dataclass(frozen=True, slots=True)
class Shown:
    """Evidence in the lines of now. `fresh` is false once anything else in the text has changed."""

    function: FunctionVerdicts
    evidence: Evidence
    fresh: bool


class EvidenceStore:
    """The newest evidence of each function, by URI and qualified name."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, Held]] = {}

    def put(self, analysed: Analysed, function: FunctionVerdicts, evidence: Evidence) -> None:
        """Keep what was measured on the text of `analysed`."""
        text = analysed.source.text
        held = Held(evidence, text, body(text, function), function.range.start.line)
        self._held.setdefault(analysed.source.uri, {})[function.qualname] = held

    def shown(self, analysed: Analysed) -> Iterator[Shown]:
        """What still holds: the evidence of every function whose own text is as it was measured."""
        held_here = self._held.get(analysed.source.uri, {})
        if not held_here:
            return
        text = analysed.source.text
        for function in analysed.report.functions:
            held = held_here.get(function.qualname)
            if held is not None and held.body == body(text, function):
                moved = held.evidence.shifted(function.range.start.line - held.first_line)
                yield Shown(function, moved, fresh=held.text == text)

    def forget(self, uri: str) -> None:
        """Drop the evidence of a closed text."""
        self._held.pop(uri, None)


def body(text: str, function: FunctionVerdicts) -> str:
    """The lines of a function, decorators aside."""
    lines = (
        text.split("\n") if "\r" not in text else text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    return "\n".join(lines[function.range.start.line - 1 : function.range.end.line])
