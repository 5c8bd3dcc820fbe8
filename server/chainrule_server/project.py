"""The files that open ones import: from the editor where they are open, from the disk elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chainrule.analysis import Analyzer, Options
from chainrule.config import Config
from chainrule.project import Files, Workspace

LIFETIME = 2.0
"""Seconds for which an answer of the disk holds: not every client tells of files that change elsewhere."""


class Project:
    """One workspace for all analyses. `files` may be told of open documents from any thread."""

    def __init__(self, roots: Callable[[], Iterable[str]]) -> None:
        """`roots` gives the client's folders; it is asked at the first analysis and after `forget`."""
        self.files = Files(LIFETIME)
        self._roots = roots
        self._workspace: Workspace | None = None

    def analyzer(self, config: Config) -> Analyzer:
        """A new analyzer that follows imports. Called on the thread of the analysis only."""
        if self._workspace is None:
            self._workspace = Workspace(self._roots(), files=self.files)
        options = Options(
            verdicts=True, predictions=frozenset(config.predictions), targets=frozenset(config.targets)
        )
        return Analyzer(options, self._workspace)

    def forget(self) -> None:
        """Folders, or files outside the editor, changed."""
        self.files.refresh()
        self._workspace = None
