"""Results of the runs that have none of their own: what to call them, and what to tell the user."""

from __future__ import annotations

import re
import signal
from typing import Any

from chainrule.probe.agent.chainrule_agent.channel import CHANNEL_CLOSED_STATUS
from chainrule.probe.agent.chainrule_agent.faults import where
from chainrule.probe.handles import Remains
from chainrule.probe.interpreters import AGENT
from chainrule.probe.limits import MIB

Result = dict[str, Any]

_LIBRARY = re.compile(r"[/\\](site-packages|dist-packages|lib[/\\]python3\.\d+)[/\\]|^<frozen")
_ALLOCATION_FAILED = ("std::bad_alloc", "MemoryError", "Cannot allocate memory")


def refused(why: str) -> Result:
    return {"outcome": "refused", "error": why}


def cancelled() -> Result:
    return {"outcome": "refused", "error": "cancelled"}


def unready(last_words: str) -> Result:
    return {"outcome": "crashed", "error": f"the workers die before they are ready: {last_words}"}


def out_of_time(timeout: float, step: str, remains: Remains) -> Result:
    """`step` is the last that the worker reported."""
    during = f" during {step}" if step else ""
    return {"outcome": "timeout", "error": f"no result within {timeout:g} s{during}{_at(remains)}"}


def too_many_processes(limit: int, remains: Remains) -> Result:
    return {"outcome": "crashed", "error": f"it started more than {limit} processes{_at(remains)}"}


def too_much_written(limit: int, remains: Remains) -> Result:
    return {"outcome": "crashed", "error": f"it wrote more than {limit / MIB:g} MiB of files{_at(remains)}"}


def unreadable(garbage: str) -> Result:
    return {"outcome": "crashed", "error": f"the code meddled with the probe's own channel: {garbage}"}


def died(remains: Remains, oom_kills: int) -> Result:
    """The worker ended without a result. `oom_kills` is how many processes Linux killed meanwhile for
    memory."""
    status = remains.status
    if status is None:
        return {"outcome": "crashed", "error": "the worker is gone, and so is the process that started it"}
    if status == CHANNEL_CLOSED_STATUS:
        return unreadable("it was closed")
    if status >= 0:
        return {
            "outcome": "crashed",
            "error": f"the code ended its process with status {status}{_at(remains)}",
        }
    if -status == getattr(signal, "SIGXCPU", None):
        return {"outcome": "timeout", "error": f"its processor time is used up{_at(remains)}"}
    last_words = remains.printed[-2000:]
    if -status == getattr(signal, "SIGKILL", None) and oom_kills:
        return {"outcome": "out-of-memory", "error": "the system ran out of memory and killed the worker"}
    if -status == signal.SIGABRT and any(sign in last_words for sign in _ALLOCATION_FAILED):
        return {"outcome": "out-of-memory", "error": f"an allocation failed{_at(remains)}"}
    return {"outcome": "crashed", "error": f"{_name(-status)}{_at(remains)}"}


def count_oom_kills() -> int:
    """How many processes Linux has killed for memory since it started; 0 elsewhere."""
    try:
        with open("/proc/vmstat") as counters:
            return next((int(line.split()[1]) for line in counters if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0


def _at(remains: Remains) -> str:
    place = where(remains.stack, _is_users)
    return f", at {place}" if place else ""


def _is_users(path: str) -> bool:
    return not path.startswith(str(AGENT)) and _LIBRARY.search(path) is None


def _name(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    described = (signal.strsignal(number) or "").lower()
    return f"{described} ({name})" if described else name
