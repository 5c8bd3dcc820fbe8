"""A worker that is ready before it is asked for."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from chainrule.probe.agent.chainrule_agent.channel import Message
from chainrule.probe.handles import Arrived, Event, Server, ServerGone, Worker
from chainrule.probe.interpreters import refusal
from chainrule.probe.limits import Limits

TICK = 0.05
"""Seconds between two looks at the caller's cancel event, which cannot be waited for together with others."""
TOO_OLD_STATUS = 79
"""Exit status of `chainrule_agent` in an interpreter that is too old for it."""
T = TypeVar("T")
ServerType = Callable[[str, Message, int], Server]
"""From an interpreter, the settings of its workers, and how many bytes of prints to keep."""
ATTEMPTS = 3
"""Workers that may die before they are ready, until that is an error."""


class Refused(Exception):
    """No candidate can run a probe. The text says why and what to do."""


class Cancelled(Exception):
    """The caller gave up before there was a worker."""


class Unready(Exception):
    """Workers die before they are ready. The text is what the last of them printed."""


class Reserve:
    """The warm interpreter, started when first needed, and one worker of it kept in reserve. Thread-safe."""

    def __init__(
        self, candidates: list[str], settings: Message, limits: Limits, server_type: ServerType
    ) -> None:
        self._candidates = candidates
        self._settings = settings
        self._limits = limits
        self._server_type = server_type
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._spare: Worker | None = None
        self._taken = 0
        self._rest: threading.Timer | None = None
        self._closed = False
        self.hello: Message = {}
        """What the interpreter in use said of itself; empty before the first `take`."""

    def take(
        self, device: str, given_up: Callable[[], bool], progress: Callable[[str], None]
    ) -> tuple[Worker, str]:
        """A worker that is ready for a request on `device`, and the name of its sandbox.

        The caller ends the worker, then calls `replace`. Raises Refused, Cancelled or Unready.
        """
        last_words = ""
        for _ in range(ATTEMPTS):
            with self._locked(given_up):
                server = self._warm_server(given_up, progress)
                gpu = device != "cpu" and bool(self.hello["gpu"])
                try:
                    worker = self._pop_spare(gpu) or server.worker(gpu)
                except ServerGone as gone:
                    last_words = str(gone)
                    continue
                self._taken += 1
            sandbox = None
            try:
                sandbox = _await_ready(worker, self._limits.startup, given_up)
            finally:
                if sandbox is None:
                    last_words = worker.end().printed.strip()
                    self._put_back()
            if sandbox is not None:
                return worker, sandbox
        raise Unready(last_words)

    def replace(self, gpu: bool) -> None:
        """The worker that was taken has ended: get the next one ready."""
        self._put_back()
        with self._lock:
            if self._server is not None and self._server.alive and self._spare is None:
                with contextlib.suppress(ServerGone):  # then the next `take` starts another
                    self._spare = self._server.worker(gpu)

    def close(self) -> None:
        """End every process, also those of runs in progress. Later calls of `take` raise Refused."""
        with self._lock:
            self._closed = True
            self._stop()

    def _warm_server(self, given_up: Callable[[], bool], progress: Callable[[str], None]) -> Server:
        if self._closed:
            raise Refused("the prober is closed")
        if self._server is not None and self._server.alive:
            return self._server
        self._stop()
        refusals = []
        for python in self._candidates:
            progress(f"starting {python}")
            found = self._start(python, given_up)
            if not isinstance(found, str):
                self._server = found
                self._candidates = [python]
                return found
            refusals.append(found)
        raise Refused("; ".join(refusals))

    def _start(self, python: str, given_up: Callable[[], bool]) -> Server | str:
        """A server of that interpreter, or why there is none."""
        try:
            server = self._server_type(python, self._settings, self._limits.output)
        except OSError as error:
            return refusal(python, {"refused": "broken-python", "error": error.strerror or str(error)})
        try:
            hello = _poll(server.hello, self._limits.startup, given_up)
        except ServerGone as gone:
            server.close()
            if gone.status == TOO_OLD_STATUS:
                return refusal(python, {"refused": "old-python", "python": str(gone)})
            return refusal(
                python, {"refused": "broken-python", "error": str(gone) or f"status {gone.status}"}
            )
        except BaseException:
            server.close()
            raise
        if hello is None or "refused" in hello:
            server.close()
            slow = {"refused": "broken-python", "error": f"it said nothing for {self._limits.startup:g} s"}
            return refusal(python, hello or slow)
        self.hello = hello
        return server

    def _pop_spare(self, gpu: bool) -> Worker | None:
        spare, self._spare = self._spare, None
        if spare is not None and spare.gpu != gpu:
            spare.end()
            return None
        return spare

    def _put_back(self) -> None:
        with self._lock:
            self._taken -= 1
            if self._rest is not None:
                self._rest.cancel()
            if not self._closed:
                self._rest = threading.Timer(self._limits.idle, self._stop_if_idle)
                self._rest.daemon = True
                self._rest.start()

    def _stop_if_idle(self) -> None:
        with self._lock:
            if not self._taken:
                self._stop()

    def _stop(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        server, self._server = self._server, None
        spare, self._spare = self._spare, None
        if server is not None:
            server.close()
        if spare is not None:
            spare.end()

    @contextlib.contextmanager
    def _locked(self, given_up: Callable[[], bool]) -> Iterator[None]:
        while not self._lock.acquire(timeout=TICK):
            if given_up():
                raise Cancelled
        try:
            yield
        finally:
            self._lock.release()


def _await_ready(worker: Worker, patience: float, given_up: Callable[[], bool]) -> str | None:
    """The name of the worker's sandbox once it is ready; None when it is not, or died in the reserve."""

    def next_event(timeout: float) -> Event | None:
        try:
            return worker.events.get(timeout=timeout)
        except queue.Empty:
            return None

    event = _poll(next_event, patience, given_up)
    if not isinstance(event, Arrived) or not worker.events.empty():
        return None
    sandbox: str = event.message["ready"]["sandbox"]
    return sandbox


def _poll(get: Callable[[float], T | None], patience: float, given_up: Callable[[], bool]) -> T | None:
    """What `get` returns within `patience` seconds, or None. Raises Cancelled."""
    deadline = time.monotonic() + patience
    while True:
        found = get(TICK)
        if found is not None:
            return found
        if given_up():
            raise Cancelled
        if time.monotonic() > deadline:
            return None
