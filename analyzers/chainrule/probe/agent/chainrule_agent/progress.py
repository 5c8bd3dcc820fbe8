"""What a worker is doing, for whoever waits for it. Where time runs out, the last of it is part of the
error."""

from __future__ import annotations

from collections.abc import Callable

_listener: Callable[[str], None] | None = None


def connect(listener: Callable[[str], None]) -> None:
    """Send every later report to `listener`."""
    global _listener
    _listener = listener


def report(step: str) -> None:
    """Say what comes now, in a few words such as `backward`. Without a listener, nothing happens."""
    if _listener is not None:
        _listener(step)
