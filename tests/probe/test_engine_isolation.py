"""What a probe cannot do to the machine, and what it leaves behind: nothing."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chainrule.probe.agent.chainrule_agent import seccomp
from chainrule.probe.limits import MIB, Limits
from chainrule.probe.prober import Prober
from engine_support import assert_healthy, is_alive, open_prober, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")


@pytest.fixture(scope="module")
def shared() -> Iterator[Prober]:
    with open_prober(Limits(processes=16, file_size=MIB)) as prober:
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


def test_call_numbers_are_this_machines() -> None:
    """A wrong number would deny the wrong call: every denied name must be known for every processor."""
    names = {*seccomp.DENIED, *seccomp.UNKNOWN, *seccomp.SIGNALLING}
    for _, numbers in seccomp._ARCHITECTURES.values():
        assert names <= numbers.keys()
        assert len(set(numbers.values())) == len(numbers)
