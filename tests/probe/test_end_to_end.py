"""A request as the command line and the server make it, through a real worker."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainrule.probe.evidence import Outcome, read_evidence
from chainrule.probe.prober import Prober
from chainrule.probe.request import ProbeRequest, build_request

LOSS = """\
import torch

def loss(pred, target):
    print("weighing")
    best = pred.argmax(1)
    return (best - target).float().abs().mean()

def hog(pred):
    return pred.sum() + torch.zeros(1 << 50).sum()
"""


@pytest.fixture(scope="module")
def prober() -> Iterator[Prober]:
    prober = Prober(sys.executable)
    yield prober
    prober.close()


def ask(prober: Prober, path: Path, function: str, text: str = LOSS) -> dict[str, object]:
    request = ProbeRequest(str(path), text, function, device="cpu", root=str(path.parent))
    return prober.run(build_request(request))


def test_the_unsaved_text_is_what_runs(prober: Prober, tmp_path: Path) -> None:
    path = tmp_path / "losses.py"
    path.write_text("raise RuntimeError('the saved text')")
    evidence = read_evidence(ask(prober, path, "loss"))
    assert evidence.outcome is Outcome.RAISED
    assert [(c.line, c.op) for c in evidence.cuts] == [(5, ".argmax")]
    assert "weighing" in evidence.stdout
    assert not (tmp_path / "__pycache__").exists()


def test_memory_that_is_not_there_is_an_outcome(prober: Prober, tmp_path: Path) -> None:
    evidence = read_evidence(ask(prober, tmp_path / "losses.py", "hog"))
    assert evidence.outcome in (Outcome.OUT_OF_MEMORY, Outcome.NO_INPUTS)
    assert "memory" in (evidence.error or "")


def test_progress_names_the_steps(prober: Prober, tmp_path: Path) -> None:
    steps: list[str] = []
    request = ProbeRequest(str(tmp_path / "losses.py"), LOSS, "loss", device="cpu")
    prober.run(build_request(request), progress=steps.append)
    measured = [step for step in steps if not step.startswith("starting ")]
    assert measured[0] == "the module's definitions" and "finite differences" in measured


HOSTILE = """\
import ctypes, os, shutil, sys, threading
import torch

def exits(pred):
    os._exit(0)

def crashes(pred):
    ctypes.string_at(0)

def spins(pred):
    while True:
        pred = pred + 1

def leaves_a_thread(pred):
    threading.Thread(target=threading.Event().wait).start()
    return pred.sum()

def closes_its_streams(pred):
    sys.stdout.close()
    os.close(1)
    return pred.sum()

def deletes_the_project(pred):
    shutil.rmtree(os.path.dirname(__file__))
    return pred.sum()

def prints_much(pred):
    print("x" * 10_000_000)
    return pred.sum()
"""


@pytest.mark.parametrize(
    ("function", "outcome", "error"),
    [
        ("exits", Outcome.CRASHED, "ended its process with status 0"),
        ("crashes", Outcome.CRASHED, "losses.py:8 in crashes"),
        ("spins", Outcome.TIMEOUT, "in spins"),
        ("leaves_a_thread", Outcome.OK, ""),
        ("closes_its_streams", Outcome.OK, ""),
        ("deletes_the_project", Outcome.RAISED, "the probe's sandbox: no writes outside"),
        ("prints_much", Outcome.OK, ""),
    ],
)
def test_a_loss_that_misbehaves(
    function: str, outcome: Outcome, error: str, prober: Prober, tmp_path: Path
) -> None:
    path = tmp_path / "losses.py"
    path.write_text(HOSTILE)
    request = ProbeRequest(
        str(path), HOSTILE, function, inputs="torch.rand(3)", device="cpu", timeout=4, root=str(tmp_path)
    )
    evidence = read_evidence(prober.run(build_request(request)))
    if evidence.sandbox == "landlock+seccomp" or function != "deletes_the_project":
        assert evidence.outcome is outcome, evidence.error
        assert error in (evidence.error or "")
        assert path.exists()
    assert len(evidence.stdout) < 100_000
    assert read_evidence(ask(prober, path, "loss")).outcome is Outcome.RAISED


def test_what_a_loss_prints_is_told_once(prober: Prober, tmp_path: Path) -> None:
    path = tmp_path / "talking.py"
    path.write_text("def loss(pred, target):\n    print('here')\n    return (pred - target).pow(2).mean()\n")
    evidence = read_evidence(ask(prober, path, "loss", path.read_text()))
    assert evidence.outcome is Outcome.OK
    assert evidence.stdout == "here\n"
