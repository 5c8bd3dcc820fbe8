"""A text and its `ast` coordinates.

`ast` counts columns in UTF-8 bytes and ends lines at LF, CRLF and CR only; findings count characters.
`SourceText` converts between both and plain character offsets, the unit in which edits are planned.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property, lru_cache

from chainrule.edits import Lines, line_end, normalise

_LAYOUT = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
_INDENT = re.compile(r"[ \t\f]*")


@lru_cache(maxsize=8)
def source_of(text: str) -> SourceText:
    """The `SourceText` of a text; one is kept for the several questions about one block."""
    return SourceText(text)


class SourceText(Lines):
    """One text, with conversions between offsets (0-based characters), `ast` and `Position` coordinates."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._ascii = text.isascii()

    @cached_property
    def newline(self) -> str:
        """The text's own line ending; LF when it has no line break."""
        return line_end(self.text)

    @cached_property
    def comments(self) -> tuple[tuple[int, int], ...]:
        """Start and end offsets of every comment, in order; those before a token error in broken code."""
        found: list[tuple[int, int]] = []
        # tokenize ends lines at LF only, so lone CRs would shift its line numbers.
        readable = normalise(self.text)
        try:
            for token in tokenize.generate_tokens(io.StringIO(readable).readline):
                if token.type == tokenize.COMMENT:
                    start = self._starts[token.start[0] - 1] + token.start[1]
                    found.append((start, start + len(token.string)))
        except (tokenize.TokenError, SyntaxError):
            pass
        return tuple(found)

    @cached_property
    def _logical_lines(self) -> tuple[int, ...]:
        """The first line of every statement, of a decorator and of what opens a block, in order."""
        starts, fresh = [1], True
        try:
            for token in tokenize.generate_tokens(io.StringIO(normalise(self.text)).readline):
                if token.type == tokenize.NEWLINE:
                    fresh = True
                elif fresh and token.type not in _LAYOUT:
                    starts.append(token.start[0])
                    fresh = False
        except (tokenize.TokenError, SyntaxError):
            pass
        return tuple(starts)

    def logical_line(self, offset: int) -> int:
        """The number of the line on which the statement around an offset begins."""
        return self._logical_lines[bisect_right(self._logical_lines, self.line_of(offset)) - 1]

    def offset(self, line: int, utf8_column: int) -> int:
        """Offset of an `ast` coordinate: 1-based line, 0-based column in UTF-8 bytes."""
        start = self.line_start(line)
        if self._ascii:
            return start + utf8_column
        prefix = self.text[start : self.line_end(line)].encode()[:utf8_column]
        return start + len(prefix.decode(errors="ignore"))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Start and end offset of a node that has a position."""
        located = _located(node)
        return self.offset(*located[0]), self.offset(*located[1])

    def segment(self, node: ast.AST) -> str:
        """The source of a node; of one that stands nowhere in the text, a spelling."""
        if not hasattr(node, "lineno"):
            return ast.unparse(node)
        start, end = self.span(node)
        return self.text[start:end]

    def substitute(self, node: ast.AST, texts: Mapping[ast.AST, str]) -> str:
        """The segment of `node` with the given nodes below it written anew. They must not overlap.

        What is written as it was may: parts of an f-string have no places of their own before Python 3.12.
        """
        start, end = self.span(node)
        pieces, done = [], start
        changed = (part for part, text in texts.items() if text != self.segment(part))
        for part in sorted(changed, key=self.span):
            first, last = self.span(part)
            pieces += [self.text[done:first], texts[part]]
            done = last
        return "".join([*pieces, self.text[done:end]])

    def indentation(self, line: int) -> str:
        """The white space that begins the 1-based `line`."""
        match = _INDENT.match(self.text, self.line_start(line), self.line_end(line))
        return match.group() if match else ""


def _located(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    if not isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg | ast.alias | ast.excepthandler):
        raise TypeError(f"{type(node).__name__} nodes have no position")
    end_line = node.end_lineno if node.end_lineno is not None else node.lineno
    end_column = node.end_col_offset if node.end_col_offset is not None else node.col_offset
    return (node.lineno, node.col_offset), (end_line, end_column)
