"""Messages between the probe's owner and a worker: JSON in frames, over file descriptors of their own.

A frame is eight bytes (four that name the protocol, four that hold the length, big endian) and that many
bytes of UTF-8 JSON. User code may find the descriptor and write to it; what does not look like a frame is
an error here, and never a message.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from typing import Any

MAGIC = b"crP1"
HEADER = struct.Struct(">4sI")
LONGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of JSON in one frame, at most."""

CHANNEL_CLOSED_STATUS = 80
"""Exit status of a worker that found its channel closed: by its owner, or by the code that it ran."""

Message = dict[str, Any]


class ChannelClosed(Exception):
    """The other end is gone."""


class ChannelGarbage(Exception):
    """Bytes that are no frame of this protocol arrived."""


class Channel:
    """Both directions of one connection. Any thread may `send`; one at a time may `receive`."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._sending = threading.Lock()

    def send(self, message: Message) -> None:
        """Send one message whole.

        Raises TypeError or ValueError, having sent nothing, when `message` is not JSON or is too long, and
        ChannelClosed when the other end is gone.
        """
        body = json.dumps(message).encode()
        if len(body) > LONGEST_MESSAGE:
            raise ValueError(f"a message of {len(body)} bytes is over the limit of {LONGEST_MESSAGE}")
        rest = memoryview(HEADER.pack(MAGIC, len(body)) + body)
        with self._sending:
            while rest:
                try:
                    rest = rest[os.write(self._write_fd, rest) :]
                except OSError as error:
                    raise ChannelClosed(str(error)) from error

    def receive(self) -> Message:
        """Block until one message has arrived.

        Raises ChannelClosed at the end of the stream and ChannelGarbage when what came is no message.
        """
        magic, length = HEADER.unpack(self._read_exactly(HEADER.size))
        if magic != MAGIC or length > LONGEST_MESSAGE:
            raise ChannelGarbage(f"no frame starts with {magic!r}")
        try:
            message = json.loads(self._read_exactly(length))
        except (ValueError, RecursionError) as error:
            raise ChannelGarbage(f"a frame that holds no JSON: {error}") from error
        if not isinstance(message, dict):
            raise ChannelGarbage(f"a frame that holds a {type(message).__name__}, not an object")
        return message

    def _read_exactly(self, size: int) -> bytes:
        parts = []
        while size:
            try:
                part = os.read(self._read_fd, min(size, 1 << 20))
            except OSError as error:
                raise ChannelClosed(str(error)) from error
            if not part:
                raise ChannelClosed("end of stream")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
