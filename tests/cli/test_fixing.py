"""Fixes made in rounds, and the patch that says what they change."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from building import finding, fix
from chainrule.cli.patch import patch
from chainrule.findings import Applicability, Finding, Report
from chainrule.fixing import fix_all, speed_up
from chainrule.sources import Document, SourceFile

SAFE, UNSAFE, DISPLAY = Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY
Analysis = Callable[[Document], Report]


def replacing(old: str, new: str, applicability: Applicability = SAFE) -> Analysis:
    """An analysis that finds the first `old` and wants `new` there."""

    def analyze(document: Document) -> Report:
        text = document.text
        found: tuple[Finding, ...] = ()
        if old in text:
            found = (finding(text, old, fixes=(fix(text, old, new, applicability),)),)
        return Report(found)

    return analyze


def both(*analyses: Analysis) -> Analysis:
    return lambda document: Report(tuple(f for analyze in analyses for f in analyze(document).findings))


def test_rounds_go_on_until_nothing_is_left() -> None:
    fixed = fix_all(SourceFile("a.py", "x = p.item() + q.item()\n"), replacing(".item()", ""), {SAFE})
    assert (fixed.document.text, fixed.count, fixed.problem) == ("x = p + q\n", 2, "")


@pytest.mark.parametrize(("applicability", "made"), [(SAFE, 1), (UNSAFE, 0), (DISPLAY, 0)])
def test_only_what_is_allowed_is_made(applicability: Applicability, made: int) -> None:
    assert (
        fix_all(SourceFile("a.py", "x = p.item()\n"), replacing(".item()", "", applicability), {SAFE}).count
        == made
    )


def test_fixes_of_the_same_text_are_made_one_after_the_other() -> None:
    analyze = both(replacing("p.item()", "p"), replacing("(p.item())", "(p.item(), 1)"))
    fixed = fix_all(SourceFile("a.py", "f(p.item())\n"), analyze, {SAFE})
    assert (fixed.document.text, fixed.count) == ("f(p)\n", 1)


def test_a_fix_that_breaks_the_syntax_is_left_out() -> None:
    analyze = both(replacing("a", "a ="), replacing("b", "c"))
    fixed = fix_all(SourceFile("a.py", "f(a, b)\n"), analyze, {SAFE})
    assert fixed.document.text == "f(a, c)\n"
    assert "could not be applied" in fixed.problem


def test_fixes_that_undo_each_other_end() -> None:
    fixed = fix_all(SourceFile("a.py", "x = 1\n"), both(replacing("1", "2"), replacing("2", "1")), {SAFE})
    assert "undo each other" in fixed.problem


def test_a_fix_that_never_ends_is_stopped() -> None:
    fixed = fix_all(SourceFile("a.py", "x = 1\n"), replacing("1", "1 + 1"), {SAFE})
    assert "still change the file after" in fixed.problem


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a = 1\nb = 2\n", b"a = 3\nb = 2\n"),
        (b"a = 1\r\nb = 2\r\n", b"a = 3\r\nb = 2\r\n"),
        (b"a = 1\nb = 2", b"a = 1\nb = 3"),
        (b"a = 1", b"a = 1\n"),
        (b"a = '\xe9\x85\x0c'\n", b"b = '\xe9\x85\x0c'\n"),
        (b"a = 1\rb = 2\r", b"a = 1\rb = 3\r"),
        (
            b"".join(b"x%d = 1\n" % n for n in range(99)),
            b"".join(b"x%d = 1\n" % n for n in range(98)) + b"\n",
        ),
        (b"-- a\n", b"++ b\n"),
    ],
)
@pytest.mark.parametrize("name", ["a.py", "with space/\u00e9t\u00e9.py"])
@pytest.mark.parametrize("below", ["", "sub"])
def test_git_applies_the_patch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, below: str, before: bytes, after: bytes
) -> None:
    git(tmp_path, "init", "-q")
    file = tmp_path / below / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(before)
    monkeypatch.chdir(tmp_path / below)
    git(tmp_path / below, "apply", "--whitespace=nowarn", "-", stdin=patch(name, before, after))
    assert file.read_bytes() == after


def test_no_change_is_no_patch() -> None:
    assert patch("a.py", b"x", b"x") == b""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.031, 0.01, "3.1 times as fast"),
        (0.5, 0.02, "25 times as fast"),
        (0.010, 0.009, ""),
        (0.00003, 0.00001, ""),
        (0.01, 0.02, ""),
        (None, 0.02, ""),
    ],
)
def test_a_speed_up_is_told_where_it_is_one(before: float | None, after: float, said: str) -> None:
    assert speed_up(before, after) == said
