"""Findings built by hand: by the words of a text that they are about."""

from __future__ import annotations

from chainrule.edits import Lines
from chainrule.findings import (
    Applicability,
    Edit,
    Finding,
    Fix,
    Position,
    Range,
    Related,
    Severity,
    Verdict,
)


def span(text: str, words: str, nth: int = 1) -> Range:
    """The range of the `nth` occurrence of `words` in `text`."""
    offset = -1
    for _ in range(nth):
        offset = text.index(words, offset + 1)
    return Range(position(text, offset), position(text, offset + len(words)))


def position(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def at(text: str, range_: Range) -> str:
    """The text of a range."""
    start, end = Lines(text).span_of(range_)
    return text[start:end]


def finding(
    text: str,
    words: str,
    code: str = "CR105",
    *,
    severity: Severity = Severity.ERROR,
    path: str = "losses.py",
    steps: tuple[tuple[str, str], ...] = (),
    fixes: tuple[Fix, ...] = (),
    message: str = "`.item()` returns a Python number: no gradient reaches `pred`",
) -> Finding:
    """A finding on the first `words` of `text`; `steps` are (words, message) of its path."""
    return Finding(
        code,
        "python-scalar",
        severity,
        path,
        span(text, words),
        message,
        "loss",
        ("pred",),
        Verdict.CUT,
        tuple(Related(path, span(text, step), said) for step, said in steps),
        fixes,
    )


def fix(
    text: str,
    words: str,
    new: str,
    applicability: Applicability = Applicability.SAFE,
    title: str = "drop `.item()`",
) -> Fix:
    return Fix(title, applicability, (Edit(span(text, words), new),))
