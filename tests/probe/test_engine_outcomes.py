"""Every way in which a run can end has an outcome, and the next run is none the worse for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chainrule.probe.limits import MIB, Limits
from chainrule.probe.prober import Prober
from engine_support import assert_healthy, open_prober, run


@pytest.fixture(scope="module")
def shared() -> Iterator[Prober]:
    with open_prober() as prober:
        yield prober


@pytest.fixture
def prober(shared: Prober) -> Iterator[Prober]:
    yield shared
    assert_healthy(shared)


def test_a_loss_runs(prober: Prober) -> None:
    result = run(prober, "trivial_loss")
    assert result["outcome"] == "ok"
    assert result["value"] == pytest.approx(0.4743, abs=1e-4)
    assert result["torch"] and result["python"] and result["seconds"] > 0


def test_an_infinite_loop_times_out_where_it_is(prober: Prober) -> None:
    result = run(prober, "infinite_loop", timeout=0.5)
    assert result["outcome"] == "timeout"
    assert "no result within 0.5 s during spinning" in result["error"]
    assert "in infinite_loop" in result["error"]


def test_a_stopped_process_times_out(prober: Prober) -> None:
    assert run(prober, "stop_itself", timeout=0.5)["outcome"] == "timeout"


def test_threads_that_never_end_are_not_waited_for(prober: Prober) -> None:
    assert run(prober, "threads_that_never_end")["outcome"] == "ok"


def test_ending_the_process_is_a_crash(prober: Prober) -> None:
    result = run(prober, "exit_now")
    assert result["outcome"] == "crashed"
    assert "status 3" in result["error"]


def test_a_segfault_is_a_crash_with_a_line(prober: Prober) -> None:
    result = run(prober, "segfault")
    assert result["outcome"] == "crashed"
    assert "SIGSEGV" in result["error"] and "in segfault" in result["error"]


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("exit_politely", "SystemExit: enough"),
        ("interrupt", "KeyboardInterrupt"),
        ("raise_unprintable", "Unprintable: <its message cannot be shown: RuntimeError>"),
    ],
)
def test_what_escapes_the_entry_is_raised(prober: Prober, program: str, error: str) -> None:
    result = run(prober, program)
    assert (result["outcome"], result["error"]) == ("raised", error)


@pytest.mark.parametrize("program", ["answer_with_an_object", "answer_too_much"])
def test_a_result_that_cannot_be_sent(prober: Prober, program: str) -> None:
    result = run(prober, program)
    assert result["outcome"] == "crashed"
    assert "the result cannot be sent" in result["error"]


@pytest.mark.parametrize(
    "program", ["allocate_100_gb_of_tensor", "allocate_100_gb_of_bytes", "allocate_in_cpp"]
)
def test_a_huge_allocation(prober: Prober, program: str) -> None:
    assert run(prober, program)["outcome"] == "out-of-memory"


def test_many_small_allocations() -> None:
    with open_prober(Limits(memory=256 * MIB)) as prober:
        assert run(prober, "allocate_bit_by_bit")["outcome"] == "out-of-memory"
        assert_healthy(prober)


def test_prints_are_captured(prober: Prober) -> None:
    result = run(prober, "greet")
    assert result["outcome"] == "ok"
    said = ["from Python", "from Python's stderr", "from descriptor 1", "from C", "from a child"]
    assert sorted(result["stdout"].splitlines()) == sorted(said)


def test_a_gigabyte_of_prints_is_cut(prober: Prober) -> None:
    result = run(prober, "print_a_gigabyte")
    assert result["outcome"] == "ok"
    assert result["stdout"].startswith("first words\nxxx")
    assert result["stdout"].endswith("xxxlast words\n")
    assert "bytes left out" in result["stdout"]
    assert len(result["stdout"]) < Limits().output + 100


def test_a_closed_stdout_does_no_harm(prober: Prober) -> None:
    assert run(prober, "close_stdout")["outcome"] == "ok"


@pytest.mark.parametrize(
    "program",
    ["close_everything", "garbage_on_every_descriptor", "foreign_message", "answer_with_a_list"],
)
def test_meddling_with_the_channel(prober: Prober, program: str) -> None:
    result = run(prober, program)
    assert result["outcome"] == "crashed"
    assert "the probe's own channel" in result["error"]


def test_a_request_must_be_json(prober: Prober) -> None:
    with pytest.raises(TypeError):
        run(prober, "trivial_loss", extra=object())
