"""What the engine's tests share."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chainrule
from chainrule.probe.limits import Limits
from chainrule.probe.prober import Prober, Result

PROGRAMS = Path(__file__).with_name("programs")
PATIENCE_MS = 20_000

OWNER = """
import sys
from engine_support import open_prober
with open_prober(start=sys.argv[2]) as prober:
    request = {"program": "infinite_loop", "timeout": float(sys.argv[1])}
    prober.run(request, progress=lambda step: print(step, flush=True))
"""
"""A program, started with a timeout and how to start workers, that has a run in progress for that long."""


def owner_environment(scratch: Path) -> dict[str, str]:
    """The variables for OWNER; `scratch` is where its temporary files go."""
    paths = [
        str(Path(chainrule.__file__).parent.parent),
        str(PROGRAMS.parent),
        os.environ.get("PYTHONPATH", ""),
    ]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(scratch)}


@contextlib.contextmanager
def open_prober(limits: Limits = Limits(), **options: Any) -> Iterator[Prober]:  # noqa: B008
    """A prober whose entry is `engine_programs.run`."""
    prober = Prober(limits=limits, entry="engine_programs:run", import_path=[PROGRAMS], **options)
    try:
        yield prober
    finally:
        prober.close()


def run(prober: Prober, program: str, **request: object) -> Result:
    return prober.run({"program": program, **request})


def assert_healthy(prober: Prober) -> None:
    """The next probe works, whatever the last one did."""
    result = run(prober, "trivial_loss")
    assert (result["outcome"], result["error"], result["stdout"]) == ("ok", None, ""), result


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def expect_death(*pids: int) -> Iterator[None]:
    """The processes die during the block, or soon after."""
    watched = {}
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it is dead already
            watched[pid] = os.pidfd_open(pid)
    try:
        yield
        for pid, fd in watched.items():
            poll = select.poll()
            poll.register(fd, select.POLLIN)
            assert poll.poll(PATIENCE_MS), f"process {pid} lives on"
    finally:
        for fd in watched.values():
            os.close(fd)
