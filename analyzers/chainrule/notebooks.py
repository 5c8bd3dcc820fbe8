"""Jupyter notebooks: the code cells as one text to analyse, and edits written back cell by cell.

Cells are numbered from 1, every kind of cell counted. The JSON around an edited cell keeps every byte.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from chainrule import edits as text_edits
from chainrule.findings import Edit, Finding, Fix, FunctionVerdicts, Position, Range, Related, Report
from chainrule.source_error import SourceError

_PYTHON_CELL_MAGICS = {"%%time", "%%timeit", "%%capture", "%%prun"}
_MAGIC_LINE = re.compile(r"^(?P<indent>[ \t]*)(?:[%!?][^\n]*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
_MAGIC_VALUE = re.compile(r"^(?P<target>[ \t]*[\w., \t]+=[ \t]*)[!%](?=[\w/.$])[^\n]*$", re.MULTILINE)
_CELL_PATH = re.compile(r"(?P<path>.*\.ipynb):cell (?P<cell>\d+)\Z", re.DOTALL)
_WHITESPACE = re.compile(r"[ \t\n\r]*")


def cell_path(path: str, cell: int) -> str:
    """How a cell is named in findings: `train.ipynb:cell 3`."""
    return f"{path}:cell {cell}"


def split_cell_path(path: str) -> tuple[str, int | None]:
    """The file and the cell (None: not a cell) that a finding's path names."""
    match = _CELL_PATH.match(path)
    return (match["path"], int(match["cell"])) if match else (path, None)


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell. `start` and `end` bound its `source` value in the notebook's JSON."""

    number: int
    source: str
    start: int
    end: int

    @property
    def analysed(self) -> str:
        return blank_magics(text_edits.normalise(self.source))

    @property
    def lines(self) -> int:
        return text_edits.normalise(self.source).count("\n") + 1


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook. `raw` is its JSON."""

    path: str
    raw: str
    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        return "".join(f"{cell.analysed}\n" for cell in self.cells)

    def with_edits(self, edits: Iterable[Edit]) -> Notebook:
        by_cell: dict[int, list[Edit]] = {}
        starts = self._starts()
        for edit in edits:
            index = bisect.bisect(starts, edit.range.start.line) - 1
            if bisect.bisect(starts, edit.range.end.line) - 1 != index:
                raise ValueError("the edit spans two cells of the notebook")
            by_cell.setdefault(index, []).append(replace(edit, range=_shift(edit.range, 1 - starts[index])))
        raw = self.raw
        for index in sorted(by_cell, reverse=True):
            cell = self.cells[index]
            if _touches_magic(cell, by_cell[index]):
                raise ValueError(f"the edit touches a magic command in cell {cell.number}")
            source = text_edits.apply(cell.source, by_cell[index])
            raw = raw[: cell.start] + _dump_source(source, raw[cell.start : cell.end]) + raw[cell.end :]
        return parse(raw.encode(), self.path)

    def encode(self) -> bytes:
        return self.raw.encode()

    def locate(self, report: Report) -> Report:
        starts = self._starts()
        if not starts:
            return report

        def place(range_: Range) -> tuple[str, Range]:
            index = max(0, bisect.bisect(starts, range_.start.line) - 1)
            return cell_path(self.path, self.cells[index].number), _shift(range_, 1 - starts[index])

        def related(step: Related) -> Related:
            if step.path != self.path:
                return step
            path, range_ = place(step.range)
            return replace(step, path=path, range=range_)

        def fix(item: Fix, index: int) -> Fix:
            moved = (replace(e, range=_shift(e.range, 1 - starts[index])) for e in item.edits)
            return replace(item, edits=tuple(moved))

        def finding(item: Finding) -> Finding:
            path, range_ = place(item.range)
            index = max(0, bisect.bisect(starts, item.range.start.line) - 1)
            fixes = tuple(fix(f, index) for f in item.fixes)
            steps = tuple(map(related, item.related))
            return replace(item, path=path, range=range_, related=steps, fixes=fixes)

        def function(item: FunctionVerdicts) -> FunctionVerdicts:
            path, range_ = place(item.range)
            shift = range_.start.line - item.range.start.line
            moved = tuple(
                replace(s, breaks=tuple(replace(b, line=b.line + shift) for b in s.breaks))
                for s in item.sources
            )
            return replace(item, path=path, range=range_, sources=moved)

        return replace(
            report,
            findings=tuple(map(finding, report.findings)),
            functions=tuple(map(function, report.functions)),
        )

    def texts(self) -> Iterable[tuple[str, str]]:
        return ((cell_path(self.path, cell.number), text_edits.normalise(cell.source)) for cell in self.cells)

    def _starts(self) -> list[int]:
        """The line in `text` at which each cell starts."""
        starts, line = [], 1
        for cell in self.cells:
            starts.append(line)
            line += cell.lines
        return starts


def _shift(range_: Range, lines: int) -> Range:
    start, end = range_.start, range_.end
    return Range(Position(start.line + lines, start.column), Position(end.line + lines, end.column))


def blank_magics(source: str) -> str:
    """`source` with IPython's own syntax replaced by Python that does nothing, line for line."""
    first = source.lstrip().split("\n", 1)[0].split(maxsplit=1)
    if first and first[0].startswith("%%") and first[0] not in _PYTHON_CELL_MAGICS:
        return "\n" * source.count("\n")
    if not any(mark in source for mark in "%!?"):
        return source
    return _MAGIC_VALUE.sub(r"\g<target>None", _MAGIC_LINE.sub(r"\g<indent>pass", source))


def _touches_magic(cell: Cell, edits: Iterable[Edit]) -> bool:
    before = text_edits.normalise(cell.source).split("\n")
    blanked = {
        number
        for number, (old, new) in enumerate(zip(before, cell.analysed.split("\n"), strict=True), 1)
        if old != new
    }
    return any(
        number in blanked
        for edit in edits
        for number in range(edit.range.start.line, edit.range.end.line + 1)
    )


def parse(data: bytes, path: str) -> Notebook:
    """The notebook in `data`. Raises SourceError when it is none, or not one of Python."""
    try:
        raw = data.decode("utf-8-sig")
        content = json.loads(raw)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SourceError(f"is not a Jupyter notebook: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise SourceError("is not a Jupyter notebook of format 4: it has no list of cells")
    if _language(content) not in ("", "python", "ipython", "python3"):
        return Notebook(path, raw, ())
    cells = []
    for number, (cell, span) in enumerate(zip(content["cells"], _source_spans(raw), strict=True), 1):
        if (
            span is not None
            and cell.get("cell_type") == "code"
            and (text := _source(cell["source"])) is not None
        ):
            cells.append(Cell(number, text, *span))
    return Notebook(path, raw, tuple(cells))


def _source(value: object) -> str | None:
    """The text of a cell, which is a string or a list of strings; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None


def _language(content: dict[str, Any]) -> str:
    metadata = content.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(info, dict) and isinstance(info.get(name), str):
            return str(info[name]).lower()
    return ""


def _source_spans(raw: str) -> list[tuple[int, int] | None]:
    """Where the `source` of every cell stands in the JSON text `raw`, which is known to parse."""
    spans: list[tuple[int, int] | None] = []
    for key, start, _ in _members(raw, _skip(raw, 0)):
        if key == "cells":
            spans = []
            for item_start, _ in _items(raw, start):
                members = _members(raw, item_start) if raw[item_start] == "{" else []
                spans.append({key: (start, end) for key, start, end in members}.get("source"))
    return spans


_DECODER = json.JSONDecoder()


def _skip(raw: str, index: int) -> int:
    match = _WHITESPACE.match(raw, index)
    return match.end() if match else index


def _items(raw: str, index: int) -> list[tuple[int, int]]:
    """The spans of the items of the JSON array that starts at `index`."""
    spans, index = [], _skip(raw, index + 1)
    while raw[index] != "]":
        _, end = _DECODER.raw_decode(raw, index)
        spans.append((index, end))
        index = _skip(raw, end)
        if raw[index] == ",":
            index = _skip(raw, index + 1)
    return spans


def _members(raw: str, index: int) -> list[tuple[str, int, int]]:
    """Key and value's span of the members of the JSON object that starts at `index`."""
    members, index = [], _skip(raw, index + 1)
    while raw[index] != "}":
        key, end = _DECODER.raw_decode(raw, index)
        start = _skip(raw, _skip(raw, end) + 1)
        _, end = _DECODER.raw_decode(raw, start)
        members.append((key, start, end))
        index = _skip(raw, end)
        if raw[index] == ",":
            index = _skip(raw, index + 1)
    return members


def _dump_source(source: str, old: str) -> str:
    """`source` as JSON in the layout of the value `old` that it replaces."""
    ascii_only = old.isascii() and r"\u" in old
    if not old.startswith("["):
        return json.dumps(source, ensure_ascii=ascii_only)
    lines = [json.dumps(line, ensure_ascii=ascii_only) for line in re.findall(r"[^\n]*\n|[^\n]+", source)]
    opening = old[1 : _skip(old, 1)]
    closing = old[len(old[:-1].rstrip()) : -1]
    if not lines:
        return "[]"
    return "[" + opening + ("," + (opening or " ")).join(lines) + closing + "]"
