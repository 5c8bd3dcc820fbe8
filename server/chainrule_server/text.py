"""Lines and columns, as editors count them.

A line ends at ``\\n``, ``\\r\\n`` or ``\\r`` and nowhere else: so say the protocol and Python's tokenizer.
(`str.splitlines`, which pygls uses, also breaks at form feeds and U+2028.) Columns travel in the unit
that was agreed on with the client; inside chainrule they count code points, from 1.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import accumulate

from lsprotocol import types

from chainrule.findings import Position, Range

END_OF_LINE = 1 << 30
"""A column past the end of any line; translated to a client, it is the line's end."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


class Unit(Enum):
    """What one step of a client's column counts."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    @classmethod
    def of(cls, encoding: types.PositionEncodingKind | str | None) -> Unit:
        """The unit of an encoding that was agreed on."""
        return cls.UTF16 if encoding is None else cls(getattr(encoding, "value", encoding))

    def width(self, text: str) -> int:
        """How many units `text` takes. Lone surrogates, which JSON can carry, count like any character."""
        if self is Unit.UTF32 or text.isascii():
            return len(text)
        if self is Unit.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for character in text if character > "\uffff")

    def counts_characters(self, text: str) -> bool:
        """Whether columns in `text` are in this unit what they are in code points."""
        if self is Unit.UTF32 or text.isascii():
            return True
        return self is Unit.UTF16 and len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)

    def index(self, line: str, column: int) -> int:
        """The index in `line` of the code point that holds unit `column`; past the end, the length."""
        if self is Unit.UTF32 or line.isascii():
            return min(column, len(line))
        passed = 0
        for index, character in enumerate(line):
            passed += self.width(character)
            if passed > column:
                return index
        return len(line)


def split_lines(text: str) -> list[str]:
    """The lines of `text` with their endings; no empty last line."""
    if "\r" in text:
        return _LINE.findall(text)
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def span(text: str, place: types.Range, unit: Unit) -> tuple[int, int]:
    """Where a client's range begins and ends in `text`, as indices; outside the text, its ends."""
    if "\r" in text:
        table = LineTable(text, unit)
        return table.offset(table.from_client(place.start)), table.offset(table.from_client(place.end))
    return _offset(text, place.start, unit), _offset(text, place.end, unit)


def _offset(text: str, position: types.Position, unit: Unit) -> int:
    """The index of a position in a text whose lines end with line feeds alone."""
    lines = text.split("\n", position.line + 1)
    if len(lines) <= position.line:
        return len(text)
    rest = len(lines[position.line + 1]) + 1 if len(lines) > position.line + 1 else 0
    line = lines[position.line]
    return len(text) - rest - len(line) + unit.index(line, position.character)


class LineTable:
    """The lines of one text, for translating places."""

    def __init__(self, text: str, unit: Unit) -> None:
        self.lines = split_lines(text)
        self.unit = unit
        self._starts = [0, *accumulate(map(len, self.lines))]

    def _content(self, line: int) -> str:
        """Line number `line`, from 0, without its ending; empty past the last."""
        return self.lines[line].rstrip("\r\n") if 0 <= line < len(self.lines) else ""

    def to_client(self, position: Position) -> types.Position:
        """Where the client sees `position`; columns past a line's end stop at the end."""
        line = max(position.line - 1, 0)
        prefix = self._content(line)[: max(position.column - 1, 0)]
        return types.Position(line, self.unit.width(prefix))

    def from_client(self, position: types.Position) -> Position:
        """The place in code points; a column past a line's end is that line's end, as LSP asks."""
        index = self.unit.index(self._content(position.line), position.character)
        return Position(position.line + 1, index + 1)

    def range_to_client(self, place: Range) -> types.Range:
        return types.Range(self.to_client(place.start), self.to_client(place.end))

    def range_from_client(self, place: types.Range) -> Range:
        return Range(self.from_client(place.start), self.from_client(place.end))

    def offset(self, position: Position) -> int:
        """The index into the text, at most its length."""
        line = position.line - 1
        if line >= len(self.lines):
            return self._starts[-1]
        return min(self._starts[line] + position.column - 1, self._starts[line + 1])
