"""Starting, sharing, cancelling and ending: what a prober does apart from single runs."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chainrule.probe.agent.chainrule_agent.processes import children_of
from chainrule.probe.interpreters import AGENT, environment
from chainrule.probe.limits import Limits
from chainrule.probe.prober import Prober, Result
from engine_support import (
    OWNER,
    assert_healthy,
    expect_death,
    is_alive,
    open_prober,
    owner_environment,
    run,
)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def run_until_it_spins(prober: Prober, then: object, **options: object) -> Result:
    """Run a program that never ends, and call `then` with its process once it is in its loop."""

    def hear(step: str) -> None:
        if step.startswith("spinning in "):
            then(int(step.rsplit(" ", 1)[1]))  # type: ignore[operator]

    return prober.run({"program": "infinite_loop"}, progress=hear, **options)  # type: ignore[arg-type]


def test_cancel_ends_a_run() -> None:
    cancel = threading.Event()
    worker = 0

    def give_up(pid: int) -> None:
        nonlocal worker
        worker = pid
        cancel.set()

    with open_prober() as prober:
        result = run_until_it_spins(prober, give_up, cancel=cancel)
        assert (result["outcome"], result["error"]) == ("refused", "cancelled")
        assert worker and not is_alive(worker)
        assert_healthy(prober)


def test_cancel_before_the_start() -> None:
    cancel = threading.Event()
    cancel.set()
    with open_prober() as prober:
        assert prober.run({"program": "infinite_loop"}, cancel=cancel)["error"] == "cancelled"
        assert_healthy(prober)


def test_a_callback_that_raises_leaves_nothing_running() -> None:
    worker = 0

    def fail(pid: int) -> None:
        nonlocal worker
        worker = pid
        raise ZeroDivisionError

    with open_prober() as prober:
        with pytest.raises(ZeroDivisionError):
            run_until_it_spins(prober, fail)
        assert worker and not is_alive(worker)
        assert_healthy(prober)


def test_runs_may_overlap() -> None:
    with open_prober() as prober, ThreadPoolExecutor(3) as threads:
        results = list(threads.map(lambda _: run(prober, "identify"), range(6)))
        assert {result["outcome"] for result in results} == {"ok"}
        assert len({result["value"][0] for result in results}) == 6
        assert_healthy(prober)


def test_closing_ends_runs_in_progress_and_refuses_later_ones() -> None:
    with open_prober() as prober:
        result = run_until_it_spins(prober, lambda pid: prober.close())
        assert result["outcome"] == "crashed"
        later = run(prober, "trivial_loss")
        assert (later["outcome"], later["error"]) == ("refused", "the prober is closed")


@linux_only
def test_a_hundred_probes_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_prober() as prober:
        _, zygote = run(prober, "identify")["value"]
        assert_healthy(prober)
        before = footprint(zygote, tmp_path)
        for _ in range(100):
            assert run(prober, "trivial_loss")["outcome"] == "ok"
        assert footprint(zygote, tmp_path) == before
    assert not is_alive(zygote)
    assert list(tmp_path.iterdir()) == []


def footprint(zygote: int, scratch: Path) -> dict[str, object]:
    """The reserve is one process with one folder; everything else must not grow."""
    gc.collect()
    names = [thread.name for thread in threading.enumerate()]
    return {
        "processes": len(children_of(zygote)),
        "our descriptors": len(os.listdir("/proc/self/fd")),
        "its descriptors": len(os.listdir(f"/proc/{zygote}/fd")),
        "threads": sorted(name for name in names if name.startswith("chainrule")),
        "folders": len(list(scratch.glob("*/*"))),
    }


@linux_only
def test_the_zygotes_death_ends_the_run_and_not_the_prober() -> None:
    with open_prober() as prober:
        _, zygote = run(prober, "identify")["value"]

        def kill_zygote(worker: int) -> None:
            with expect_death(worker):
                os.kill(zygote, signal.SIGKILL)

        assert run_until_it_spins(prober, kill_zygote)["outcome"] == "crashed"
        assert_healthy(prober)


@linux_only
def test_a_dead_reserve_is_replaced() -> None:
    with open_prober() as prober:
        _, zygote = run(prober, "identify")["value"]
        for worker in children_of(zygote):
            with expect_death(worker):
                os.kill(worker, signal.SIGKILL)
        assert_healthy(prober)


@linux_only
def test_idle_memory_is_given_back() -> None:
    with open_prober(Limits(idle=0)) as prober:
        _, zygote = run(prober, "identify")["value"]
        with expect_death(zygote):
            pass
        assert_healthy(prober)


def start_owner(timeout: float, scratch: Path) -> tuple[subprocess.Popen[str], int, int]:
    """A process with a run in progress; its zygote, and the worker."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(timeout), "fork"],
        stdout=subprocess.PIPE,
        text=True,
        env=owner_environment(scratch),
    )
    assert owner.stdout is not None
    worker = next(int(line.split()[-1]) for line in owner.stdout if line.startswith("spinning"))
    zygote = next(pid for pid in children_of(owner.pid) if worker in children_of(pid))
    return owner, zygote, worker


@linux_only
def test_the_owners_death_ends_everything(tmp_path: Path) -> None:
    owner, zygote, worker = start_owner(1000, tmp_path)
    with owner, expect_death(zygote, worker):
        owner.kill()
    assert list(tmp_path.iterdir()) == []


@linux_only
def test_a_stopped_owner_still_has_its_workers_end(tmp_path: Path) -> None:
    owner, zygote, worker = start_owner(0.5, tmp_path)
    with owner, expect_death(zygote):
        with expect_death(worker):  # its processor time is used up
            owner.send_signal(signal.SIGSTOP)
        owner.kill()


def test_an_interpreter_without_torch_is_refused(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    places = ("bin/python", "Scripts/python.exe")
    python = next(path for place in places if (path := tmp_path / "bare" / place).exists())
    result = refused_by(str(python))
    assert str(python) in result and f"{python} -m pip install torch" in result


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("__version__ = '1.13.1+cu117'", "has torch 1.13.1+cu117; the probe needs 2.0 or newer"),
        (
            "raise ImportError('libcudart.so.12: no such file')",
            "cannot import torch: ImportError: libcudart.so.12",
        ),
        ("import os; os._exit(5)", "could not run the probe's agent: status 5"),
    ],
)
def test_a_torch_that_will_not_do_is_refused(
    module: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert message in refused_by(sys.executable)


def test_a_python_that_is_too_old_is_refused() -> None:
    for name in ("python3.8", "python3.7", "python3.6", "python2.7"):
        old = shutil.which(name)
        if old and subprocess.run([old, "-c", ""], capture_output=True).returncode == 0:
            assert "too old: the probe needs Python 3.9" in refused_by(old)
            return
    pytest.skip("no Python older than 3.9 on PATH")


@pytest.mark.parametrize("name", ["false", "/no/such/python", tempfile.gettempdir()])
def test_what_is_no_python_is_refused(name: str) -> None:
    assert "could not run the probe's agent" in refused_by(name)


def refused_by(python: str) -> str:
    with open_prober(python=python) as prober:
        result = run(prober, "trivial_loss")
        assert result["outcome"] == "refused"
        return str(result["error"])


def test_the_first_interpreter_with_torch_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv.create(tmp_path / ".venv", with_pip=False)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with open_prober(workspace=tmp_path) as prober:
        assert_healthy(prober)


def test_chainrules_own_packages_stay_out_of_the_users_interpreter(tmp_path: Path) -> None:
    (tmp_path / "bundled" / "pygls").mkdir(parents=True)
    (tmp_path / "theirs").mkdir()
    path = os.pathsep.join(str(tmp_path / name) for name in ("bundled", "theirs"))
    variables = environment(AGENT, {"PYTHONPATH": path, "PYTHONHOME": "/x", "HOME": "/home/me"})
    assert variables["PYTHONPATH"].split(os.pathsep) == [str(AGENT), str(tmp_path / "theirs")]
    assert "PYTHONHOME" not in variables and variables["HOME"] == "/home/me"
