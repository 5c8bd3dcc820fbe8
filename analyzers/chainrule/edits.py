"""Text edits: lines, positions and offsets of a text, and edits applied to it.

A line ends as Python's own reader ends it: at a line feed, a carriage return, or both together, and
nowhere else (form feeds and U+2028 are ordinary characters).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from chainrule.findings import Edit, Fix, Position, Range

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
    """The lines of one text, and the offset (0-based, in characters) of every position in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def line_start(self, number: int) -> int:
        """Offset at which the 1-based line begins; the text's end beyond the last line."""
        return self._starts[number - 1] if number <= len(self._starts) else len(self.text)

    def line_end(self, number: int) -> int:
        """Offset of the line break (or of the text's end) that ends the 1-based line."""
        start, stop = self.line_start(number), self.line_start(number + 1)
        while stop > start and self.text[stop - 1] in "\r\n":
            stop -= 1
        return stop

    def line(self, number: int) -> str:
        """Line `number` (1-based) without its end; empty past the last line."""
        return self.text[self.line_start(number) : self.line_end(number)] if number >= 1 else ""

    def line_of(self, offset: int) -> int:
        """The 1-based line that an offset is in."""
        return bisect_right(self._starts, offset)

    def position(self, offset: int) -> Position:
        line = self.line_of(offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets."""
        return Range(self.position(start), self.position(end))

    def offset_of(self, position: Position) -> int:
        """The offset of `position`. The line after the last one stands for the end of the text.

        Raises ValueError when the text has no such position.
        """
        line, column = position.line, position.column
        if line == len(self._starts) + 1 and column == 1:
            return len(self.text)
        if not 1 <= line <= len(self._starts) or not 1 <= column <= len(self.line(line)) + 1:
            raise ValueError(f"no position {line}:{column} in a text of {len(self._starts)} lines")
        return self._starts[line - 1] + column - 1

    def span_of(self, range_: Range) -> tuple[int, int]:
        """The offsets of a range. Raises ValueError as `offset_of` does."""
        start, end = self.offset_of(range_.start), self.offset_of(range_.end)
        if end < start:
            raise ValueError(f"the range ends before it starts: {range_}")
        return start, end


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits` made, in the line ends of `text`; every edit speaks about `text` as given.

    The same edit twice is one edit; insertions at one place are made in the order given. Raises ValueError
    when two edits change the same characters, or one lies outside the text.
    """
    lines, end_of_line = Lines(text), line_end(text)
    spans = [(*lines.span_of(edit.range), edit.text) for edit in dict.fromkeys(edits)]
    spans.sort(key=lambda span: span[:2])
    parts: list[str] = []
    done = 0
    for start, end, new in spans:
        if start < done:
            where = lines.position(start)
            raise ValueError(f"two edits overlap at line {where.line}, column {where.column}")
        parts += text[done:start], normalise(new).replace("\n", end_of_line)
        done = end
    return "".join([*parts, text[done:]])


def compatible(fixes: Iterable[Fix]) -> Iterator[Fix]:
    """The fixes that can be made together, the earlier ones first; those without edits are left out.

    An edit that several fixes share (one import, one mask) does not keep them apart.
    """
    taken: dict[Edit, None] = {}
    for fix in fixes:
        fresh = [edit for edit in fix.edits if edit not in taken]
        if fix.edits and not any(_collide(edit, other) for edit in fresh for other in taken):
            taken.update(dict.fromkeys(fresh))
            yield fix


def _collide(one: Edit, other: Edit) -> bool:
    """Whether edits of two fixes touch. In which order both would insert at one place, nobody has said."""
    if one.range.start == one.range.end and one.range == other.range:
        return True
    return one.range.overlaps(other.range)
