"""When to analyse, and what is already known.

The analysis runs on one thread of its own, so that a long one never holds up the messages behind it. Requests
for the same text share one run; a text that changed while it waited is analysed once, as it is now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from chainrule.findings import Report

from chainrule_server.documents import Source


class Analysing(Protocol):
    """The part of `chainrule.analysis.Analyzer` that is used here."""

    def analyze(self, text: str, path: str = ...) -> Report: ...

    def forget(self, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Analysed:
    """A report, and the text it speaks of."""

    source: Source
    report: Report


class Analyses:
    """The newest report of each open source, by URI.

    `sources` gives the source that a URI is now, or None once it is closed.
    """

    def __init__(self, analyzer: Callable[[], Analysing], sources: Callable[[str], Source | None]) -> None:
        self._make_analyzer = analyzer
        self._analyzer: Analysing | None = None
        self._sources = sources
        self._known: dict[str, Analysed] = {}
        self._generation = 0
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")
        self._turn: asyncio.Lock | None = None

    def known(self, uri: str) -> Analysed | None:
        """The report on the text as it is now, if it is there already."""
        source = self._sources(uri)
        return self._known_of(source) if source else None

    def _known_of(self, source: Source) -> Analysed | None:
        known = self._known.get(source.uri)
        return known if known is not None and known.source == source else None

    async def current(self, uri: str) -> Analysed | None:
        """The report on the text as it is at the end of the wait; None for what is not open."""
        while True:
            source = self._sources(uri)
            if source is None:
                return None
            if (known := self._known_of(source)) is not None:
                return known
            task = self._waiting.get(source.uri)
            if task is None:
                task = asyncio.create_task(self._run(source.uri))
                self._waiting[source.uri] = task
            # One request of several may be cancelled: the others still wait for the run.
            await asyncio.shield(task)

    async def _run(self, uri: str) -> None:
        if self._turn is None:
            self._turn = asyncio.Lock()
        async with self._turn:
            # From here on the text is fixed: a later version needs a task of its own.
            self._waiting.pop(uri, None)
            source = self._sources(uri)
            if source is None:
                return
            generation = self._generation
            loop = asyncio.get_running_loop()
            report = await loop.run_in_executor(self._thread, self._analyze, source.text, source.path)
            if generation == self._generation and self._sources(uri) is not None:
                self._known[uri] = Analysed(source, report)

    async def of_text(self, text: str, path: str) -> Report:
        """The report on a text that is not open, or not yet written. Nothing of it is remembered."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._analyze_once, text, path)

    def _analyze(self, text: str, path: str) -> Report:
        if self._analyzer is None:
            self._analyzer = self._make_analyzer()
        return self._analyzer.analyze(text, path)

    def _analyze_once(self, text: str, path: str) -> Report:
        return self._make_analyzer().analyze(text, path)

    def forget(self, uri: str, path: str) -> None:
        """Drop what is known of a closed source."""
        self._known.pop(uri, None)
        self._thread.submit(self._forget_path, path)

    def forget_all(self) -> None:
        """Analyse everything anew: a setting, or a file that others import, changed."""
        self._known.clear()
        self._generation += 1
        self._thread.submit(self._forget_analyzer)

    def _forget_path(self, path: str) -> None:
        if self._analyzer is not None:
            self._analyzer.forget(path)

    def _forget_analyzer(self) -> None:
        self._analyzer = None

    def close(self) -> None:
        """Let the thread end; a run that has begun is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)
