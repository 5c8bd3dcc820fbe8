"""Positions of tree nodes, in characters.

`ast` counts columns in UTF-8 bytes from 0; findings count characters from 1.
"""

from __future__ import annotations

import ast

from chainrule.findings import Position, Range


def column_of(line: str, byte_offset: int) -> int:
    """1-based column in characters of a 0-based offset in UTF-8 bytes."""
    if line.isascii():
        return byte_offset + 1
    return len(line.encode("utf-8", "surrogatepass")[:byte_offset].decode("utf-8", "ignore")) + 1


def range_of(node: ast.AST, lines: list[str], line_shift: int = 0) -> Range:
    """The range of `node`; `lines` are those of the text it was parsed from."""
    first = getattr(node, "lineno", 1)
    last = getattr(node, "end_lineno", None) or first
    start = Position(first + line_shift, column_of(_line(lines, first), getattr(node, "col_offset", 0)))
    end_offset = getattr(node, "end_col_offset", None)
    end_column = start.column if end_offset is None else column_of(_line(lines, last), end_offset)
    return Range(start, Position(last + line_shift, end_column))


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""
