"""Whatever is broken in a correct loss, the fixes that are offered for it keep their promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.analysis import Analyzer
from chainrule.edits import apply
from chainrule.fixing import parses
from losses import catalogue
from mend import EVERY, comments, experiment, fixed_point, text_faults
from mutate import Subject, ground_truth, library_subjects, program_subjects
from statics import package_root

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


LIBRARIES = 10


@pytest.fixture(scope="module")
def libraries() -> list[Subject]:
    """The losses of ten libraries, where as many of requirements.txt are installed."""
    installed = {loss.library for loss in catalogue() if package_root(loss.library) is not None}
    if len(installed) < LIBRARIES:
        pytest.skip(f"{len(installed)} of the libraries in requirements.txt are installed, not {LIBRARIES}")
    return list(library_subjects())


def test_every_fix_of_a_library_leaves_its_text_sound(libraries: list[Subject], analyzer: Analyzer) -> None:
    paths = sorted({path for subject in libraries for path, _ in subject.functions})
    for path in paths:
        text = Path(path).read_text(encoding="utf-8")
        for finding in analyzer.analyze(text, path).findings:
            for fix in finding.fixes:
                if fix.edits:
                    assert list(text_faults(text, fix)) == [], (path, finding.code, fix.title)
        assert fixed_point(text, path, frozenset(EVERY)).problem == "", path


def test_the_fixes_of_broken_libraries_keep_their_promises(libraries: list[Subject]) -> None:
    tally = experiment(libraries, wanted=60, seed=3)
    assert tally.broken == 60
    assert tally.wrong == []


def test_a_fix_that_overlaps_itself_is_told() -> None:
    from chainrule.findings import Applicability, Edit, Fix, Position, Range

    def edit(first: int, last: int) -> Edit:
        return Edit(Range(Position(1, first), Position(1, last)), "x")

    fix = Fix("overlapping", Applicability.SAFE, (edit(1, 3), edit(2, 4)))
    assert [fault[:18] for fault in text_faults("a = b\n", fix)] == ["its edits overlap:"]
    assert apply("a = b\n", (edit(1, 2),)) == "x = b\n"
