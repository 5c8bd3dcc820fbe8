"""The source that one finding is about: its range under carets, and the numbered path of the gradient.

5 │ def loss(pred, target):
  │          ──── 1 `pred` comes in
6 │     hit = pred.argmax(-1)
  │           ^^^^^^^^^^^^^^^ 2 an index has no derivative
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.cli.formats.texts import Texts
from chainrule.cli.terminal import Style, printable, width
from chainrule.edits import Lines
from chainrule.findings import Finding, Range

MAX_LINES_OF_RANGE = 4
MAX_WIDTH = 160
_CUT_MARK = "..."


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of one line to underline: columns `start` to `end` (1-based, exclusive)."""

    line: int
    start: int
    end: int
    label: str
    primary: bool


def excerpt(finding: Finding, texts: Texts, style: Style, colour: str) -> list[str]:
    """The excerpt's lines; none when the source is not at hand. `colour` is that of the finding."""
    lines = texts.of(finding.path)
    if lines is None:
        return []
    marks = _marks(finding, lines)
    gutter = len(str(max(mark.line for mark in marks)))
    frame = _Frame(style, colour, gutter)
    rows = [frame.row("")]
    rows += frame.block(lines, marks)
    for number, step in enumerate(finding.related, 1):
        if step.path == finding.path or (other := texts.of(step.path)) is None:
            continue
        start = step.range.start
        rows.append(frame.row("", f"{step.path}:{start.line}:{start.column}"))
        rows += frame.block(
            other, list(_range_marks(step.range, other, f"{number} {step.message}", primary=False))
        )
    return [*rows, frame.row("")]


def _marks(finding: Finding, lines: Lines) -> list[Mark]:
    label = ""
    marks: list[Mark] = []
    for number, step in enumerate(finding.related, 1):
        if step.path != finding.path:
            continue
        text = f"{number} {step.message}"
        if step.range == finding.range:
            label = f"{label}; {text}" if label else text
        else:
            marks += _range_marks(step.range, lines, text, primary=False)
    return [*_range_marks(finding.range, lines, label, primary=True), *marks]


def _range_marks(range_: Range, lines: Lines, label: str, primary: bool) -> Iterator[Mark]:
    """One mark per line of the range, past its indentation; the label stands at the last."""
    first, last = range_.start.line, range_.end.line
    if range_.end.column == 1 and last > first:
        last -= 1
    shown = range(first, min(last, first + MAX_LINES_OF_RANGE - 1) + 1)
    for number in shown:
        text = lines.line(number)
        start = range_.start.column if number == first else len(text) - len(text.lstrip()) + 1
        end = range_.end.column if number == range_.end.line else len(text.rstrip()) + 1
        yield Mark(number, start, max(end, start + 1), label if number == shown[-1] else "", primary)


@dataclass(frozen=True, slots=True)
class _Frame:
    style: Style
    colour: str
    gutter: int

    def row(self, number: str, text: str = "", bar: str = "") -> str:
        bar = bar or ("│" if self.style.unicode else "|")
        return f"{self.style.paint('34', f'{number:>{self.gutter + 2}} {bar}')} {text}".rstrip()

    def block(self, lines: Lines, marks: list[Mark]) -> Iterator[str]:
        """The marked lines in their order, with a sign for what is left out between them."""
        previous = 0
        for number in sorted({mark.line for mark in marks}):
            if previous and number == previous + 2:
                yield self.row(str(number - 1), _Line(lines.line(number - 1), ()).text)
            elif previous and number > previous + 2:
                yield self.row("", bar="⋮" if self.style.unicode else ":")
            here = sorted((m for m in marks if m.line == number), key=lambda m: (not m.primary, m.start))
            line = _Line(lines.line(number), tuple(here))
            yield self.row(str(number), line.text)
            for mark in here:
                yield self.row("", self._underline(line, mark))
            previous = number

    def _underline(self, line: _Line, mark: Mark) -> str:
        start, end = line.cell(mark.start), line.cell(mark.end)
        sign = "^" if mark.primary else "─" if self.style.unicode else "-"
        label = f" {printable(mark.label)}" if mark.label else ""
        return " " * start + self.style.paint(
            self.colour if mark.primary else "36", sign * max(1, end - start) + label
        )


class _Line:
    """One source line as it is shown: tabs as spaces, and a very long one cut to what is marked."""

    def __init__(self, raw: str, marks: tuple[Mark, ...]) -> None:
        self._raw = raw
        self._from, self._to = 0, len(raw)
        if len(raw) > MAX_WIDTH:
            first = min((mark.start for mark in marks), default=1) - 1
            self._from = max(0, min(first - 20, len(raw) - MAX_WIDTH))
            self._to = min(len(raw), self._from + MAX_WIDTH)
        self._head = _CUT_MARK if self._from else ""
        tail = _CUT_MARK if self._to < len(raw) else ""
        self.text = self._head + printable(raw[self._from : self._to]).rstrip() + tail

    def cell(self, column: int) -> int:
        """The terminal cell, from 0, at which `column` (1-based) is shown."""
        index = min(max(column - 1, self._from), self._to)
        return (
            len(self._head)
            + width(printable(self._raw[self._from : index]))
            + max(0, column - 1 - len(self._raw))
        )
