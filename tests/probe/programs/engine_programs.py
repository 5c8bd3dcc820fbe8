"""What the engine's tests run in a worker: each function is one program. `run` is the entry."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any

import torch
from chainrule_agent import progress

Request = dict[str, Any]


def run(request: Request) -> Request:
    """Runs the program that the request names."""
    return {"outcome": "ok", "error": None, "value": globals()[request["program"]](request)}


def trivial_loss(request: Request) -> float:
    logits = torch.zeros(4, 10, requires_grad=True)
    torch.nn.functional.cross_entropy(logits, torch.tensor([1, 2, 3, 4])).backward()
    assert logits.grad is not None
    return float(logits.grad.norm())


def identify(request: Request) -> list[int]:
    return [os.getpid(), os.getppid()]


# -- running on


def infinite_loop(request: Request) -> None:
    progress.report(f"spinning in {os.getpid()}")
    while True:
        pass


def stop_itself(request: Request) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def threads_that_never_end(request: Request) -> None:
    for _ in range(4):
        threading.Thread(target=infinite_loop, args=(request,)).start()


# -- ending early


def exit_now(request: Request) -> None:
    os._exit(3)


def segfault(request: Request) -> None:
    ctypes.string_at(0)


def exit_politely(request: Request) -> None:
    sys.exit("enough")


def interrupt(request: Request) -> None:
    raise KeyboardInterrupt


class Unprintable(Exception):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __str__(self) -> str:
        raise RuntimeError("no")


def raise_unprintable(request: Request) -> None:
    raise Unprintable


def answer_with_an_object(request: Request) -> object:
    return object()


def answer_too_much(request: Request) -> str:
    return "x" * (65 * 1024 * 1024)


def answer_with_a_list(request: Request) -> None:
    write_to_channel(json.dumps([1]).encode(), framed=True)


# -- memory


def allocate_100_gb_of_tensor(request: Request) -> None:
    torch.zeros(25 * 10**9)


def allocate_100_gb_of_bytes(request: Request) -> None:
    bytearray(100 * 10**9)


def allocate_bit_by_bit(request: Request) -> None:
    kept = []
    while True:
        kept.append(torch.ones(2**20))


def allocate_in_cpp(request: Request) -> None:
    ctypes.CDLL("libstdc++.so.6")._Znwm(ctypes.c_size_t(1 << 46))  # operator new


# -- printing


def greet(request: Request) -> None:
    print("from Python")
    print("from Python's stderr", file=sys.stderr)
    os.write(1, b"from descriptor 1\n")
    ctypes.CDLL(None).puts(b"from C")
    subprocess.run(["echo", "from a child"], check=True)


def print_a_gigabyte(request: Request) -> None:
    print("first words")
    chunk = b"x" * 2**20
    for _ in range(1024):
        os.write(1, chunk)
    print("last words")


def close_stdout(request: Request) -> None:
    sys.stdout.close()
    os.close(1)


def close_everything(request: Request) -> None:
    os.closerange(3, 256)


def garbage_on_every_descriptor(request: Request) -> None:
    write_to_channel(b"{'garbage': 1}" * 100, framed=False)


def foreign_message(request: Request) -> None:
    write_to_channel(json.dumps({"surprise": 1}).encode(), framed=True)


def write_to_channel(body: bytes, *, framed: bool) -> None:
    data = b"crP1" + len(body).to_bytes(4, "big") + body if framed else body
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, data)
        except OSError:
            continue


# -- processes


def fork_bomb(request: Request) -> None:
    while True:
        os.fork()


def fork_and_return_twice(request: Request) -> int:
    child = os.fork()
    return child


def child_that_ignores_sigterm(request: Request) -> int:
    deaf = subprocess.Popen(["sh", "-c", "trap '' TERM; echo deaf; exec sleep 1000"], stdout=subprocess.PIPE)
    assert deaf.stdout is not None and deaf.stdout.readline() == b"deaf\n"
    deaf.terminate()
    return deaf.pid


def daemon(request: Request) -> int:
    """A grandchild in a session of its own, whose parent is gone."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, str(os.getpid()).encode())
            signal.pause()
        os._exit(0)
    os.wait()
    return int(os.read(reader, 100))


# -- the machine outside


def attempt(action: Callable[[], object]) -> str:
    try:
        action()
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:  # torch.save: RuntimeError
        return type(error).__name__
    return "done"


def write_everywhere(request: Request) -> dict[str, str]:
    folder = request["folder"]
    file = os.path.join(folder, "checkpoint.pt")
    return {
        "save": attempt(lambda: torch.save({}, file)),
        "append": attempt(lambda: open(file, "a")),
        "truncate": attempt(lambda: os.truncate(file, 0)),
        "truncate by opening": attempt(lambda: os.open(file, os.O_RDONLY | os.O_TRUNC)),
        "delete": attempt(lambda: os.remove(file)),
        "rename": attempt(lambda: os.rename(file, file + ".old")),
        "make folder": attempt(lambda: os.mkdir(os.path.join(folder, "logs"))),
        "link": attempt(lambda: os.symlink("/", os.path.join(folder, "root"))),
        "delete in a child": attempt(lambda: subprocess.run(["rm", file], check=True, capture_output=True)),
    }


def touch_metadata(request: Request) -> None:
    file = os.path.join(request["folder"], "checkpoint.pt")
    os.chmod(file, 0)
    os.utime(file, (0, 0))


def read_file(request: Request) -> str:
    with open(os.path.join(request["folder"], "checkpoint.pt")) as file:
        return file.read()


def use_scratch(request: Request) -> str:
    with tempfile.TemporaryDirectory() as folder:
        torch.save({"weight": torch.ones(2)}, os.path.join(folder, "a.pt"))
        os.rename(os.path.join(folder, "a.pt"), os.path.join(folder, "b.pt"))
        loaded = torch.load(os.path.join(folder, "b.pt"))
    with open(os.devnull, "w") as nothing:
        nothing.write("x")
    return str(loaded["weight"].tolist())


def fill_the_disk(request: Request) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(2**40)


def fill_the_scratch(request: Request) -> None:
    """Files without end, none of them large: with a name, deleted while open, or in memory only."""
    makers: dict[str, Callable[[], int]] = {
        "named": lambda: tempfile.mkstemp()[0],
        "deleted": lambda: os.open(tempfile.gettempdir(), os.O_TMPFILE | os.O_RDWR),
        "in memory": lambda: os.memfd_create("scratch"),
    }
    while True:
        os.write(makers[request["how"]](), bytes(2**19))


def reach_the_network(request: Request) -> dict[str, str]:
    address = ("127.0.0.1", request["port"])
    return {
        "tcp": attempt(lambda: socket.create_connection(address, timeout=5)),
        "udp": attempt(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"hello", address)),
        "unix": attempt(lambda: socket.socket(socket.AF_UNIX).connect("/var/run/anything")),
    }


def kill_outside(request: Request) -> dict[str, str]:
    targets = {"zygote": os.getppid(), "owner": request["owner"], "everybody": -1}
    return {name: attempt(lambda: os.kill(pid, signal.SIGKILL)) for name, pid in targets.items()}  # noqa: B023
