"""Between two keystrokes: what was said stays with its lines, and nothing is said of the edited ones."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from chainrule import analysis
from chainrule.analysis import Analyzer, Options
from chainrule.findings import Finding, Report
from test_versions import edited, long_text

TWO_LOSSES = """\
import torch
import torch.nn as nn
import torch.nn.functional as F


class Losses(nn.Module):
    def hard(self, pred, target):
        picked = pred.argmax(dim=1).float()
        return F.mse_loss(picked, target)

    def soft_loss(self, pred, target):
        scale = pred.detach()
        return F.mse_loss(scale, target)


def distance_loss(pred, target):
    return (pred.detach() - target).abs().sum()
"""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Analyzer:
    """An analyser for which every block that is edited takes too long."""
    monkeypatch.setattr(analysis, "_AT_ONCE", -1)
    return Analyzer(Options(verdicts=True))


def said(report: Report, text: str) -> set[tuple[str, str, str, int]]:
    """The findings by the lines that they stand on."""
    lines = text.split("\n")
    return {
        (f.code, f.function, lines[f.range.start.line - 1], f.range.start.column) for f in report.findings
    }


def without_fixes(report: Report) -> list[Finding]:
    return [replace(finding, fixes=()) for finding in report.findings]


def of(report: Report, function: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.function == function]


def test_what_is_below_an_edit_moves_with_its_lines(patient: Analyzer) -> None:
    before = patient.analyze(TWO_LOSSES, "losses.py")
    text = TWO_LOSSES.replace("        picked =", "        total = 0.0\n        picked =")

    now = patient.analyze(text, "losses.py", settle=False)

    assert patient.unsettled("losses.py")
    assert said(now, text) == said(before, TWO_LOSSES)
    moved = of(now, "Losses.soft_loss")
    assert [f.range.start.line for f in moved] == [
        f.range.start.line + 1 for f in of(before, "Losses.soft_loss")
    ]
    assert all(step.range.start.line != 0 and not f.fixes for f in moved for step in f.related)
    assert patient.analyze(text, "losses.py").findings == Analyzer().analyze(text, "losses.py").findings
    assert not patient.unsettled("losses.py")


def test_nothing_is_said_of_an_edited_line(patient: Analyzer) -> None:
    patient.analyze(TWO_LOSSES, "losses.py")
    text = TWO_LOSSES.replace("scale = pred.detach()", "scale = pred.detac()")

    now = patient.analyze(text, "losses.py", settle=False)

    assert not of(now, "Losses.soft_loss")
    assert of(now, "distance_loss")


def test_the_verdicts_of_a_function_stay_while_its_last_line_is_typed(patient: Analyzer) -> None:
    patient.analyze(TWO_LOSSES, "losses.py")
    text = TWO_LOSSES.replace("scale, target)", "scale, target) +\\\n            0")

    now = patient.analyze(text, "losses.py", settle=False)
    paused = patient.analyze(text, "losses.py")

    assert [f.qualname for f in now.functions] == [f.qualname for f in paused.functions]
    assert [f.range.start for f in now.functions] == [f.range.start for f in paused.functions]
    ends = zip(now.functions, paused.functions, strict=True)
    assert all(typed.range.end.line >= last.range.end.line for typed, last in ends)


def test_what_cannot_be_parsed_waits_for_the_pause() -> None:
    analyzer = Analyzer()
    before = analyzer.analyze(TWO_LOSSES, "losses.py")
    text = TWO_LOSSES.replace("return F.mse_loss(picked, target)", "return F.mse_loss(picked, ")

    typing = analyzer.analyze(text, "losses.py", settle=False)
    paused = analyzer.analyze(text, "losses.py")

    assert of(before, "Losses.soft_loss") and not before.errors
    assert len(of(typing, "Losses.soft_loss")) == len(of(before, "Losses.soft_loss"))
    assert not typing.errors and paused.errors


def test_a_quote_that_hides_functions_costs_none_of_what_is_known() -> None:
    analyzer = Analyzer()
    before = analyzer.analyze(TWO_LOSSES, "losses.py")
    hidden = analyzer.analyze(
        TWO_LOSSES.replace("import torch\n", 'import torch\n"""', 1), "losses.py", False
    )

    again = analyzer.analyze(TWO_LOSSES, "losses.py", settle=False)

    assert not of(hidden, "distance_loss")
    assert without_fixes(again) == without_fixes(before)
    assert analyzer.analyze(TWO_LOSSES, "losses.py") == before


def test_fixes_that_read_the_file_wait_for_the_pause() -> None:
    """Those of an index do, whose repair may be in other functions; those of a detach stand in one."""
    analyzer = Analyzer()
    before = analyzer.analyze(TWO_LOSSES, "losses.py")
    text = TWO_LOSSES + "\n\nnumber = 1\n"

    typing = analyzer.analyze(text, "losses.py", settle=False)
    waits = analyzer.unsettled("losses.py")
    paused = analyzer.analyze(text, "losses.py")

    assert without_fixes(typing) == without_fixes(before)
    assert waits and not of(typing, "Losses.hard")[0].fixes
    assert of(typing, "distance_loss") == of(before, "distance_loss")
    assert paused.findings == before.findings and of(paused, "Losses.hard")[0].fixes
    assert not analyzer.unsettled("losses.py")


@pytest.mark.parametrize("seed", range(4))
def test_no_other_lines_are_spoken_of_while_somebody_types(seed: int, patient: Analyzer) -> None:
    chance = random.Random(seed)
    text = long_text(chance)
    known = said(patient.analyze(text, "long.py"), text)
    for _ in range(12):
        text = edited(text, chance)
        typing = said(patient.analyze(text, "long.py", settle=False), text)
        fresh = Analyzer(Options(verdicts=True)).analyze(text, "long.py")
        assert typing <= known | said(fresh, text)
        if chance.random() < 0.3:
            assert patient.analyze(text, "long.py").findings == fresh.findings
        known = typing | said(fresh, text)
