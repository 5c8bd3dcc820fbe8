"""What a probe cannot do to the machine, and what it leaves behind: nothing."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainrule.probe.agent.chainrule_agent import seccomp
from chainrule.probe.limits import MIB, Limits
from chainrule.probe.prober import Prober
from engine_support import assert_healthy, is_alive, open_prober, owner_environment, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")


@pytest.fixture(scope="module")
def shared() -> Iterator[Prober]:
    with open_prober(Limits(processes=16, file_size=MIB, scratch=16 * MIB)) as prober:
        yield prober


@pytest.fixture
def prober(shared: Prober) -> Iterator[Prober]:
    yield shared
    assert_healthy(shared)


@pytest.fixture
def sandboxed(prober: Prober) -> Prober:
    """What these tests claim holds where the kernel has both; elsewhere the result says what is open."""
    name = run(prober, "trivial_loss")["sandbox"]
    if name != "landlock+seccomp":
        pytest.skip(f"this machine's sandbox is {name}")
    return prober


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "checkpoint.pt").write_text("precious")
    return tmp_path


def test_a_fork_bomb_is_a_crash(prober: Prober) -> None:
    result = run(prober, "fork_bomb")
    assert result["outcome"] == "crashed"
    assert "more than 16 processes" in result["error"]


def test_a_fork_that_returns_twice_answers_once(prober: Prober) -> None:
    result = run(prober, "fork_and_return_twice")
    assert result["outcome"] == "ok"
    assert not is_alive(result["value"])


def test_a_child_that_ignores_sigterm_dies(prober: Prober) -> None:
    assert not is_alive(run(prober, "child_that_ignores_sigterm")["value"])


def test_a_daemon_dies(prober: Prober) -> None:
    assert not is_alive(run(prober, "daemon")["value"])


def test_a_daemon_dies_without_sandbox_too() -> None:
    with open_prober(Limits(sandbox=False)) as prober:
        result = run(prober, "daemon")
        assert result["sandbox"] == "none: switched off"
        assert not is_alive(result["value"])
        assert_healthy(prober)


def test_the_workspace_cannot_be_written(sandboxed: Prober, workspace: Path) -> None:
    attempts = run(sandboxed, "write_everywhere", folder=str(workspace))["value"]
    assert "done" not in attempts.values(), attempts
    assert [(path.name, path.read_text()) for path in workspace.iterdir()] == [("checkpoint.pt", "precious")]


def test_modes_and_times_of_files_stay(sandboxed: Prober, workspace: Path) -> None:
    before = (workspace / "checkpoint.pt").stat()
    assert run(sandboxed, "touch_metadata", folder=str(workspace))["outcome"] == "ok"
    after = (workspace / "checkpoint.pt").stat()
    assert (before.st_mode, before.st_mtime_ns) == (after.st_mode, after.st_mtime_ns)


def test_the_workspace_can_be_read(prober: Prober, workspace: Path) -> None:
    assert run(prober, "read_file", folder=str(workspace))["value"] == "precious"


def test_temporary_files_can_be_written(prober: Prober) -> None:
    assert run(prober, "use_scratch")["value"] == "[1.0, 1.0]"


def test_a_file_has_a_largest_size(prober: Prober) -> None:
    result = run(prober, "fill_the_disk")
    assert result["outcome"] == "raised"
    assert "File too large" in result["error"]


@pytest.mark.parametrize("how", ["named", "deleted", "in memory"])
def test_all_files_have_a_largest_size(prober: Prober, how: str) -> None:
    result = run(prober, "fill_the_scratch", how=how)
    assert result["outcome"] == "crashed"
    assert "it wrote more than 16 MiB of files" in result["error"]


def test_the_network_cannot_be_reached(sandboxed: Prober) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        attempts = run(sandboxed, "reach_the_network", port=server.getsockname()[1])["value"]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert set(attempts.values()) == {"PermissionError"}


def test_other_processes_cannot_be_killed(sandboxed: Prober) -> None:
    attempts = run(sandboxed, "kill_outside", owner=os.getpid())["value"]
    assert set(attempts.values()) == {"PermissionError"}


REFUSING_KERNEL = """
import errno, sys
from engine_support import open_prober, owner_environment, run
from chainrule.probe.agent.chainrule_agent import kernel, seccomp
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
answers = [(int(number), errno.ENOSYS) for number in sys.argv[1:]]
seccomp.install([
    (seccomp.LOAD, 0, 0, seccomp.NUMBER),
    *(step for number, error in answers for step in seccomp.answer(number, seccomp.ERRNO | error)),
    (seccomp.RETURN, 0, 0, seccomp.ALLOW),
])
with open_prober() as prober:
    result = run(prober, "trivial_loss")
    print(result["outcome"], result["sandbox"])
"""
LANDLOCK_CALL = 444
FILES_OPEN = "files can be written (Landlock: Function not implemented)"
NETWORK_OPEN = "the network can be reached (seccomp: Function not implemented)"


@pytest.mark.parametrize(
    ("refused", "sandbox"),
    [
        (["landlock"], f"seccomp but {FILES_OPEN}"),
        (["seccomp"], f"landlock but {NETWORK_OPEN}"),
        (["landlock", "seccomp"], f"none: {FILES_OPEN}; {NETWORK_OPEN}"),
    ],
)
def test_a_kernel_without_confinement_is_told_of(refused: list[str], sandbox: str, tmp_path: Path) -> None:
    numbers = {"landlock": LANDLOCK_CALL, "seccomp": seccomp.call_numbers()["seccomp"]}
    command = [sys.executable, "-c", REFUSING_KERNEL, *(str(numbers[name]) for name in refused)]
    said = subprocess.run(
        command, env=owner_environment(tmp_path), check=True, capture_output=True, text=True
    ).stdout
    assert said == f"ok {sandbox}\n"


OLD_LANDLOCK = """
import os, sys
from chainrule.probe.agent.chainrule_agent import kernel, seccomp
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
seccomp.deny_calls((), guard_truncate=True)
for action in (lambda: os.truncate(sys.argv[1], 0), lambda: os.open(sys.argv[1], os.O_RDONLY | os.O_TRUNC)):
    try:
        action()
    except PermissionError:
        print("denied")
print(open(sys.argv[1]).read())
"""


def test_truncation_is_denied_where_landlock_does_not_know_it(workspace: Path) -> None:
    command = [sys.executable, "-c", OLD_LANDLOCK, str(workspace / "checkpoint.pt")]
    environment = owner_environment(workspace)
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == ["denied", "denied", "precious"]


def test_call_numbers_are_this_machines() -> None:
    """A wrong number would deny the wrong call: every denied name must be known for every processor."""
    names = {*seccomp.DENIED, *seccomp.UNKNOWN, *seccomp.SIGNALLING}
    for _, numbers in seccomp.ARCHITECTURES.values():
        assert names <= numbers.keys()
        assert len(set(numbers.values())) == len(numbers)
