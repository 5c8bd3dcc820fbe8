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
