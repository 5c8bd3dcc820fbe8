"""Edits on texts with every kind of line end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import span
from chainrule.edits import Lines, apply, line_end, normalise
from chainrule.findings import Edit, Position, Range


def insert(line: int, column: int, text: str) -> Edit:
    return Edit(Range(Position(line, column), Position(line, column)), text)


def test_edits_keep_the_line_ends_of_the_text() -> None:
    text = "a = 1\r\nb = 2\r\n"
    assert (
        apply(text, [insert(2, 1, "import x\n"), Edit(span("a = 1", "1"), "3")])
        == "a = 3\r\nimport x\r\nb = 2\r\n"
    )


def test_the_same_edit_twice_is_one_edit() -> None:
    assert apply("x\n", [insert(1, 1, "import y\n"), insert(1, 1, "import y\n")]) == "import y\nx\n"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(span("abcd", "ab"), ""), Edit(span("abcd", "bc"), "")],
        [insert(3, 1, "past the end")],
        [insert(1, 6, "past the line")],
    ],
)
def test_edits_that_cannot_be_made_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"two edits|no position"):
        apply("abcd", edits)


def test_the_line_after_the_last_is_the_end() -> None:
    assert apply("a\nb", [insert(3, 1, "!")]) == "a\nb!"


@pytest.mark.parametrize(
    ("text", "end"), [("", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\r", "\r"), ("a\n", "\n")]
)
def test_the_line_end_is_the_one_used_most(text: str, end: str) -> None:
    assert line_end(text) == end


def test_form_feeds_and_line_separators_do_not_end_lines() -> None:
    lines = Lines("a\x0cb\u2028c\nd")
    assert (len(lines), lines.line(1), lines.line(2)) == (2, "a\x0cb\u2028c", "d")


@given(st.text(alphabet="ab\r\n\x0c"))
def test_positions_are_the_same_before_and_after_normalising(text: str) -> None:
    old, new = Lines(text), Lines(normalise(text))
    assert [old.line(n) for n in range(1, len(old) + 1)] == [new.line(n) for n in range(1, len(new) + 1)]
