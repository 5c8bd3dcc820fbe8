"""The server object: what the features share."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcParseError
from pygls.lsp.server import LanguageServer

from chainrule_server.analyses import Analysed, Analyses
from chainrule_server.built import Built
from chainrule_server.checker import Checker
from chainrule_server.client import Client
from chainrule_server.documents import OpenWorkspace, Source, path_of
from chainrule_server.evidence import EvidenceStore
from chainrule_server.pages import Pages
from chainrule_server.probing import Probing
from chainrule_server.protocol import Protocol
from chainrule_server.settings import Settings
from chainrule_server.verified import Verified

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

SETTLE_DELAY = 0.4
"""Seconds without a keystroke before functions that depend on the edited one are looked at again."""
WATCHED_LIFETIME = 60.0
UNWATCHED_LIFETIME = 3.0
CHECK_GRADIENTS = "chainrule.checkGradients"
EXPLAIN = "chainrule.explain"
VERIFY = "chainrule.verify"
REPORT = "chainrule.report"
WRITE_TEST = "chainrule.writeTest"

PYTHON_CELLS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithCells(
            notebook="*", cells=[types.NotebookCellLanguage(language="python")]
        )
    ]
)


class ChainruleServer(LanguageServer):
    """State that more than one feature needs. The features are functions in `chainrule_server.features`."""

    protocol: Protocol

    def __init__(self, version: str) -> None:
        super().__init__(
            "chainrule",
            version,
            types.TextDocumentSyncKind.Incremental,
            PYTHON_CELLS,
            protocol_cls=Protocol,
            converter_factory=get_converter,
            max_workers=2,
        )
        self.client = Client()
        self.initial = Settings()
        """From the initialization options: what holds where the configuration is silent."""
        self.settings = Settings()
        checker = Checker(lambda: self.settings, self.folders, self.disk_lifetime)
        self.analyses = Analyses(checker, self.source, self.unsettled)
        self.settle: Callable[[str], Coroutine[Any, Any, None]] | None = None
        """Set by the diagnostics: finishes and shows a report that was good enough for a keystroke."""
        self.built = Built()
        self.pushed: dict[str, tuple[int | None, str]] = {}
        """By document, the version and the identity of the diagnostics that were pushed last."""
        self.evidence = EvidenceStore()
        self.verified = Verified()
        self.probing = Probing()
        self.pages = Pages(self.thread_pool.submit)
        self._timers: dict[object, asyncio.TimerHandle] = {}
        self._said: set[str] = set()
        self._change: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def documents(self) -> OpenWorkspace:
        workspace = self.protocol.workspace
        assert isinstance(workspace, OpenWorkspace), "initialize puts it there"
        return workspace

    def source(self, uri: str) -> Source | None:
        """The open text that `uri` belongs to, as it is now."""
        return self.documents.source(uri)

    def folders(self) -> list[str]:
        """The workspace's folders, as paths."""
        paths = [path_of(folder.uri) for folder in self.documents.folders.values()]
        return paths or [path for path in (self.documents.root_path,) if path]

    def folder_of(self, path: str) -> Path | None:
        """The folder of the workspace that a file is in, the innermost of several; else the first, if any."""
        folders = [Path(folder) for folder in self.folders()]
        around = [folder for folder in folders if folder in Path(path).parents]
        return max(around, key=lambda folder: len(folder.parts), default=folders[0] if folders else None)

    def disk_lifetime(self) -> float:
        """Seconds for which the analysis may trust what it read; a client that watches files says more."""
        return WATCHED_LIFETIME if self.client.registers_watchers else UNWATCHED_LIFETIME

    def unsettled(self, uri: str) -> None:
        """Finish the report of `uri` when the user pauses."""
        if self.settle is not None:
            settle = self.settle
            self.debounce(("settle", uri), SETTLE_DELAY, lambda: settle(uri))

    async def settled(self, uri: str) -> Analysed | None:
        """The report on the text of `uri` with all its fixes, which a keystroke does not wait for."""
        analysed = await self.analyses.current(uri)
        if analysed is None or self.settle is None or self.analyses.is_settled(analysed.source):
            return analysed
        await self.settle(analysed.source.uri)
        return await self.analyses.current(uri)

    async def beside(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run `work` on a thread of the pool."""
        return await asyncio.get_running_loop().run_in_executor(self.thread_pool, work, *args)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` beside the messages. An error in it is logged; the end of the server cancels it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned_done)
        return task

    def next_change(self) -> asyncio.Event:
        """Set at the next change of a document, a file, a setting or the evidence."""
        if self._change is None:
            self._change = asyncio.Event()
        return self._change

    def note_change(self) -> None:
        """Wake up whoever waits for the next change."""
        if self._change is not None:
            self._change.set()
            self._change = None

    def debounce(self, key: object, delay: float, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Start `work` after `delay` seconds, unless the same key comes again before."""
        self.forget_debounced(key)

        def due() -> None:
            self._timers.pop(key, None)
            self.spawn(work())

        self._timers[key] = asyncio.get_running_loop().call_later(delay, due)

    def forget_debounced(self, key: object) -> None:
        """What waits under `key` is not wanted any more."""
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()

    def _spawned_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("background work failed", exc_info=error)

    def close(self) -> None:
        """Stop what still runs; `shutdown` and a lost connection both end here."""
        for timer in self._timers.values():
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        self.probing.close()
        self.analyses.close()
        self.pages.close()

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show one sentence to the user."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def say_once(self, message: str) -> None:
        """Warn the user, unless these very words were said before."""
        if message not in self._said:
            self._said.add(message)
            self.say(message, types.MessageType.Warning)

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """pygls shows a pop-up for every malformed message; those belong into the log."""
        logger.error("%s: %s", source.__name__, error)
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            self.protocol.refuse(None, JsonRpcParseError(str(error)))
