"""Text edits: positions to offsets, and edits applied to a text.

A line ends as Python's own reader ends it: at a line feed, a carriage return, or both together, and
nowhere else (form feeds and U+2028 are ordinary characters).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from chainrule.findings import Edit, Position, Range

_LINE_END = re.compile(r"\r\n?|\n")


def normalise(text: str) -> str:
    """`text` with every line end written as a line feed; lines and columns stay what they are."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def line_end(text: str) -> str:
    r"""The line end that `text` uses most: `"\n"`, `"\r\n"` or `"\r"` (`"\n"` when it has none)."""
    if "\r" not in text:
        return "\n"
    pairs = text.count("\r\n")
    counts = {"\r\n": pairs, "\n": text.count("\n") - pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda end: counts[end])


class Lines:
    """The lines of one text, and the offset of every position in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def line(self, number: int) -> str:
        """Line `number` (1-based) without its end; empty past the last line."""
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].rstrip("\r\n")

    def offset(self, position: Position) -> int:
        """The offset of `position`. The line after the last one stands for the end of the text.

        Raises ValueError when the text has no such position.
        """
        line, column = position.line, position.column
        if line == len(self._starts) + 1 and column == 1:
            return len(self.text)
        if not 1 <= line <= len(self._starts) or not 1 <= column <= len(self.line(line)) + 1:
            raise ValueError(f"no position {line}:{column} in a text of {len(self._starts)} lines")
        return self._starts[line - 1] + column - 1

    def span(self, range_: Range) -> tuple[int, int]:
        """The offsets of a range. Raises ValueError as `offset` does."""
        start, end = self.offset(range_.start), self.offset(range_.end)
        if end < start:
            raise ValueError(f"the range ends before it starts: {range_}")
        return start, end


def conflict(left: Edit, right: Edit) -> bool:
    """Whether two edits cannot be applied together. The same edit twice is one edit."""
    if left == right:
        return False
    return left.range.overlaps(right.range) or left.range.start == right.range.start


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits` made, in the line ends of `text`.

    Raises ValueError when two edits conflict, or one lies outside the text.
    """
    wanted: Sequence[Edit] = sorted(set(edits), key=lambda edit: edit.range)
    for left, right in pairwise(wanted):
        if conflict(left, right):
            raise ValueError(f"two edits of the same text: {left.range} and {right.range}")
    lines, end_of_line = Lines(text), line_end(text)
    parts: list[str] = []
    done = 0
    for edit in wanted:
        start, end = lines.span(edit.range)
        parts += text[done:start], edit.text.replace("\n", end_of_line)
        done = end
    return "".join([*parts, text[done:]])
