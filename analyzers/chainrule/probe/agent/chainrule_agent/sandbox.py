"""Confinement of a worker: what the probed code must not do to the machine.

It guards against accidents of code that its user chose to run: a loss that saves a checkpoint, deletes its
log folder, phones home. It is no jail for hostile code, which chainrule never runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable


def confine(scratch: str, protected: Iterable[int]) -> str:
    """Deny this process and its children writes outside `scratch`, sockets, and signals to `protected`.

    Returns what holds from now on, for the user: `landlock+seccomp`, or what is left open and why.
    """
    if not sys.platform.startswith("linux"):
        return f"none: chainrule has no sandbox on {sys.platform}"
    from . import landlock, seccomp
    from .kernel import PR_SET_NO_NEW_PRIVS, prctl

    held = []
    missing = []
    landlock_version = 0
    try:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        landlock_version = landlock.confine_writes(scratch)
        held.append("landlock")
    except OSError as error:
        missing.append(f"files can be written (Landlock: {error.strerror})")
    try:
        seccomp.deny_calls(protected, guard_truncate=0 < landlock_version < landlock.TRUNCATE_VERSION)
        held.append("seccomp")
    except OSError as error:
        missing.append(f"the network can be reached (seccomp: {error.strerror})")
    if not held:
        return "none: " + "; ".join(missing)
    return " but ".join(["+".join(held), *missing])
