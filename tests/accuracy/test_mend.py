"""Whatever is broken in a correct loss, the fixes that are offered for it keep their promises."""

from __future__ import annotations

from pathlib import Path

import pytest

import ground_truth
from chainrule.analysis import Analyzer
from chainrule.edits import apply
from chainrule.fixing import parses
from mend import EVERY, comments, experiment, fixed_point, text_faults
from mutate import program_subjects

PROGRAMS = sorted((ground_truth.HERE / "cases").glob("*.py"))
REWRITE = "CR7"


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_fix_of_a_program_leaves_its_text_sound(path: Path, analyzer: Analyzer) -> None:
    text = path.read_text()
    for finding in analyzer.analyze(text, str(path)).findings:
        for fix in finding.fixes:
            assert bool(fix.edits) != bool(fix.reason)
            if fix.edits:
                assert list(text_faults(text, fix)) == [], (finding.code, fix.title)
    for allowed in (EVERY - {max(EVERY)}, EVERY):
        fixed = fixed_point(text, str(path), frozenset(allowed))
        assert fixed.problem == ""
        assert parses(fixed.document.text)
        assert not comments(text) - comments(fixed.document.text)


def test_the_fixes_of_broken_programs_keep_their_promises() -> None:
    tally = experiment(list(program_subjects("00")), wanted=12, seed=1)
    assert tally.broken >= 10
    assert tally.wrong == []


def test_a_fix_that_overlaps_itself_is_told() -> None:
    from chainrule.findings import Applicability, Edit, Fix, Position, Range

    def edit(first: int, last: int) -> Edit:
        return Edit(Range(Position(1, first), Position(1, last)), "x")

    fix = Fix("overlapping", Applicability.SAFE, (edit(1, 3), edit(2, 4)))
    assert [fault[:18] for fault in text_faults("a = b\n", fix)] == ["its edits overlap:"]
    assert apply("a = b\n", (edit(1, 2),)) == "x = b\n"
