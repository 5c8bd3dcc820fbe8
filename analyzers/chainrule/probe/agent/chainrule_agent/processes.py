"""Killing a worker with everything it started."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterator


class Family:
    """The children of this process, which is the subreaper of all that descend from it.

    A worker leads a process group, and a confined worker cannot leave it, so one signal to the group
    reaches all of its processes at once; fork cannot outrun it, since the kernel holds one lock for both.
    Where there is no confinement, what left the group becomes our child when its parent dies, and is found
    here.
    """

    def dead(self, workers: Collection[int]) -> Iterator[int]:
        """The workers that have died, without reaping them: their number must not be given to others yet."""
        for pid in list(workers):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                yield pid

    def end(self, leader: int) -> int:
        """Kill the group of `leader`, wait until all of it is dead, and return the leader's exit code."""
        try:
            os.killpg(leader, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(leader, signal.SIGKILL)  # so young that it leads no group yet
        _, status = os.waitpid(leader, 0)
        try:
            while True:  # one whose parent dies is ours by the time that parent can be reaped
                os.waitpid(-leader, 0)
        except ChildProcessError:
            return os.waitstatus_to_exitcode(status)

    def bury_orphans(self, workers: Collection[int]) -> None:
        """Reap the dead, and kill the living, that are our children and belong to no worker's group."""
        while True:
            strays = [
                pid for pid in children_of(os.getpid()) if pid not in workers and _group(pid) not in workers
            ]
            if not strays:
                break
            for pid in strays:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def members(ancestor: int, group: int) -> list[int]:
    """The processes that descend from `ancestor` and are in `group`."""
    found = []
    generation = children_of(ancestor)
    while generation:
        found += [pid for pid in generation if _group(pid) == group]
        generation = [child for pid in generation for child in children_of(pid)]
    return found


def children_of(pid: int) -> list[int]:
    """The children of `pid`, dead ones included (proc(5), `children`); of a process without /proc, none."""
    children = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as listing:
                children += [int(word) for word in listing.read().split()]
    except OSError:
        pass  # it ended meanwhile
    return children


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0
