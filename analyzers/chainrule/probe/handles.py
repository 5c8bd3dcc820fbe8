"""The owner's end of one worker process."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from chainrule.probe.agent.chainrule_agent.channel import Channel, ChannelClosed, ChannelGarbage, Message
from chainrule.probe.agent.chainrule_agent.faults import FAULT_FILE
from chainrule.probe.output import OutputReader

END_PATIENCE = 5.0
"""Seconds that killing may take. Only a process stuck in the kernel needs more than a few milliseconds."""


class Server(Protocol):
    """One interpreter that can have workers. `fork_server` and `spawn_server` document the methods."""

    @property
    def alive(self) -> bool: ...
    def hello(self, timeout: float) -> Message | None: ...
    def worker(self, gpu: bool) -> Worker: ...
    def close(self) -> None: ...


class ServerGone(Exception):
    """The interpreter ended before it could be used. The text is the last that it printed."""

    def __init__(self, last_words: str, status: int | None) -> None:
        super().__init__(last_words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Arrived:
    message: Message


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more will arrive. `garbage` says what came in place of a message."""

    garbage: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """The worker is dead, with all that it had started."""


Event = Arrived | Closed | Gone


@dataclass(frozen=True, slots=True)
class Remains:
    """What a worker leaves: its exit code (None when unknown), what it printed, and where its stack stood.

    `stack` is faulthandler's text, written at a crash and shortly before time is up.
    """

    status: int | None
    printed: str
    stack: str


@dataclass(slots=True)
class Worker:
    """One single-use process. Whoever takes it must `end` it, whatever happened."""

    channel: Channel
    output: OutputReader
    scratch: Path
    gpu: bool
    kill: Callable[[], None]
    """Ask for its death; `Gone` arrives when it is done."""
    members: Callable[[], list[int]]
    """The processes that it is by now."""
    release: Callable[[], None]
    """Close the channel's descriptors. Called once, after the listener has stopped."""
    greet: Callable[[Message], None] | None = None
    """Gets what a worker with an interpreter of its own says of that, before it is ready."""
    pid: int = 0
    """0 until it is known."""
    events: queue.SimpleQueue[Event] = field(default_factory=queue.SimpleQueue)
    _listener: threading.Thread | None = None
    _buried: threading.Event = field(default_factory=threading.Event)
    _status: int | None = None

    def listen(self) -> None:
        """Let everything that arrives become an event."""
        self._listener = threading.Thread(target=self._listen, daemon=True, name="chainrule-probe-channel")
        self._listener.start()

    def bury(self, status: int | None) -> None:
        """Called once, by the server that made it, when it is dead with all that it had started."""
        self._status = status
        self._buried.set()
        self.events.put(Gone())

    def wait_until_buried(self) -> None:
        """Wait for `bury`, as long as killing may take."""
        self._buried.wait(END_PATIENCE)

    def end(self) -> Remains:
        """Kill it if it lives, wait until nothing of it is left, and return what there is to tell."""
        self.kill()
        self.wait_until_buried()
        printed = self.output.finish(END_PATIENCE)
        if self._listener is not None:
            self._listener.join(END_PATIENCE)
        self.release()
        try:
            stack = (self.scratch / FAULT_FILE).read_text(errors="replace")
        except OSError:
            stack = ""  # the probed code may do as it likes in there
        shutil.rmtree(self.scratch, ignore_errors=True)
        return Remains(self._status, printed, stack)

    def _listen(self) -> None:
        try:
            while True:
                message = self.channel.receive()
                if self.greet is not None and "hello" in message:
                    self.greet(message["hello"])
                else:
                    self.events.put(Arrived(message))
        except ChannelClosed:
            self.events.put(Closed())
        except ChannelGarbage as error:
            self.events.put(Closed(garbage=str(error)))
