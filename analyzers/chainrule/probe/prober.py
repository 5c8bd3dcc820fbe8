"""The probe's engine: one request in, one outcome out, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from chainrule.probe import outcomes
from chainrule.probe.agent.chainrule_agent.channel import ChannelClosed
from chainrule.probe.fork_server import ForkServer
from chainrule.probe.handles import END_PATIENCE, Arrived, Closed, Gone, Remains, Worker
from chainrule.probe.interpreters import candidates
from chainrule.probe.limits import Limits
from chainrule.probe.reserve import TICK, Cancelled, Refused, Reserve, ServerType, Unready
from chainrule.probe.scratch import written
from chainrule.probe.spawn_server import SpawnServer

MEASURE = "chainrule_agent.measure:measure"

_SERVERS: dict[str, ServerType] = {"fork": ForkServer, "spawn": SpawnServer}

Request = dict[str, Any]
Result = dict[str, Any]
Progress = Callable[[str], None]
Conclusion = Callable[[Remains], Result]
"""What to make of a run, once there is nothing left of its worker."""


class Prober:
    """Runs requests in the user's interpreter, each in a process of its own. Thread-safe.

    torch is imported once, and one worker is kept ready. All of it ends with `close`, with this process, or
    after `Limits.idle` seconds without a request; the next request starts it anew.
    """

    def __init__(
        self,
        python: str | None = None,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        *,
        workspace: Path | None = None,
        entry: str = MEASURE,
        import_path: Sequence[Path] = (),
        start: Literal["fork", "spawn"] = "fork" if sys.platform == "linux" else "spawn",
    ) -> None:
        """`python` is a path or name; without it, `interpreters.candidates` are tried in order.

        `entry` is the function that answers requests in the worker, `module:function`; `import_path` is
        where else to find it. `start` is how workers come to be.
        """
        self._limits = limits
        settings = {
            "entry": entry,
            "import_path": [str(path) for path in import_path],
            "memory": limits.memory,
            "file_size": limits.file_size,
            "sandbox": limits.sandbox,
            "owner": os.getpid(),
        }
        self._reserve = Reserve(candidates(python, workspace), settings, limits, _SERVERS[start])

    def run(
        self,
        request: Request,
        cancel: threading.Event | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """Have `request` answered, and return the entry's result or, where there is none, the reason.

        Reads `device` (`cpu` when absent; `auto` and the others get a worker that has started the GPU) and
        `timeout` in seconds, counted from the hand-over. Every result has `outcome`, `error`, `device`,
        `torch`, `python`, `seconds`, `sandbox` and `stdout`. When it returns, the worker and whatever it
        started are dead.

        `cancel` ends the run soon after it is set, with outcome `refused` and error `cancelled`. `progress`
        is called on this thread. Raises TypeError or ValueError when `request` is not JSON.
        """
        given_up = cancel.is_set if cancel is not None else _never
        tell = progress or _ignore
        device = str(request.get("device", "cpu"))
        try:
            worker, sandbox = self._reserve.take(device, given_up, tell)
        except Refused as error:
            return self._complete(outcomes.refused(str(error)), device)
        except Cancelled:
            return self._complete(outcomes.cancelled(), device)
        except Unready as error:
            return self._complete(outcomes.unready(str(error)), device)
        started = time.perf_counter()
        try:
            conclude = self._watch(worker, request, given_up, tell)
        except BaseException:
            worker.end()
            raise
        else:
            seconds = time.perf_counter() - started
            remains = worker.end()
            result = {"seconds": round(seconds, 4), **conclude(remains)}
            return self._complete({**result, "sandbox": sandbox, "stdout": remains.printed}, device)
        finally:
            self._reserve.replace(worker.gpu)

    def close(self) -> None:
        """End every process. Runs in progress return `crashed`, later ones `refused`."""
        self._reserve.close()

    def _watch(
        self, worker: Worker, request: Request, given_up: Callable[[], bool], progress: Progress
    ) -> Conclusion:
        """Hand the request over, and follow the run to its end or to where it must be ended."""
        timeout = float(request.get("timeout") or self._limits.timeout)
        kills_before = outcomes.count_oom_kills()
        step = ""

        def out_of_time(remains: Remains) -> Result:
            return outcomes.out_of_time(timeout, step, remains)

        def died(remains: Remains) -> Result:
            return outcomes.died(remains, outcomes.count_oom_kills() - kills_before)

        deadline = time.monotonic() + timeout
        at_deadline: Conclusion = out_of_time
        with contextlib.suppress(ChannelClosed):  # it has died; its events say so
            worker.channel.send({"request": {**request, "timeout": timeout}})
        while not given_up():
            left = deadline - time.monotonic()
            if left <= 0:
                return at_deadline
            try:
                event = worker.events.get(timeout=min(TICK, left))
            except queue.Empty:
                if (excess := self._excess(worker)) is not None:
                    return excess
                continue
            match event:
                case Arrived(message={"progress": str(step)}):
                    progress(step)
                case Arrived(message={"result": dict(result)}):
                    return lambda _: result
                case Arrived(message=message):
                    return lambda _: outcomes.unreadable(f"a message with {sorted(message)}")
                case Closed(garbage=garbage) if garbage:
                    return lambda _: outcomes.unreadable(garbage)
                case Closed() | Gone() if at_deadline is not out_of_time:
                    return died
                # the news of a death may overtake the result, which is read by another thread
                case Gone():
                    deadline, at_deadline = time.monotonic() + END_PATIENCE, died
                case Closed():  # it is ending, or the code has closed what is not its own
                    deadline, at_deadline = min(deadline, time.monotonic() + END_PATIENCE), _closed
        return lambda _: outcomes.cancelled()

    def _excess(self, worker: Worker) -> Conclusion | None:
        """What to make of a run that has taken more than the kernel can be asked to refuse."""
        limits = self._limits
        processes = worker.members()
        if len(processes) > limits.processes:
            return lambda remains: outcomes.too_many_processes(limits.processes, remains)
        if written(worker.scratch, processes) > limits.scratch:
            return lambda remains: outcomes.too_much_written(limits.scratch, remains)
        return None

    def _complete(self, result: Result, device: str) -> Result:
        hello = self._reserve.hello
        absent = {"error": None, "device": device, "torch": hello.get("torch"), "python": hello.get("python")}
        return {**absent, "seconds": 0.0, "sandbox": "none: not started", "stdout": "", **result}


def _closed(remains: Remains) -> Result:
    del remains
    return outcomes.unreadable("it was closed")


def _never() -> bool:
    return False


def _ignore(step: str) -> None:
    del step
