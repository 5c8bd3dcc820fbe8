"""The warm parent of workers: imports torch once, and forks a process for every probe (Linux).

It speaks with its owner over one packet socket. From the owner: `{"fork": id, "job": …}`, with the worker's
ends of its channel and of its output pipe attached, and `{"kill": id}`. To the owner: `{"hello": …}` once,
`{"forked": id, "pid"}`, and `{"gone": id, "status"}` when that worker and every process it had started are
dead; a status is what `os.waitstatus_to_exitcode` returns. At the end of the stream it kills what is left
and ends.

It never runs user code, never touches CUDA and never starts torch's threads: a fork would inherit the damage.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import warnings

from .channel import Channel, Message
from .interpreter import describe_interpreter
from .kernel import PR_SET_CHILD_SUBREAPER, die_with_parent, prctl
from .processes import Family
from .worker import Entry, load_entry, work

LONGEST_PACKET = 1 << 16


def serve() -> None:
    """Run until the owner hangs up. The socket is descriptor 0; its first packet holds the settings."""
    control = socket.socket(fileno=os.dup(0))
    settings = json.loads(control.recv(LONGEST_PACKET))
    hello = describe_interpreter()
    entry = None if "refused" in hello else load_entry(settings)
    _send(control, {"hello": hello})
    if entry is not None:
        try:
            _Zygote(control, settings, entry).run()
        finally:
            shutil.rmtree(settings["scratch_root"], ignore_errors=True)


class _Zygote:
    def __init__(self, control: socket.socket, settings: Message, entry: Entry) -> None:
        self._control = control
        self._settings = settings
        self._entry = entry
        self._family = Family()
        self._workers: dict[int, int] = {}  # the owner's id of each worker, by pid
        self._wake = os.pipe()  # a signal makes it readable

    def run(self) -> None:
        prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a worker leaves behind comes to us, to be killed
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the owner's to handle
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        # Python 3.12 warns of forking while numpy's idle BLAS thread exists; BLAS has fork handlers of its
        # own
        warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*fork.*")
        gc.collect()
        gc.freeze()  # or the collector of every worker would copy these pages
        wake_read, wake_write = self._wake
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            while True:
                ready, _, _ = select.select([self._control.fileno(), wake_read], [], [])
                if wake_read in ready:
                    os.read(wake_read, 4096)
                    self._bury_the_dead()
                if self._control.fileno() in ready and not self._obey():
                    return
        finally:
            for pid in list(self._workers):
                self._family.end(pid)
            self._family.bury_orphans(())

    def _obey(self) -> bool:
        packet, fds, _, _ = socket.recv_fds(self._control, LONGEST_PACKET, 2)
        if not packet:
            return False
        order = json.loads(packet)
        if "fork" in order:
            self._fork(order, fds)
        else:
            for pid, identity in list(self._workers.items()):
                if identity == order["kill"]:
                    self._end(pid)
        return True

    def _fork(self, order: Message, fds: list[int]) -> None:
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self._become_worker(zygote, order["job"], fds)
            finally:
                os._exit(1)
        for fd in fds:
            os.close(fd)
        self._workers[pid] = order["fork"]
        _send(self._control, {"forked": order["fork"], "pid": pid})

    def _become_worker(self, zygote: int, job: Message, fds: list[int]) -> None:
        os.setsid()
        die_with_parent(zygote)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        self._control.close()
        for fd in self._wake:
            os.close(fd)
        channel_fd, output_fd = fds
        os.set_inheritable(
            channel_fd, False
        )  # as received, a program that the user's code starts would have it
        work(Channel(channel_fd, channel_fd), output_fd, job, self._settings, self._entry)

    def _bury_the_dead(self) -> None:
        for pid in self._family.dead(self._workers):
            self._end(pid)
        self._family.bury_orphans(self._workers)

    def _end(self, pid: int) -> None:
        status = self._family.end(pid)
        identity = self._workers.pop(pid)
        self._family.bury_orphans(self._workers)
        _send(self._control, {"gone": identity, "status": status})


def _send(control: socket.socket, message: Message) -> None:
    with contextlib.suppress(OSError):  # when the owner is gone, the end of its stream says so to `run`
        control.send(json.dumps(message).encode())
