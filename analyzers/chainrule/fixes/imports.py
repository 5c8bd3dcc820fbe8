"""Adding import statements to a whole file, in the file's own style."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from chainrule.findings import Edit
from chainrule.fixes.text import SourceText


def import_edits(text: str, statements: Iterable[str]) -> tuple[Edit, ...]:
    """The edit that adds those of `statements` which `text` lacks; none when nothing is missing.

    They go below the first run of imports, or below the docstring and comments at the top of a file that has
    none, and always below `from __future__`. A text that does not parse gets them by a line scan.
    """
    statements = [statement for statement in statements if statement]
    if not statements:
        return ()
    present = _imports_of(text)
    missing = [s for s in dict.fromkeys(statements) if ast.dump(ast.parse(s)) not in present]
    if not missing:
        return ()
    source = SourceText(text)
    line, alone = _place(source)
    newline = source.newline
    offset = source.line_start(line + 1) if line else 0
    added = newline.join(missing) + newline
    if line and offset == source.line_end(line):  # the last line has no line break
        added = newline + added.rstrip("\r\n")
    if alone and text[offset:].strip():
        added += "" if text[offset:].startswith(("\n", "\r")) else newline
        if line:
            added = newline + added
    return (Edit(source.range(offset, offset), added),)


def _imports_of(text: str) -> set[str]:
    found = set()
    for statement in _top_level(text):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                single = (
                    ast.Import([alias])
                    if isinstance(statement, ast.Import)
                    else ast.ImportFrom(statement.module, [alias], statement.level)
                )
                found.add(ast.dump(ast.Module([single], [])))
    return found


def _place(source: SourceText) -> tuple[int, bool]:
    """The line below which imports go (0: the top), and whether they need blank lines around."""
    last_import = 0
    top = 0
    for number, statement in enumerate(_top_level(source.text)):
        end = statement.end_lineno or statement.lineno
        if isinstance(statement, ast.Import | ast.ImportFrom):
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if future:
                top = end
            else:
                last_import = end
        elif number == 0 and _is_docstring(statement):
            top = end
        else:
            break
    if last_import:
        return last_import, False
    if top:
        return top, True
    # Below `#!`, encoding and licence comments at the very top.
    line = 0
    lines = source.text.splitlines()
    while line < len(lines) and lines[line].startswith("#"):
        line += 1
    return line, True


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _top_level(text: str) -> list[ast.stmt]:
    """The top-level statements up to the first one that does not parse."""
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        head = text.splitlines(keepends=True)[: max((error.lineno or 1) - 1, 0)]
    while head:
        try:
            return ast.parse("".join(head)).body
        except SyntaxError as error:
            head = head[: max(min((error.lineno or 1) - 1, len(head) - 1), 0)]
    return []
