"""A worker that no zygote forked, where the platform cannot fork torch: a fresh process, kept warm."""

from __future__ import annotations

import os
import queue
import signal
import threading

from .channel import Channel, ChannelClosed, Message
from .interpreter import describe_interpreter
from .worker import load_entry, work


def serve() -> None:
    """Requests come on descriptor 0, answers go to 1, prints to 2.

    The first message sent says what this interpreter is; the first received holds `settings` and `job`.
    """
    channel = _OwnedChannel(os.dup(0), os.dup(1))
    output_fd = os.dup(2)
    hello = describe_interpreter()
    channel.send({"hello": hello})
    if "refused" not in hello:
        start = channel.receive()
        work(channel, output_fd, start["job"], start["settings"], load_entry(start["settings"]))


class _OwnedChannel(Channel):
    """A channel that is always listening, and ends the process when its owner is gone."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        super().__init__(read_fd, write_fd)
        self._arrived: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def receive(self) -> Message:
        return self._arrived.get()

    def _listen(self) -> None:
        try:
            while True:
                self._arrived.put(super().receive())
        except ChannelClosed:
            if os.name == "posix" and os.getpgrp() == os.getpid():
                os.killpg(0, signal.SIGKILL)
            os._exit(0)
