"""A loss and its function as text edits that keep lines, comments and indentation as they were written."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from chainrule.extraction.losses import Inline
from chainrule.extraction.variables import Variables
from chainrule.findings import Edit
from chainrule.fixes import SourceText
from chainrule.fixes.statements import string_lines

_CELL = re.compile(r"#\s*(?:%%|In\[)")


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the function `name` for a loss. `cells`: the lines at which cells of a notebook begin."""

    source: SourceText
    loss: Inline
    passed: Variables
    name: str
    cells: Collection[int] = ()

    def edits(self) -> tuple[Edit, ...]:
        """The function above what the loss is in, and its call in place of the loss's code."""
        source, loss = self.source, self.loss
        call = self._call()
        if loss.value is not None and self.passed.returned:
            result, call = "loss", self._assigned("loss", call)
        elif loss.value is None:
            result, call = "", self._assigned("", call)
        else:
            result, call = call, ""
        at = self._line_of_function()
        edits = []
        if loss.statements:
            first, last = self._lines()
            text = f"{self._indent()}{call}" if call else ""
            end = source.line_end(last) if call else source.line_start(last + 1)
            function = self._function(at) if first == at else ""
            edits.append(Edit(source.range(source.line_start(first), end), function + text))
        if not loss.statements or self._lines()[0] != at:
            edits.insert(0, self._insertion(at, self._function(at)))
        if loss.value is not None:
            edits.append(Edit(source.range(*self._span(loss.value)), result))
        return tuple(edits)

    def _insertion(self, line: int, text: str) -> Edit:
        start = self.source.line_start(line)
        return Edit(self.source.range(start, start), text)

    def _anchor(self) -> ast.stmt:
        return self.loss.place.body[self.loss.end]

    def _span(self, value: ast.expr) -> tuple[int, int]:
        """Where an expression stands, with parentheses that hold nothing else."""
        start, end = self.source.span(value)
        text = self.source.text
        if (
            text[start - 1 : start] == "("
            and text[end : end + 1] == ")"
            and not re.search(r"[\w)\]]\($", text[:start])
        ):
            return start - 1, end + 1
        return start, end

    def _call(self) -> str:
        owner = f"{self.passed.receiver}." if self.passed.receiver else ""
        return f"{owner}{self.name}({', '.join(self.passed.given)})"

    def _assigned(self, first: str, call: str) -> str:
        names = [*([first] if first else []), *self.passed.returned]
        return f"{', '.join(names)} = {call}"

    def _indent(self) -> str:
        first = self.loss.statements[0] if self.loss.statements else self._anchor()
        return self.source.indentation(first.lineno)

    def _lines(self) -> tuple[int, int]:
        """The first and the last line of the loss's statements, with the comment right above them."""
        statements = self.loss.statements
        last = statements[-1].end_lineno or statements[-1].lineno
        return self._with_comment(_first_line(statements[0])), last

    def _with_comment(self, line: int) -> int:
        """The line of the comment that stands right above `line`; the head of the file belongs to nothing."""
        indent, above = self.source.indentation(line), line
        while above > 1 and above not in self.cells:
            text = self.source.line(above - 1)
            if not text.startswith(f"{indent}#") or _CELL.match(text.strip()):
                return above
            above -= 1
        return above if above in self.cells else line

    def _line_of_function(self) -> int:
        """The line above which the function goes: in front of what the loss is in."""
        place = self.loss.place
        if self.passed.receiver and place.method is not None:
            return self._with_comment(_first_line(place.method[1]))
        if len(place.levels) == 1 and self.loss.statements:
            return self._lines()[0]
        return self._with_comment(_first_line(place.at(self.loss.first).top))

    def _function(self, at: int) -> str:
        method = self.loss.place.method if self.passed.receiver else None
        blank = 1 if method else 2
        outer = self.source.indentation(_first_line(method[1])) if method else ""
        parameters = ([self.passed.receiver] if method else []) + list(self.passed.given)
        above, line = 0, at - 1
        while line >= 1 and not self.source.line(line).strip():
            above, line = above + 1, line - 1
        opens = method is not None and line < _first_line(method[0].body[0])
        inner = outer + self._unit()
        head = f"{outer}def {self.name}({', '.join(parameters)}):\n"
        imports = "".join(f"{inner}{statement}\n" for statement in self.passed.imports)
        before = 0 if line < 1 or opens else max(blank - above, 0)
        return "\n" * before + head + imports + self._body(inner) + "\n" * blank

    def _unit(self) -> str:
        """One level of indentation, as this file writes it."""
        levels = self.loss.place.levels
        indents = [self.source.indentation(level.body[0].lineno) for level in levels]
        for outer, inner in pairwise(indents):
            if len(inner) > len(outer) and inner.startswith(outer):
                return inner[len(outer) :]
        for statement in levels[0].body:
            if (body := getattr(statement, "body", None)) and body[0].lineno > statement.lineno:
                return self.source.indentation(body[0].lineno)
        return "    "

    def _body(self, inner: str) -> str:
        lines: list[str] = []
        if self.loss.statements:
            first, last = self._lines()
            strings = {line for each in self.loss.statements for line in string_lines(each)}
            lines = [self._moved(number, inner, number in strings) for number in range(first, last + 1)]
            lines = self._ended(lines, inner)
        if self.loss.value is not None:
            lines.append(f"{inner}return {', '.join([self._value(inner), *self.passed.returned])}")
        return "".join(f"{line}\n" for line in lines)

    def _moved(self, number: int, inner: str, in_string: bool) -> str:
        line, indent = self.source.line(number), self._indent()
        if in_string or not line.startswith(indent) or (not line.strip() and not indent):
            return line
        return (inner + line[len(indent) :]) if line.strip() else line[len(indent) :]

    def _ended(self, lines: list[str], inner: str) -> list[str]:
        """The lines with the `return` of what is needed after them."""
        last, returned = self.loss.statements[-1], self.passed.returned
        if self.loss.value is not None:
            return lines
        match last:
            case ast.Assign(targets=[ast.Name(id=name)]) if returned == (name,):
                at = len(lines) - 1 - ((last.end_lineno or last.lineno) - last.lineno)
                given = re.match(rf"{re.escape(inner + name)}[ \t]*=[ \t]*(?=[^\s\\])", lines[at])
                if given is not None:
                    lines[at] = f"{inner}return {lines[at][given.end() :]}"
                    return lines
        return [*lines, f"{inner}return {', '.join(returned)}"]

    def _value(self, inner: str) -> str:
        """The expression that is the loss, in parentheses where it takes several lines."""
        value = self.loss.value
        assert value is not None
        start, end = self.source.span(value)
        text = self.source.text[start:end]
        if (value.end_lineno or value.lineno) == value.lineno:
            return f"({text})" if isinstance(value, ast.Tuple | ast.GeneratorExp) else text
        strings = string_lines(value)
        numbers = range(value.lineno + 1, (value.end_lineno or value.lineno) + 1)
        rest = [self._moved(number, inner, number in strings) for number in numbers]
        cut = len(self.source.line(numbers[-1])) - (end - self.source.line_start(numbers[-1]))
        rest[-1] = rest[-1][: len(rest[-1]) - cut] if cut else rest[-1]
        return "(" + "\n".join([text.split("\n")[0], *rest]) + ")"


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def stands_alone(source: SourceText, loss: Inline) -> bool:
    """Whether the statements of a loss share no line with others."""
    if not loss.statements:
        return True
    start, _ = source.span(loss.statements[0])
    last = loss.statements[-1]
    _, end = source.span(last)
    before = source.text[source.line_start(source.line_of(start)) : start]
    after = source.text[end : source.line_end(source.line_of(end))].strip()
    return not before.strip(" \t") and (not after or after.startswith("#"))
