"""What fixes were seen to change, as long as the text is the one they were tried on."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.findings import Finding
from chainrule_server.documents import Source


class Verified:
    """The notes of one text at a time for each source."""

    def __init__(self) -> None:
        self._notes: dict[str, tuple[str, dict[Finding, Mapping[str, str]]]] = {}

    def put(self, source: Source, finding: Finding, changes: Mapping[str, str]) -> None:
        """Keep what the fixes of `finding` change, by their titles."""
        text, notes = self._notes.get(source.uri, ("", {}))
        if text != source.text:
            notes = {}
        self._notes[source.uri] = (source.text, {**notes, finding: changes})

    def note(self, source: Source, finding: Finding, title: str) -> str:
        """What was seen of one fix; empty if it was not tried on this very text."""
        text, notes = self._notes.get(source.uri, ("", {}))
        return notes.get(finding, {}).get(title, "") if text == source.text else ""

    def forget(self, uri: str) -> None:
        """Drop the notes of a closed text."""
        self._notes.pop(uri, None)
