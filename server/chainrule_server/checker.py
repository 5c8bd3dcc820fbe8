"""The analysis, and what the user wants to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chainrule import config, selection
from chainrule.analysis import Analyzer
from chainrule.config import Config, ConfigError
from chainrule.findings import Report
from chainrule.project import Lookup
from chainrule_server.project import Project
from chainrule_server.settings import Settings


class Checker:
    """The project's analyzers, its configuration and the editor's settings. Used from one thread.

    `settings` gives the settings that hold now.
    """

    def __init__(self, project: Project, settings: Callable[[], Settings]) -> None:
        self._project = project
        self._analyzers: dict[tuple[str, ...], Analyzer] = {}
        self._settings = settings

    def check(self, text: str, path: str) -> tuple[Report, str, frozenset[Lookup]]:
        """What is to be shown for `text`, what is wrong with the project's configuration, if anything, and
        what was looked up in other files."""
        chosen, problem = self._config(path)
        analyzer = self._analyzer(chosen)
        report = analyzer.analyze(text, path)
        return selection.apply(report, text, path, chosen), problem, analyzer.consulted

    def check_once(self, text: str, path: str) -> Report:
        """The same for a text that is not open. Nothing of it is remembered."""
        chosen = self._config(path)[0]
        return selection.apply(self._project.analyzer(chosen).analyze(text, path), text, path, chosen)

    def _analyzer(self, chosen: Config) -> Analyzer:
        key = (*chosen.predictions, "", *chosen.targets)
        if key not in self._analyzers:
            self._analyzers[key] = self._project.analyzer(chosen)
        return self._analyzers[key]

    def _config(self, path: str) -> tuple[Config, str]:
        """The project's configuration with the editor's settings on top. Read from disk once per folder."""
        folder, problem = Path(path).parent, ""
        project = Config(root=folder)
        if folder.is_absolute():
            try:
                project = config.find(folder)
            except ConfigError as error:
                problem = str(error)
        settings = self._settings()
        select = settings.select or project.select
        return replace(project, select=select, ignore=(*project.ignore, *settings.ignore)), problem

    def forget(self, path: str) -> None:
        """Drop what is remembered of a closed file."""
        for analyzer in self._analyzers.values():
            analyzer.forget(path)

    def forget_all(self) -> None:
        """Start anew, and read the configuration and the project's files again."""
        self._analyzers = {}
        self._project.forget()
        config.forget()
