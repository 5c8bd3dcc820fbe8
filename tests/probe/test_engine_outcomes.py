"""Every way in which a run can end has an outcome, and the next run is none the worse for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chainrule.probe.limits import Limits
from chainrule.probe.prober import Prober, Result

PROGRAMS = Path(__file__).with_name("programs")


@pytest.fixture(scope="module")
def prober() -> Iterator[Prober]:
    prober = Prober(limits=Limits(), entry="engine_programs:run", import_path=[PROGRAMS])
    yield prober
    prober.close()


def run(prober: Prober, program: str, **request: object) -> Result:
    return prober.run({"program": program, **request})


def test_a_loss_runs(prober: Prober) -> None:
    result = run(prober, "trivial_loss")
    assert result["outcome"] == "ok"
    assert result["value"] == pytest.approx(0.474, abs=0.01)


def test_an_infinite_loop_times_out_where_it_is(prober: Prober) -> None:
    result = run(prober, "infinite_loop", timeout=0.5)
    assert result["outcome"] == "timeout"
    assert "in infinite_loop" in result["error"]


def test_ending_the_process_is_a_crash(prober: Prober) -> None:
    result = run(prober, "exit_now")
    assert result["outcome"] == "crashed"
    assert "status 3" in result["error"]


def test_a_segfault_is_a_crash_with_a_line(prober: Prober) -> None:
    result = run(prober, "segfault")
    assert result["outcome"] == "crashed"
    assert "SIGSEGV" in result["error"] and "in segfault" in result["error"]


def test_prints_are_captured(prober: Prober) -> None:
    result = run(prober, "greet")
    assert result["outcome"] == "ok"
    assert sorted(result["stdout"].splitlines()) == sorted(
        ["from Python", "from Python's stderr", "from descriptor 1", "from C"]
    )
