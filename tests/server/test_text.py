"""Lines and columns in every unit a client may count in."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import PositionCodec

from chainrule.findings import Position
from chainrule_server.documents import Document
from chainrule_server.text import END_OF_LINE, LineTable, Unit, span, split_lines

TRICKY = st.text(alphabet="a é€😀\t\f\v\x1c\x85\u2028\u2029\r\n", max_size=30)
UNITS = list(Unit)


def encoded(text: str, unit: Unit) -> bytes:
    """`text` so that equally long pieces of bytes are units."""
    codec = {Unit.UTF8: "utf-8", Unit.UTF16: "utf-16-le", Unit.UTF32: "utf-32-le"}[unit]
    return text.encode(codec, "surrogatepass")


SIZE = {Unit.UTF8: 1, Unit.UTF16: 2, Unit.UTF32: 4}


@given(TRICKY)
def test_lines_are_what_the_tokenizer_calls_lines(text: str) -> None:
    assert "".join(split_lines(text)) == text
    assert all(line.rstrip("\r\n").count("\n") == 0 for line in split_lines(text))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_agree_with_ast(end: str) -> None:
    text = end.join(["x = 1", "\f", "y = '\u2028\x85\x1c'", "z = 3", ""])
    [z] = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and node.id == "z"]
    assert split_lines(text)[z.lineno - 1].startswith("z")


@given(TRICKY, st.sampled_from(UNITS), st.data())
def test_every_position_comes_back(text: str, unit: Unit, data: st.DataObject) -> None:
    table = LineTable(text, unit)
    for number, line in enumerate(table.lines, 1):
        content = line.rstrip("\r\n")
        column = data.draw(st.integers(1, len(content) + 1))
        sent = table.to_client(Position(number, column))
        assert sent.character == len(encoded(content[: column - 1], unit)) // SIZE[unit]
        assert table.from_client(sent) == Position(number, column)
        assert text[table.offset(Position(number, column)) :].startswith(line[column - 1 :])


@given(TRICKY, st.sampled_from(UNITS), st.integers(0, 40), st.integers(0, 80))
def test_positions_outside_the_text_stop_at_its_ends(text: str, unit: Unit, line: int, column: int) -> None:
    table = LineTable(text, unit)
    assert 0 <= table.offset(table.from_client(types.Position(line, column))) <= len(text)
    end = table.to_client(Position(line + 1, END_OF_LINE))
    content = table.lines[line].rstrip("\r\n") if line < len(table.lines) else ""
    assert end.character == unit.width(content)


@given(TRICKY, st.sampled_from(UNITS))
def test_a_text_counts_characters_where_its_width_is_its_length(text: str, unit: Unit) -> None:
    assert unit.counts_characters(text) == (unit.width(text) == len(text))


@given(TRICKY, st.sampled_from(UNITS), st.integers(0, 40), st.integers(0, 80))
def test_a_place_is_found_as_the_line_table_finds_it(text: str, unit: Unit, line: int, column: int) -> None:
    table, place = LineTable(text, unit), types.Position(line, column)
    offset = table.offset(table.from_client(place))
    assert span(text, types.Range(place, place), unit) == (offset, offset)


@given(TRICKY, TRICKY, st.sampled_from(UNITS), st.data())
def test_an_incremental_edit_changes_what_the_client_changed(
    before: str, new: str, unit: Unit, data: st.DataObject
) -> None:
    """The client's edit is made here in its own units, on its own lines."""
    document = Document("file:///a.py", before, 1, position_codec=PositionCodec(unit.value))
    lines = split_lines(before)
    places = []
    for _ in range(2):
        line = data.draw(st.integers(0, max(len(lines) - 1, 0)))
        content = lines[line].rstrip("\r\n") if lines else ""
        index = data.draw(st.integers(0, len(content)))
        character = len(encoded(content[:index], unit)) // SIZE[unit]
        places.append((sum(map(len, lines[:line])) + index, types.Position(line, character)))
    (start, first), (end, last) = sorted(places, key=lambda place: place[0])
    document.apply_change(types.TextDocumentContentChangePartial(types.Range(first, last), new))
    assert document.source == before[:start] + new + before[end:]


def test_a_whole_new_text_replaces_the_old() -> None:
    document = Document("file:///a.py", "old", 1)
    document.apply_change(types.TextDocumentContentChangeWholeDocument("new"))
    assert document.source == "new"


def test_inside_a_surrogate_pair_is_before_the_character() -> None:
    assert LineTable("😀x", Unit.UTF16).from_client(types.Position(0, 1)) == Position(1, 1)
    assert LineTable("\ud83dx", Unit.UTF8).to_client(Position(1, 2)) == types.Position(0, 3)
