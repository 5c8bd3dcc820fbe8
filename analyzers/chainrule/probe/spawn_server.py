"""Workers that are fresh interpreters (where a process with torch in it must not fork: macOS, Windows)."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from chainrule.probe.agent.chainrule_agent.channel import Channel, ChannelClosed, Message
from chainrule.probe.agent.chainrule_agent.processes import members
from chainrule.probe.handles import END_PATIENCE, ServerGone, Worker
from chainrule.probe.interpreters import AGENT, environment
from chainrule.probe.output import OutputReader

_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows would open a console for each process of an editor, which has none."""


class SpawnServer:
    """Starts `chainrule_agent worker` for every request. Thread-safe."""

    def __init__(self, python: str, settings: Message, output_limit: int) -> None:
        """Start the first worker. Raises OSError when `python` cannot be executed."""
        self._python = python
        self._settings = settings
        self._output_limit = output_limit
        self._scratch_root = Path(tempfile.mkdtemp(prefix="chainrule-probe-"))
        self._names = itertools.count(1)
        self._lock = threading.Lock()
        self._living: dict[int, Worker] = {}
        self._greeted = threading.Event()
        self._hello: Message | None = None
        self._closed = False
        try:
            self._first: Worker | None = self._spawn()
        except OSError:
            shutil.rmtree(self._scratch_root, ignore_errors=True)
            raise

    @property
    def alive(self) -> bool:
        return not self._closed

    def hello(self, timeout: float) -> Message | None:
        """What the interpreter says of itself; None when it has not within `timeout` seconds.

        Raises ServerGone when it died first.
        """
        if not self._greeted.wait(timeout):
            return None
        if self._hello is None and self._first is not None:
            remains = self._first.end()
            raise ServerGone(remains.printed.strip(), remains.status)
        return self._hello

    def worker(self, gpu: bool) -> Worker:
        """A process on its way to be `ready`, which takes as long as importing torch. Raises ServerGone."""
        with self._lock:
            worker, self._first = self._first, None
        try:
            worker = worker or self._spawn()
        except OSError as error:
            raise ServerGone(error.strerror or str(error), None) from error
        worker.gpu = gpu
        job = {"scratch": str(worker.scratch), "gpu": gpu}
        with contextlib.suppress(ChannelClosed):  # it has died; its events say so
            worker.channel.send({"job": job, "settings": self._settings})
        return worker

    def close(self) -> None:
        """Kill every worker, and wait for that."""
        with self._lock:
            self._closed = True
            first, self._first = self._first, None
            living = list(self._living.values())
        if first is not None:
            first.end()
        for worker in living:
            worker.kill()
            worker.wait_until_buried()
        shutil.rmtree(self._scratch_root, ignore_errors=True)

    def _spawn(self) -> Worker:
        output, output_end = os.pipe()
        try:
            process = subprocess.Popen(
                [self._python, "-m", "chainrule_agent", "worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output_end,
                bufsize=0,
                cwd=AGENT,
                env=environment(AGENT, os.environ),
                start_new_session=True,
                creationflags=_NO_WINDOW,
            )
        except OSError:
            os.close(output)
            raise
        finally:
            os.close(output_end)
        assert process.stdin is not None and process.stdout is not None
        to_worker, from_worker = process.stdin, process.stdout

        def release() -> None:
            for pipe in (to_worker, from_worker):
                with contextlib.suppress(OSError):
                    pipe.close()

        scratch = self._scratch_root / str(next(self._names))
        scratch.mkdir()
        worker = Worker(
            channel=Channel(from_worker.fileno(), to_worker.fileno()),
            output=OutputReader(output, self._output_limit),
            scratch=scratch,
            gpu=False,
            kill=lambda: _kill_tree(process),
            members=lambda: members(os.getpid(), process.pid),
            release=release,
            greet=self._hear_hello,
            pid=process.pid,
        )
        with self._lock:
            self._living[process.pid] = worker
        threading.Thread(
            target=self._bury, args=(process, worker), daemon=True, name="chainrule-probe-wait"
        ).start()
        worker.listen()
        return worker

    def _hear_hello(self, hello: Message) -> None:
        self._hello = hello
        self._greeted.set()

    def _bury(self, process: subprocess.Popen[bytes], worker: Worker) -> None:
        status = process.wait()
        _kill_tree(process)  # what it started and left behind
        with self._lock:
            del self._living[process.pid]
        worker.bury(status)
        self._greeted.set()


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                command, capture_output=True, timeout=END_PATIENCE, check=False, creationflags=_NO_WINDOW
            )
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: no permission for zombies
        os.killpg(process.pid, signal.SIGKILL)
