"""When to analyse, and what is already known.

The analysis runs on one thread of its own, so that a long one never holds up the messages behind it. Requests
for the same text share one run; a text that changed while it waited is analysed once, as it is now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from chainrule.findings import Edit, Report
from chainrule_server.checker import Checker
from chainrule_server.documents import Source
from chainrule_server.fixing import fix_all_edits
from chainrule_server.verified import without

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Analysed:
    """A report, and the text it speaks of. `problem` is for the user: settings that could not be used."""

    source: Source
    report: Report
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A report that holds as long as its text is the same, and, if it `depends` on others, the epoch.

    Not `settled`: it was made between two keystrokes, and leaves out what takes longer.
    """

    analysed: Analysed
    generation: int
    epoch: int
    depends: bool
    settled: bool


class Analyses:
    """The newest report of each open source, by URI.

    `sources` gives the source that a URI is now, or None once it is closed. `unsettled` is told of sources
    whose report is good enough for now, and waits for `settle`.
    """

    def __init__(
        self,
        checker: Checker,
        sources: Callable[[str], Source | None],
        unsettled: Callable[[str], None],
    ) -> None:
        self.checker = checker
        self._sources = sources
        self._unsettled = unsettled
        self._known: dict[str, Known] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")
        self._turn: asyncio.Lock | None = None
        self.at_once = True
        """Settle every report at once: for clients that cannot be told of a better one later."""
        self.generation = 0
        """Grows whenever everything must be analysed anew."""
        self._epoch = 0
        """Grows with every change of an open text: what depends on other files may be out of date then."""

    def known(self, uri: str) -> Analysed | None:
        """The report on the text as it is now, if it is there already."""
        source = self._sources(uri)
        return self._known_of(source) if source else None

    def _known_of(self, source: Source) -> Analysed | None:
        known = self._known.get(source.uri)
        if known is None or known.generation != self.generation or known.analysed.source != source:
            return None
        return known.analysed if known.epoch == self._epoch or not known.depends else None

    def dependants(self) -> list[str]:
        """The sources whose report may be out of date although their own text is the same."""
        return [uri for uri, known in self._known.items() if known.depends and known.epoch != self._epoch]

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
                task = asyncio.create_task(self._run(source.uri, self.at_once))
                self._waiting[source.uri] = task
            # One request of several may be cancelled: the others still wait for the run.
            await asyncio.shield(task)

    def is_settled(self, source: Source) -> bool:
        """Whether the newest report on a source leaves nothing out."""
        known = self._known.get(source.uri)
        return known is not None and known.settled

    async def settle(self, uri: str) -> bool:
        """Look again at what the last report left out; whether something else is to be shown now.

        Fixes are not shown: who asks for them waits for the complete report.
        """
        before = self.known(uri)
        if before is None or not self.is_settled(before.source):
            await self._run(uri, settle=True)
        after = self.known(uri)
        return before is not None and after is not None and _shown(before) != _shown(after)

    async def _run(self, uri: str, settle: bool) -> None:
        if self._turn is None:
            self._turn = asyncio.Lock()
        async with self._turn:
            # From here on the text is fixed: a later version needs a task of its own.
            self._waiting.pop(uri, None)
            source = self._sources(uri)
            if source is None:
                return
            generation, epoch = self.generation, self._epoch
            checked = await self.beside(self.checker.check, source.text, source.path, settle)
            if self._sources(uri) is None:
                return
            analysed = Analysed(source, checked.report, checked.problem)
            self._known[uri] = Known(analysed, generation, epoch, checked.depends, not checked.unsettled)
            if checked.unsettled:
                self._unsettled(uri)

    async def beside(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run `work` on the thread of the analysis, the only one that may use the checker."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    async def of_text(self, text: str, path: str) -> Report:
        """The report on a file that is not open. Nothing of it is remembered."""
        return await self.beside(self.checker.check_once, text, path)

    async def fix_all(self, source: Source, refuted: frozenset[tuple[str, str, str]]) -> list[Edit]:
        """The edits that make every safe fix of `source` but those that a run `refuted`."""

        def look(text: str, path: str) -> Report:
            return without(self.checker.check_once(text, path), refuted)

        return await self.beside(fix_all_edits, source.text, source.path, look)

    def changed(self, source: Source) -> None:
        """A text was opened or edited."""
        self._epoch += 1
        self._thread.submit(self.checker.opened, source.path, source.text)

    def closed(self, uri: str, path: str) -> None:
        """A text was closed: drop what is known of it."""
        self._epoch += 1
        self._known.pop(uri, None)
        self._thread.submit(self.checker.closed, path)

    def renew(self, reason: Callable[[], None]) -> None:
        """Analyse everything anew after `reason`, a change that no text shows."""
        self.generation += 1
        self._thread.submit(reason)

    def warm_up(self) -> None:
        """Get ready while the client still says hello."""
        self._thread.submit(self.checker.warm_up)

    def close(self) -> None:
        """Let the thread end; a run that has begun is not waited for."""
        self.checker.close()
        self._thread.shutdown(wait=False, cancel_futures=True)


def _shown(analysed: Analysed) -> Report:
    """A report without its fixes."""
    report = analysed.report
    return replace(report, findings=tuple(replace(finding, fixes=()) for finding in report.findings))
