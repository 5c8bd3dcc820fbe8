"""An end for a trial that does not end by itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(Exception):
    """The trial took more time than a search can give to one."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TooLong in the block after that time, as soon as Python code runs in it; without an end where
    there are no timers (Windows, threads other than the main one)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def strike(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"it does not end within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
