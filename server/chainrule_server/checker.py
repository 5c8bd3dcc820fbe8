"""The analysis, and what the user wants to hear of it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.findings import Report
from chainrule_server.settings import Settings

if TYPE_CHECKING:
    from chainrule.analysis import Analyzer, Options
    from chainrule.config import Config
    from chainrule.project import JediNames, Workspace
    from chainrule.project.files import Files

READ_AT_ONCE = 100
"""Other files that one check may read to find who uses a class: about 20 ms."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be shown.

    problem: what is wrong with the project's configuration, for the user; or empty.
    unsettled: functions that depend on what was just edited have not been looked at again yet.
    depends: other files were consulted.
    """

    report: Report
    problem: str = ""
    unsettled: bool = False
    depends: bool = False


class Checker:
    """One analyzer, the project's configuration and the editor's settings. Used from one thread, but for
    `opened` and `closed`.

    `settings` gives the settings that hold now, `folders` those of the workspace. `lifetime` says for how
    many seconds an answer of the disk holds: the client may not tell what changes there.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        folders: Callable[[], list[str]],
        lifetime: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._folders = folders
        self._lifetime = lifetime
        self._analyzers: dict[Options, Analyzer] = {}
        """One for all files that the same configuration holds for."""
        self._names: JediNames | None = None
        self.answered: Callable[[], None] = lambda: None
        """Called, on a thread of its own, when an import has been found that was not known before."""

    def warm_up(self) -> None:
        """Import what the first check needs, and keep the collector from ever looking at it."""
        from chainrule import analysis, config  # noqa: F401 - for the import alone

        self._project  # noqa: B018 - made on first use
        gc.freeze()

    def check(self, text: str, path: str, settle: bool) -> Checked:
        """Check one version of an open text. Without `settle`, as fast as a keystroke needs it."""
        from chainrule import selection

        chosen, problem = self._config(path)
        analyzer = self._analyzer(self._options(chosen))
        report = analyzer.analyze(text, path, settle)
        unsettled, depends = analyzer.unsettled(path), bool(analyzer.consulted)
        return Checked(selection.apply(report, text, path, chosen), problem, unsettled, depends)

    def check_once(self, text: str, path: str) -> Report:
        """The report on a text that is not open. Nothing of it is remembered."""
        from chainrule import selection
        from chainrule.analysis import Analyzer

        chosen = self._config(path)[0]
        analyzer = Analyzer(self._options(chosen), self._project, remember=False)
        return selection.apply(analyzer.analyze(text, path), text, path, chosen)

    def opened(self, path: str, text: str) -> None:
        """What an editor holds counts before the disk, for the files that import it too."""
        self._files.open(path, text)

    def closed(self, path: str) -> None:
        """The disk counts again, and nothing is remembered of the text."""
        self._files.close(path)
        for analyzer in self._analyzers.values():
            analyzer.forget(path)

    def disk_changed(self) -> None:
        """Ask the disk again: for imported files, and for the configuration."""
        from chainrule import config

        self._files.refresh()
        if self._names is not None:
            self._names.forget()
        config.forget()

    def folders_changed(self) -> None:
        """Start anew in other folders."""
        self._analyzers.clear()
        self.__dict__.pop("_project", None)
        self._end_names()

    def close(self) -> None:
        """The server ends: nobody is to be told of anything any more."""
        self.answered = lambda: None
        self._end_names()

    def _end_names(self) -> None:
        if self._names is not None:
            self._names.close()
            self._names = None

    @cached_property
    def _files(self) -> Files:
        from chainrule.project.files import Files

        return Files(self._lifetime())

    @cached_property
    def _project(self) -> Workspace:
        from chainrule.project import JediNames, Workspace, editable_folders

        folders = self._folders()
        if folders:
            self._names = JediNames(folders[0], self._files, lambda: self.answered())
        return Workspace(folders, editable_folders(folders), self._files, self._names, at_once=READ_AT_ONCE)

    def _options(self, chosen: Config) -> Options:
        from chainrule.analysis import Options

        predictions, targets = frozenset(chosen.predictions), frozenset(chosen.targets)
        return Options(verdicts=True, predictions=predictions, targets=targets)

    def _analyzer(self, options: Options) -> Analyzer:
        from chainrule.analysis import Analyzer

        if options not in self._analyzers:
            self._analyzers[options] = Analyzer(options, self._project)
        return self._analyzers[options]

    def _config(self, path: str) -> tuple[Config, str]:
        """The project's configuration with the editor's settings on top. Read from disk once per folder."""
        from chainrule import config

        folder, problem = Path(path).parent, ""
        project = config.Config(root=folder)
        if folder.is_absolute():
            try:
                project = config.find(folder)
            except config.ConfigError as error:
                problem = str(error)
        settings = self._settings()
        select = settings.select or project.select
        return replace(project, select=select, ignore=(*project.ignore, *settings.ignore)), problem
