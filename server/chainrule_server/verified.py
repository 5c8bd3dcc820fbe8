"""What fixes were seen to change, as long as the text is the one they were tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chainrule.findings import Applicability, Finding, Fix, Report
from chainrule_server.documents import Source


@dataclass(frozen=True, slots=True)
class Tried:
    """What a run showed of one fix. `worse`: another loss, a gradient less, or an error."""

    changes: str
    worse: bool = False


class Verified:
    """The notes of one text at a time for each source."""

    def __init__(self) -> None:
        self._notes: dict[str, tuple[str, dict[Finding, Mapping[str, Tried]]]] = {}

    def put(self, source: Source, finding: Finding, tried: Mapping[str, Tried]) -> None:
        """Keep what the fixes of `finding` change, by their titles."""
        text, notes = self._notes.get(source.uri, ("", {}))
        if text != source.text:
            notes = {}
        self._notes[source.uri] = (source.text, {**notes, finding: tried})

    def of(self, source: Source, finding: Finding, title: str) -> Tried | None:
        """What was seen of one fix; None if it was not tried on this very text."""
        text, notes = self._notes.get(source.uri, ("", {}))
        return notes.get(finding, {}).get(title) if text == source.text else None

    def promise(self, source: Source, finding: Finding, fix: Fix) -> Applicability:
        """What a fix may promise: one that was seen to break its promise is no longer safe."""
        tried = self.of(source, finding, fix.title)
        safe = fix.applicability is Applicability.SAFE
        return Applicability.UNSAFE if safe and tried is not None and tried.worse else fix.applicability

    def refuted(self, source: Source) -> frozenset[tuple[str, str, str]]:
        """The fixes that a run refuted, by code, function and title; until the text is edited."""
        text, notes = self._notes.get(source.uri, ("", {}))
        if text != source.text:
            return frozenset()
        tried = ((f, title, each.worse) for f, by_title in notes.items() for title, each in by_title.items())
        return frozenset((finding.code, finding.function, title) for finding, title, worse in tried if worse)

    def forget(self, uri: str) -> None:
        """Drop the notes of a closed text."""
        self._notes.pop(uri, None)


def without(report: Report, refuted: frozenset[tuple[str, str, str]]) -> Report:
    """A report without the fixes that a run refuted."""
    if not refuted:
        return report
    findings = tuple(
        replace(f, fixes=tuple(fix for fix in f.fixes if (f.code, f.function, fix.title) not in refuted))
        for f in report.findings
    )
    return replace(report, findings=findings)
