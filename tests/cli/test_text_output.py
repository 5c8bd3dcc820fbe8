"""What a person sees: the source under carets, the path of the gradient, the summary."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from building import finding, fix, span
from chainrule.cli.formats import text as text_format
from chainrule.cli.formats.excerpt import excerpt
from chainrule.cli.formats.texts import Texts
from chainrule.cli.runner import Checked
from chainrule.cli.terminal import Style, width
from chainrule.findings import Applicability, FileError, Finding, Related, Report, Severity

LOSS = """\
def loss(pred, target):
    error = pred - target
    scale = 2.0
    worst = error.abs().max().item()


    return torch.tensor(worst * scale)
"""


def shown(source: str, found: Finding, style: Style | None = None) -> str:
    style = style or Style()
    return "\n".join(excerpt(found, Texts({found.path: source}), style, "1;31")) + "\n"


def test_the_path_is_numbered_in_the_excerpt() -> None:
    found = finding(
        LOSS,
        "error.abs().max().item()",
        steps=(
            ("pred", "`pred` comes in"),
            ("error.abs().max().item()", "cut here"),
            ("torch.tensor", "the loss"),
        ),
    )
    assert shown(LOSS, found) == (
        "    │\n"
        "  1 │ def loss(pred, target):\n"
        "    │          ──── 1 `pred` comes in\n"
        "    ⋮\n"
        "  4 │     worst = error.abs().max().item()\n"
        "    │             ^^^^^^^^^^^^^^^^^^^^^^^^ 2 cut here\n"
        "    ⋮\n"
        "  7 │     return torch.tensor(worst * scale)\n"
        "    │            ──────────── 3 the loss\n"
        "    │\n"
    )


@pytest.mark.parametrize(
    ("line", "words", "under"),
    [
        ("x = p.item()", "p.item()", "    ^^^^^^^^"),
        ("\tx = p.item()", "p.item()", "        ^^^^^^^^"),
        ("損失 = p.item()", "p.item()", "       ^^^^^^^^"),
        ("e\u0301 = p.item()", "p.item()", "    ^^^^^^^^"),
        ("'😀', p.item()", "p.item()", "      ^^^^^^^^"),
        ("x = '損失'.item()", "'損失'", "    ^^^^^^"),
        ("x\x0c = p.item()", "p.item()", "     ^^^^^^^^"),
    ],
)
def test_carets_stand_under_the_range_whatever_the_width(line: str, words: str, under: str) -> None:
    rows = shown(line, finding(line, words)).split("\n")
    source, carets = rows[1], rows[2]
    assert carets == "    │ " + under
    assert width(source[: source.index(words[:2])]) == width(carets[: carets.index("^")])


def test_a_long_line_is_cut_around_the_range() -> None:
    line = "x = [" + "1, " * 500 + "p.item()" + ", 1" * 500 + "]"
    rows = shown(line, finding(line, "p.item()")).split("\n")
    assert len(rows[1]) < 200
    assert rows[1][rows[2].index("^") :].startswith("p.item()")
    assert rows[1].endswith("...")


def test_a_long_range_shows_its_first_lines() -> None:
    source = "x = f(\n" + "    1,\n" * 50 + ").item()\n"
    rows = shown(source, finding(source, source[4:-1])).split("\n")
    assert sum("^" in row for row in rows) == 4


def test_without_unicode_the_frame_is_ascii() -> None:
    found = finding(LOSS, "error.abs()", steps=(("pred", "comes in"), ("scale", "elsewhere")))
    assert shown(LOSS, found, Style(unicode=False)).isascii()


def test_a_step_in_another_file_is_shown_there() -> None:
    other = "def helper(t):\n    return t.detach()\n"
    step = Related("h.py", span(other, "t.detach()"), "detached")
    found = replace(finding(LOSS, "error.abs()"), related=(step,))
    rows = "\n".join(excerpt(found, Texts({"losses.py": LOSS, "h.py": other}), Style(), "1"))
    assert "h.py:2:12" in rows
    assert "return t.detach()" in rows


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "tty", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], tty: bool, colour: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Style.of(Terminal() if tty else io.StringIO()).colour is colour


def test_the_summary_counts(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        finding(LOSS, "error.abs()", fixes=(fix(LOSS, "error", "e"),)),
        finding(
            LOSS, "worst", severity=Severity.WARNING, fixes=(fix(LOSS, "worst", "w", Applicability.UNSAFE),)
        ),
        finding(LOSS, "scale", "CR701", severity=Severity.INFORMATION),
    ]
    results = [
        Checked("losses.py", Report(tuple(found)), (("losses.py", LOSS),)),
        Checked("b.py", Report(errors=(FileError("b.py", "is UTF-16"),))),
    ]
    text_format.render(results, verdicts=False)
    out = capsys.readouterr().out
    assert "losses.py:4:13: error[CR105] `.item()` returns" in out
    assert "b.py: error: is UTF-16" in out
    assert out.rstrip().split("\n")[-1] == (
        "1 error, 1 warning and 1 suggestion in 1 of 2 files; 1 fixable with --fix; "
        "1 with --fix --unsafe-fixes; 1 problem while checking"
    )
