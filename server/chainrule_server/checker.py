"""The analysis, and what the user wants to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from chainrule import config, selection
from chainrule.config import Config, ConfigError
from chainrule.findings import Report
from chainrule_server.settings import Settings


class Analysing(Protocol):
    """The part of `chainrule.analysis.Analyzer` that is used here."""

    def analyze(self, text: str, path: str = ...) -> Report: ...

    def forget(self, path: str) -> None: ...


class Checker:
    """One analyzer, the project's configuration and the editor's settings. Used from one thread.

    `settings` gives the settings that hold now.
    """

    def __init__(self, analyzer: Callable[[], Analysing], settings: Callable[[], Settings]) -> None:
        self._make_analyzer = analyzer
        self._analyzer: Analysing | None = None
        self._settings = settings

    def check(self, text: str, path: str) -> tuple[Report, str]:
        """What is to be shown for `text`, and what is wrong with the project's configuration, if anything."""
        if self._analyzer is None:
            self._analyzer = self._make_analyzer()
        chosen, problem = self._config(path)
        return selection.apply(self._analyzer.analyze(text, path), text, path, chosen), problem

    def check_once(self, text: str, path: str) -> Report:
        """The same for a text that is not open. Nothing of it is remembered."""
        report = self._make_analyzer().analyze(text, path)
        return selection.apply(report, text, path, self._config(path)[0])

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
        if self._analyzer is not None:
            self._analyzer.forget(path)

    def forget_all(self) -> None:
        """Start anew, and read the configuration again."""
        self._analyzer = None
        config.forget()
