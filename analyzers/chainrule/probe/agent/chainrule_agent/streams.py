"""The standard streams of a worker, for Python, C and child processes alike."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper


def redirect_standard_streams(output_fd: int) -> None:
    """Point descriptors 1 and 2 at `output_fd`, which is closed, and let 0 read nothing."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    for spare in (nothing, output_fd):
        if spare > 2:
            os.close(spare)
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = _text_stream(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text_stream(2)  # type: ignore[misc]


def flush_standard_streams() -> None:
    """Write out what Python and C still hold back."""
    for stream in (sys.stdout, sys.stderr):
        # the user's code may have closed or replaced it, and what it printed with it
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)


def _text_stream(fd: int) -> TextIOWrapper:
    binary = open(fd, "wb", closefd=False)  # noqa: SIM115
    return TextIOWrapper(binary, encoding="utf-8", errors="backslashreplace", line_buffering=True)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What Python code prints in this block is not kept."""
    with contextlib.ExitStack() as stack:
        nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
        stack.enter_context(contextlib.redirect_stdout(nowhere))
        stack.enter_context(contextlib.redirect_stderr(nowhere))
        yield
