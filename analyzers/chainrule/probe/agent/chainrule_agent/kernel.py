"""Linux calls that Python has no name for."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """prctl(2) with one argument. Raises OSError."""
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise_errno()


def syscall(number: int, *arguments: object) -> int:
    """syscall(2). Arguments are ctypes values, for an int alone is passed as 32 bits. Raises OSError."""
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise_errno()
    return result


def raise_errno() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))


def die_with_parent(parent: int) -> None:
    """Ask to be killed when `parent` dies, and end now if it already has."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
