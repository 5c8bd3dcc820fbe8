"""What runs of losses measured, and which lines of the text, as it is now, it speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chainrule.findings import FunctionVerdicts
from chainrule_server.analyses import Analysed

if TYPE_CHECKING:
    from chainrule.probe.evidence import Evidence


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
                moved = shifted(held.evidence, function.range.start.line - held.first_line)
                yield Shown(function, moved, fresh=held.text == text)

    def forget(self, uri: str) -> None:
        """Drop the evidence of a closed text."""
        self._held.pop(uri, None)


def shifted(evidence: Evidence, lines: int) -> Evidence:
    """The same evidence, for a function that now stands `lines` further down."""
    if not lines:
        return evidence
    return replace(
        evidence,
        cuts=tuple(cut if cut.path else replace(cut, line=cut.line + lines) for cut in evidence.cuts),
        lines=tuple(replace(line, line=line.line + lines) for line in evidence.lines),
        edges=tuple(replace(edge, line=edge.line and edge.line + lines) for edge in evidence.edges),
    )


def body(text: str, function: FunctionVerdicts) -> str:
    """The lines of a function, decorators aside."""
    lines = (
        text.split("\n") if "\r" not in text else text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    return "\n".join(lines[function.range.start.line - 1 : function.range.end.line])
