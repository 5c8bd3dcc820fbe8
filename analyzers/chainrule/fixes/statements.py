"""Edits of whole statements that leave comments where a reader expects them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from chainrule.fixes.site import Plan
from chainrule.fixes.text import SourceText
from chainrule.syntax import walk_tree


def stands_alone(source: SourceText, statement: ast.stmt) -> bool:
    """Whether a statement has its lines to itself: no `;`, no `if x: statement`."""
    start, end = source.span(statement)
    before = source.text[source.line_start(source.line_of(start)) : start]
    after = source.text[end : source.line_end(source.line_of(end))].strip()
    return not before.strip() and (not after or after.startswith("#"))


def full_lines(source: SourceText, statement: ast.stmt) -> tuple[int, int]:
    """Offsets of the first line's start and of the line after the last one; decorators included."""
    start, end = source.span(statement)
    decorators = getattr(statement, "decorator_list", [])
    if decorators:
        start = min(source.span(decorator)[0] for decorator in decorators)
    return source.line_start(source.line_of(start)), source.line_start(source.line_of(end) + 1)


def insert_after(plan: Plan, statement: ast.stmt, *lines: str) -> None:
    """Add `lines` below a statement that stands alone, indented as it is."""
    source = plan.source
    last_line = source.line_of(source.span(statement)[1])
    indent = source.indentation(statement.lineno)
    following = source.line_start(last_line + 1)
    if following == source.line_end(last_line):  # the text ends here, without a line break
        plan.insert(following, "".join(source.newline + indent + line for line in lines))
    else:
        plan.insert(following, "".join(indent + line + source.newline for line in lines))


def insert_before(plan: Plan, statement: ast.stmt, *lines: str) -> None:
    """Add `lines` above a statement that stands alone, indented as it is."""
    start = full_lines(plan.source, statement)[0]
    indent = plan.source.indentation(statement.lineno)
    plan.insert(start, "".join(indent + line + plan.source.newline for line in lines))


def put_under(plan: Plan, statement: ast.stmt, header: str) -> None:
    """Indent a statement that stands alone below a line that opens a block."""
    source = plan.source
    start, end = full_lines(source, statement)
    indent = source.indentation(statement.lineno)
    plan.insert(start, f"{indent}{header}{source.newline}")
    inside = string_lines(statement)
    for line in range(source.line_of(start), source.line_of(max(end - 1, start)) + 1):
        if line not in inside:
            plan.insert(source.line_start(line), "\t" if indent.endswith("\t") else _unit(source))


def _unit(source: SourceText) -> str:
    """One level of indentation: what the first indented line of the text has."""
    first = re.search(r"^([ \t]+)\S", source.text, re.MULTILINE)
    return first[1] if first is not None else "    "


def string_lines(block: ast.AST) -> set[int]:
    """Lines that begin inside a string, whose white space is part of a value."""
    lines: set[int] = set()
    for node in walk_tree(block):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno is not None:
            lines.update(range(node.lineno + 1, node.end_lineno + 1))
    return lines


def comments_between(source: SourceText, start: int, end: int) -> list[str]:
    return [source.text[first:last] for first, last in source.comments if start <= first and last <= end]


def remove(plan: Plan, *statements: ast.stmt) -> None:
    """Delete statements that stand alone; their comments stay, each on a line of its own.

    Neighbours go together, with the blank lines between them, so that no hole is left.
    """
    source = plan.source
    ordered = sorted(statements, key=lambda s: s.lineno)
    while ordered:
        group = [ordered.pop(0)]
        while ordered:
            gap = source.text[full_lines(source, group[-1])[1] : full_lines(source, ordered[0])[0]]
            if gap.strip():
                break
            group.append(ordered.pop(0))
        start, end = full_lines(source, group[0])[0], full_lines(source, group[-1])[1]
        if comments_between(source, start, end):
            replace_lines(plan, group, ())
            continue
        before = source.text[:start].rstrip(" \t\f").splitlines()
        if before and (not before[-1].strip() or before[-1].rstrip().endswith(":")):
            line = source.line_of(end)
            while end < len(source.text) and not source.text[end : source.line_end(line)].strip():
                line += 1
                end = source.line_start(line)
        plan.replace_span(start, end, "")


def replace_lines(plan: Plan, statements: Sequence[ast.stmt], lines: Iterable[str]) -> None:
    """Put `lines` in place of neighbouring statements, below the comments that were among them."""
    source = plan.source
    spans = [full_lines(source, statement) for statement in statements]
    first = min(statements, key=lambda s: s.lineno)
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    indent = source.indentation(first.lineno)
    kept = [*comments_between(source, start, end), *lines]
    text = "".join(indent + line + source.newline for line in kept)
    if end == len(source.text) and not source.text.endswith(("\n", "\r")):
        text = text[: -len(source.newline)] if text else text
    plan.replace_span(start, end, text)


def sole_in_block(parents: Mapping[ast.AST, ast.AST], statement: ast.stmt) -> bool:
    """Whether removing the statement would leave an empty block."""
    block = block_of(parents, statement)
    return block is not None and len(block) == 1


def block_of(parents: Mapping[ast.AST, ast.AST], statement: ast.stmt) -> list[ast.stmt] | None:
    """The list of statements that a statement stands in."""
    parent = parents.get(statement)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return None
