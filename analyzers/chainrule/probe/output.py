"""What a process prints, as far as it is worth keeping."""

from __future__ import annotations

import os
import threading
from collections import deque


class OutputReader:
    """Reads a pipe to its end on a thread of its own, so that no writer ever waits for it.

    Of `limit` bytes it keeps three quarters from the beginning and one from the end.
    """

    def __init__(self, fd: int, limit: int) -> None:
        self._fd = fd
        self._head_limit = limit * 3 // 4
        self._tail_limit = limit - self._head_limit
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0
        self._thread = threading.Thread(target=self._read, daemon=True, name="chainrule-probe-output")
        self._thread.start()

    def finish(self, timeout: float) -> str:
        """Wait until everything is read, for `timeout` seconds at most, and return it.

        Time runs out only where a process that could not be killed still holds the pipe.
        """
        self._thread.join(timeout)
        tail = b"".join(self._tail)
        cut = max(len(tail) - self._tail_limit, 0)
        dropped = self._dropped + cut
        note = f"\n[… {dropped} bytes left out …]\n" if dropped else ""
        return bytes(self._head).decode(errors="replace") + note + tail[cut:].decode(errors="replace")

    def _read(self) -> None:
        try:
            while chunk := os.read(self._fd, 1 << 16):
                self._keep(chunk)
        finally:
            os.close(self._fd)

    def _keep(self, chunk: bytes) -> None:
        room = self._head_limit - len(self._head)
        self._head += chunk[:room]
        rest = chunk[room:]
        if rest:
            self._tail.append(rest)
            self._tail_size += len(rest)
        while self._tail and self._tail_size - len(self._tail[0]) >= self._tail_limit:
            oldest = len(self._tail.popleft())
            self._tail_size -= oldest
            self._dropped += oldest
