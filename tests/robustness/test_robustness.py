"""Any text in, a report out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainrule.analysis import Analyzer, Options
from chainrule.findings import Report
from mangle import PROGRAMS, deep, generated, mangled

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def report(text: str) -> Report:
    result = Analyzer(Options(verdicts=True)).analyze(text, "/fuzz/program.py")
    lines = text.count("\n") + text.count("\r") + 2
    assert all(1 <= f.range.start.line <= lines and f.range.start <= f.range.end for f in result.findings)
    return result


@quick
@given(st.text())
def test_any_text(text: str) -> None:
    report(text)


@quick
@given(st.integers(0, 2**32))
def test_generated_programs(seed: int) -> None:
    report(generated(random.Random(seed)))


@quick
@given(st.integers(0, 2**32))
def test_mangled_programs(seed: int) -> None:
    report(mangled(random.Random(seed)))


@pytest.mark.parametrize("seed", range(20))
def test_deep_programs(seed: int) -> None:
    report(deep(random.Random(seed)))


@quick
@given(st.sampled_from(PROGRAMS), st.floats(0, 1))
def test_programs_cut_off_while_typing(path: Path, share: float) -> None:
    text = path.read_text()
    report(text[: int(len(text) * share)])


@quick
@given(st.integers(0, 2**32))
def test_an_analyzer_remembers_no_earlier_text(seed: int) -> None:
    """The second report of one path equals that of a new analyzer."""
    chance = random.Random(seed)
    before, after = mangled(chance), mangled(chance)
    used = Analyzer(Options(verdicts=True))
    used.analyze(before, "/fuzz/program.py")
    assert used.analyze(after, "/fuzz/program.py") == report(after)


def test_a_line_that_goes_on_in_column_0() -> None:
    text = "# not here \\\nimport torch\n\ndef loss(pred) -> \\\ntuple[int]:\n    return pred.detach().sum()"
    report = Analyzer().analyze(text)
    assert not report.errors
    assert [finding.code for finding in report.findings] == ["CR101"]


def test_a_bracket_that_is_open_in_column_0() -> None:
    text = "import torch\nfrom torch import nn\n\nacts = [nn.ReLU(), nn.GELU(),\nnn.Tanh(),\nnn.ELU()]\n"
    loss = "\ndef loss(pred, kind):\n    return acts[kind](pred.detach()).sum()\n"
    report = Analyzer().analyze(text + loss)
    assert not report.errors
    assert [finding.code for finding in report.findings] == ["CR101"]


def test_a_bracket_that_is_not_closed_yet() -> None:
    text = "import torch\n\nwidths = torch.tensor([1,\n\ndef loss(pred):\n    return pred.detach().sum()\n"
    report = Analyzer().analyze(text)
    assert [finding.code for finding in report.findings] == ["CR101"]


def test_operators_that_nothing_went_into() -> None:
    """What looks at the operands of a logarithm finds none where it was made of settings alone."""
    text = """
import torch

class Posterior:
    def __init__(self, rho: torch.Tensor, left: torch.Tensor):
        self.rho = rho
        self.left = left

    @property
    def sigma(self):
        return torch.log1p(torch.exp(self.rho))

    def log_posterior(self, pred, goal):
        return (torch.log(self.sigma) * pred).sum()

    def mean_loss(self, pred, goal):
        return (torch.log(torch.sum(self.rho)) * pred).sum()

    def scaled_loss(self, pred, goal):
        return (pred / torch.log_softmax(self.rho, -1).sqrt()).sum()

    def tail_loss(self, pred, goal):
        return torch.where(pred > 0, torch.log(self.left) * pred, pred).sum()
"""
    assert not Analyzer().analyze(text).errors
