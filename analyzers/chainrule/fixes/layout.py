"""What edits of expressions do to the lines around them: comments that would go, lines that would break."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter

from chainrule.edits import apply, normalise
from chainrule.findings import Edit
from chainrule.fixes.text import SourceText


def settled(source: SourceText, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """`edits`, with the comments that they would lose above the statement, and in lines that Python can read.

    An expression over several lines is written in one where it leaves the parentheses that held it together.
    """
    if any("\n" in normalise(edit.text) for edit in edits) and not _parses(source, edits):
        flat = tuple(Edit(edit.range, in_one_line(edit.text)) for edit in edits)
        edits = flat if _parses(source, flat) else edits
    return (*edits, *_kept_comments(source, edits))


def _kept_comments(source: SourceText, edits: tuple[Edit, ...]) -> list[Edit]:
    """Insertions of the comments that lie in edited code and in no new text."""
    spans = [source.span_of(edit.range) for edit in edits]
    written = Counter[str]()
    lost: list[tuple[int, str]] = []
    for start, end in source.comments:
        if any(first <= start and end <= last for first, last in spans):
            comment = source.text[start:end]
            if written[comment] < sum(edit.text.count(comment) for edit in edits):
                written[comment] += 1
            else:
                lost.append((start, comment))
    places: dict[int, list[str]] = {}
    for offset, comment in lost:
        places.setdefault(source.logical_line(offset), []).append(comment)
    kept = []
    for line, comments in places.items():
        at = source.line_start(line)
        if not any(first < at < last for first, last in spans):
            indent = source.indentation(line)
            text = "".join(indent + comment + source.newline for comment in comments)
            kept.append(Edit(source.range(at, at), text))
    return kept


def _parses(source: SourceText, edits: tuple[Edit, ...]) -> bool:
    try:
        ast.parse(apply(source.text, edits))
    except (SyntaxError, ValueError):
        return False
    return True


def in_one_line(text: str) -> str:
    """An expression without its line breaks and comments; another text as it is."""
    text = normalise(text)
    if "\n" not in text or not _is_expression(text):
        return text
    pieces: list[str] = []
    previous = (1, 0)
    for token in tokenize.generate_tokens(io.StringIO(f"({text}\n)").readline):
        if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER):
            continue
        same_line = token.start[0] == previous[0]
        gap = token.start[1] > previous[1] if same_line else not (pieces and pieces[-1] in "([{")
        pieces += [" ", token.string] if gap and token.string not in ")]}," else [token.string]
        previous = token.end
    return "".join(pieces)[1:-1].strip()


def _is_expression(text: str) -> bool:
    try:
        ast.parse(f"({text}\n)", mode="eval")
    except SyntaxError:
        return False
    return True
