"""The same engine where torch must not fork: every worker is a fresh interpreter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainrule.probe.prober import Prober
from engine_support import OWNER, assert_healthy, expect_death, is_alive, open_prober, owner_environment, run


@pytest.fixture(scope="module")
def prober() -> Iterator[Prober]:
    with open_prober(start="spawn") as prober:
        yield prober


def test_a_loss_runs(prober: Prober) -> None:
    assert_healthy(prober)


def test_an_infinite_loop_times_out_where_it_is(prober: Prober) -> None:
    result = run(prober, "infinite_loop", timeout=0.5)
    assert result["outcome"] == "timeout"
    assert "in infinite_loop" in result["error"]


def test_a_segfault_is_a_crash(prober: Prober) -> None:
    assert run(prober, "segfault")["outcome"] == "crashed"


def test_prints_are_captured(prober: Prober) -> None:
    result = run(prober, "greet")
    assert result["outcome"] == "ok"
    assert "from C" in result["stdout"].splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="waits with pidfds")
def test_a_child_that_ignores_sigterm_dies(prober: Prober) -> None:
    with expect_death(run(prober, "child_that_ignores_sigterm")["value"]):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="waits with pidfds")
def test_the_owners_death_ends_everything(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, "1000", "spawn"],
        stdout=subprocess.PIPE,
        text=True,
        env=owner_environment(tmp_path),
    )
    assert owner.stdout is not None
    worker = next(int(line.split()[-1]) for line in owner.stdout if line.startswith("spinning"))
    with owner, expect_death(worker):
        owner.send_signal(signal.SIGKILL)


def test_closing_ends_the_reserve(tmp_path: Path) -> None:
    with open_prober(start="spawn") as prober:
        worker, owner = run(prober, "identify")["value"]
        assert owner == os.getpid()
    assert not is_alive(worker)


def test_an_interpreter_that_does_not_start_is_refused() -> None:
    with open_prober(python="/no/such/python", start="spawn") as prober:
        assert run(prober, "trivial_loss")["outcome"] == "refused"
