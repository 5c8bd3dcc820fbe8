"""What the kernel is asked to hold a worker to."""

from __future__ import annotations

import contextlib
import os
from typing import Any

CPU_SLACK = 2
"""Seconds of CPU time over `timeout` times the processors: the clock on the wall is meant to strike first."""


def limit_worker(settings: dict[str, Any]) -> None:
    """Set the limits that hold from the start: memory, size of a file, no core dumps. Sizes are bytes.

    Memory is RLIMIT_DATA, private writable memory (Linux 4.7 and newer count mappings too), because
    RLIMIT_AS also counts the address space that CUDA reserves and never touches. What torch itself already
    takes is added to the limit.
    """
    try:
        import resource
    except ImportError:  # Windows has no rlimits; the timeout and the owner's kill remain
        return
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, int(settings["file_size"]))
    _lower(resource.RLIMIT_DATA, _private_memory() + int(settings["memory"]))
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")  # if the machine runs out anyway, this process is the one to go
    except OSError:
        pass  # not Linux, or not ours to say: the kernel chooses by size


def limit_processor_time(timeout: float) -> None:
    """Hold this process to `timeout` seconds on every processor; a backstop for an owner that is stopped."""
    try:
        import resource
    except ImportError:
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _lower(resource.RLIMIT_CPU, int(used + timeout * (os.cpu_count() or 1)) + CPU_SLACK, spare=1)


def _lower(which: int, value: int, spare: int = 0) -> None:
    """Set the soft limit, and the hard one `spare` above it: at its hard limit, CPU time ends in SIGKILL."""
    import resource

    _, hard = resource.getrlimit(which)
    ceiling = value + spare if hard == resource.RLIM_INFINITY else min(value + spare, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them; the others still hold
        resource.setrlimit(which, (min(value, ceiling), ceiling))


def _private_memory() -> int:
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmData:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass  # no /proc: nothing to add
    return 0
