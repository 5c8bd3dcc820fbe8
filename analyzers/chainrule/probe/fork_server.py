"""Workers forked from one warm interpreter (Linux)."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from chainrule.probe.agent.chainrule_agent.channel import Channel, Message
from chainrule.probe.agent.chainrule_agent.processes import members
from chainrule.probe.handles import END_PATIENCE, ServerGone, Worker
from chainrule.probe.interpreters import AGENT, environment
from chainrule.probe.output import OutputReader

LONGEST_PACKET = 1 << 16
LAST_WORDS = 2000
"""Characters of what a dead interpreter printed that are shown."""


class ForkServer:
    """One zygote (`chainrule_agent.zygote`) and the workers it forks. Thread-safe."""

    def __init__(self, python: str, settings: Message, output_limit: int) -> None:
        """Start `python`. Raises OSError when it cannot be executed."""
        self._scratch_root = Path(tempfile.mkdtemp(prefix="chainrule-probe-"))
        self._output_limit = output_limit
        self._workers: dict[int, Worker] = {}
        self._identities = itertools.count(1)
        self._lock = threading.Lock()
        self._greeted = threading.Event()
        self._hello: Message | None = None
        self._gone = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        errors, errors_end = os.pipe()
        try:
            self._process = subprocess.Popen(
                [python, "-m", "chainrule_agent", "zygote"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=errors_end,
                cwd=AGENT,
                env=environment(AGENT, os.environ),
                start_new_session=True,
            )
        except OSError:
            os.close(errors)
            self._control.close()
            shutil.rmtree(self._scratch_root, ignore_errors=True)
            raise
        finally:
            theirs.close()
            os.close(errors_end)
        self._errors = OutputReader(errors, output_limit)
        self._order({**settings, "scratch_root": str(self._scratch_root)})
        self._listener = threading.Thread(target=self._listen, daemon=True, name="chainrule-probe-zygote")
        self._listener.start()

    def hello(self, timeout: float) -> Message | None:
        """What the interpreter says of itself; None when it has not within `timeout` seconds.

        Raises ServerGone when it died first.
        """
        if not self._greeted.wait(timeout):
            return None
        if self._hello is None:
            self._process.wait(END_PATIENCE)
            raise ServerGone(self._last_words(), self._process.returncode)
        return self._hello

    def worker(self, gpu: bool) -> Worker:
        """Have a worker forked; it says `ready` on its channel. Raises ServerGone."""
        identity = next(self._identities)
        scratch = self._scratch_root / str(identity)
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        worker = Worker(
            channel=Channel(ours.fileno(), ours.fileno()),
            output=OutputReader(output, self._output_limit),
            scratch=scratch,
            gpu=gpu,
            kill=lambda: self._order({"kill": identity}),
            members=lambda: members(self._process.pid, worker.pid),
            release=ours.close,
        )
        try:
            with self._lock:
                if self._gone:
                    ours.close()
                    raise ServerGone(self._last_words(), self._process.returncode)
                self._workers[identity] = worker
            scratch.mkdir()
            job = {"scratch": str(scratch), "gpu": gpu}
            self._order({"fork": identity, "job": job}, [theirs.fileno(), output_end])
        finally:
            theirs.close()
            os.close(output_end)
        worker.listen()
        return worker

    @property
    def alive(self) -> bool:
        return not self._gone

    def close(self) -> None:
        """Hang up, upon which the zygote kills every worker and ends; wait for that."""
        self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(END_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its workers have asked to die with it
            self._process.wait()
        self._listener.join(END_PATIENCE)
        self._control.close()
        self._last_words()
        shutil.rmtree(self._scratch_root, ignore_errors=True)

    def _order(self, order: Message, fds: Sequence[int] = ()) -> None:
        # when the zygote is gone, the listener finds out and tells every worker's owner
        with contextlib.suppress(OSError):
            socket.send_fds(self._control, [json.dumps(order).encode()], fds)

    def _listen(self) -> None:
        try:
            while packet := self._control.recv(LONGEST_PACKET):
                self._hear(json.loads(packet))
        except OSError:
            pass  # closed on our side
        with self._lock:
            self._gone = True
            bereft = list(self._workers.values())
            self._workers.clear()
        for worker in bereft:
            if worker.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(worker.pid, signal.SIGKILL)
            worker.bury(None)
        self._greeted.set()

    def _hear(self, message: Message) -> None:
        if "hello" in message:
            self._hello = message["hello"]
            self._greeted.set()
        elif "forked" in message:
            with self._lock:
                self._workers[message["forked"]].pid = message["pid"]
        else:
            with self._lock:
                worker = self._workers.pop(message["gone"])
            worker.bury(message["status"])

    def _last_words(self) -> str:
        return self._errors.finish(END_PATIENCE).strip()[-LAST_WORDS:]
