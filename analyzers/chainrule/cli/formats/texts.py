"""The lines that findings point at, of files that were checked and of files they mention."""

from __future__ import annotations

from chainrule.edits import Lines
from chainrule.sources import SourceError, read


class Texts:
    """Texts by path; a path that was not given is read once, if it can be."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known
        self._lines: dict[str, Lines | None] = {}

    def of(self, path: str) -> Lines | None:
        if path not in self._lines:
            self._lines[path] = self._read(path)
        return self._lines[path]

    def _read(self, path: str) -> Lines | None:
        if path not in self._known:
            try:
                self._known.update(read(path).texts())
            except (SourceError, ValueError):
                return None
        text = self._known.get(path)
        return None if text is None else Lines(text)
