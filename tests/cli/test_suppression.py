"""Comments that silence findings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import at, finding
from chainrule import suppression
from chainrule.edits import apply
from chainrule.findings import Report


def codes_left(text: str, *words: str, code: str = "CR105") -> list[str]:
    """The codes that remain of findings on `words`."""
    report = Report(tuple(finding(text, word, code) for word in words))
    return [f.code for f in suppression.apply(report, text, "a.py").findings]


@pytest.mark.parametrize(
    "comment",
    [
        "# chainrule: ignore",
        "# chainrule: ignore[CR105]",
        "#chainrule:ignore [CR101, cr105] logged only",
        "# noqa: CR105",
        "# noqa: E501, CR105",
        "# noqa",
        "# type: ignore  # chainrule: ignore[CR105]",
    ],
)
def test_a_comment_on_the_line_silences(comment: str) -> None:
    assert "CR105" not in codes_left(f"x = p.item()  {comment}\n", "p.item()")


@pytest.mark.parametrize(
    "comment",
    [
        "# chainrule: ignore[CR101]",
        "# noqa: E501",
        "# chainrule: inputs p=1",
        "# chainrule: ignored",
        "'# noqa'",
    ],
)
def test_other_comments_do_not(comment: str) -> None:
    assert "CR105" in codes_left(f"x = p.item(); {comment}\n", "p.item()")


def test_the_first_and_the_last_line_of_a_range_count() -> None:
    body = "x = f(  {0}\n    p  {1}\n    .item()\n)  {2}\n"
    for place, silenced in ((0, True), (1, False), (2, True)):
        comments = ["", "", ""]
        comments[place] = "# chainrule: ignore"
        text = body.format(*comments)
        report = Report((finding(text, text[text.index("f(") : text.index(")  ") + 1]),))
        left = suppression.apply(report, text, "a.py").findings
        assert ("CR105" not in [f.code for f in left]) is silenced


def test_comments_inside_strings_are_text() -> None:
    text = 's = """\n# chainrule: ignore\n"""\nt = "# noqa: CR105"\nu = f\'# noqa: CR105\'\n'
    assert suppression.find(text) == ()


def test_broken_code_is_searched_too() -> None:
    text = "def f(:\n  s = 'open\n  x = p.item()  # chainrule: ignore\n"
    assert codes_left(text, "p.item()") == []


@pytest.mark.parametrize(
    ("line", "message", "mended"),
    [
        ("x = 1  # chainrule: ignore", "silences nothing", "x = 1"),
        ("x = 1  # chainrule: ignore[CR101] for logs", "silences no CR101", "x = 1"),
        ("x = 1  # chainrule: ignore  # type: ignore", "silences nothing", "x = 1  # type: ignore"),
        ("x = 1  # noqa: E501, CR106", "silences no CR106", "x = 1  # noqa: E501"),
        (
            "x = p.item()  # chainrule: ignore[CR105, CR106]",
            "silences no CR106",
            "x = p.item()  # chainrule: ignore[CR105]",
        ),
    ],
)
def test_an_unused_comment_is_reported_and_removed(line: str, message: str, mended: str) -> None:
    report = Report((finding(line, "p.item()"),) if "item" in line else ())
    (unused,) = suppression.apply(report, line, "a.py").findings
    assert unused.code == suppression.UNUSED
    assert message in unused.message
    assert at(line, unused.range).startswith("#")
    assert apply(line, unused.fixes[0].edits) == mended


@given(st.text(alphabet="#'\"\\\nchainrule: ignore[CR105]noqa"))
def test_any_text_is_searched_without_complaint(text: str) -> None:
    for comment in suppression.find(text):
        assert at(text, comment.range).startswith("#")
