"""When to analyse, and what is already known.

The analysis runs on one thread of its own, so that a long one never holds up the messages behind it. Requests
for the same text share one run; a text that changed while it waited is analysed once, as it is now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from chainrule.findings import Edit, Report
from chainrule.project import Lookup, affects
from chainrule_server.checker import Checker
from chainrule_server.documents import Source
from chainrule_server.fixing import fix_all_edits

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Analysed:
    """A report, and the text it speaks of. `problem` is for the user: settings that could not be used.
    `consulted`: what was looked up in other files.
    """

    source: Source
    report: Report
    problem: str = ""
    consulted: frozenset[Lookup] = frozenset()


class Analyses:
    """The newest report of each open source, by URI.

    `sources` gives the source that a URI is now, or None once it is closed.
    """

    def __init__(self, checker: Checker, sources: Callable[[str], Source | None]) -> None:
        self._checker = checker
        self._sources = sources
        self._known: dict[str, Analysed] = {}
        self.generation = 0
        """Grows whenever everything must be analysed anew."""
        self._changed: set[str] = set()
        """Paths of files that changed since the running analysis began."""
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
            generation = self.generation
            self._changed.clear()
            report, problem, consulted = await self.beside(self._checker.check, source.text, source.path)
            outdated = any(affects(path, consulted) for path in self._changed)
            if generation == self.generation and not outdated and self._sources(uri) is not None:
                self._known[uri] = Analysed(source, report, problem, consulted)

    async def beside(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run `work` on the thread of the analysis, the only one that may use the checker."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    async def of_text(self, text: str, path: str) -> Report:
        """The report on a file that is not open. Nothing of it is remembered."""
        return await self.beside(self._checker.check_once, text, path)

    async def fix_all(self, source: Source) -> list[Edit]:
        """The edits that make every safe fix of `source`."""
        return await self.beside(fix_all_edits, source.text, source.path, self._checker.check_once)

    def outdate(self, path: str) -> list[str]:
        """The file `path` is another one now: drop the reports that depend on it, and return their URIs."""
        self._changed.add(path)
        outdated = [uri for uri, known in self._known.items() if affects(path, known.consulted)]
        for uri in outdated:
            if self._known[uri].source.path != path:
                del self._known[uri]
        return outdated

    def forget(self, uri: str, path: str) -> None:
        """Drop what is known of a closed source."""
        self._known.pop(uri, None)
        self._thread.submit(self._checker.forget, path)

    def forget_all(self) -> None:
        """Analyse everything anew: a setting, or a file that others import, changed."""
        self._known.clear()
        self.generation += 1
        self._thread.submit(self._checker.forget_all)

    def close(self) -> None:
        """Let the thread end; a run that has begun is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)
