"""From repairs in block coordinates to the fixes of a file."""

from __future__ import annotations

import ast

from chainrule.findings import Edit, Fix, Position, Range
from chainrule.fixes.imports import import_edits
from chainrule.fixes.repairs import repairs_for
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.usage import parents_of
from chainrule.flow.core.trace import Break
from chainrule.names import Names
from chainrule.syntax import Block, parse_block


def fixes_for(found: Break, root: str, names: Names, text: str) -> tuple[Fix, ...]:
    """The fixes of a break in a block of the file `text`, in the coordinates of the file.

    `root` is the qualified name of the function whose loss is asked about.
    """
    block, at = found.block, found.at
    key = f"repairs of {found.cause.value} at {id(at)} {found.note} {root}"
    repairs = block.notes.get(key)
    if not isinstance(repairs, tuple):
        tree = parse_block(block)
        function = _enclosing(tree, at)
        is_root = function is not None and root.rpartition(".")[2] == function.name
        site = FixSite(block.text, tree, at, function, names, told_sources(found), found.note, is_root)
        repairs = repairs_for(found.cause, site)
        block.notes[key] = repairs
    return tuple(as_fix(repair, block, text) for repair in repairs)


def told_sources(found: Break) -> tuple[str, ...]:
    """The names of what loses its gradient at a break, as the user wrote them."""
    return tuple(dict.fromkeys(s.name for s in found.sources if not s.name.startswith("<")))


def as_fix(repair: Repair, block: Block, text: str) -> Fix:
    """One repair of a block as a fix of the file `text`, with the imports that it needs."""
    edits = [Edit(_shifted(edit.range, block.start), edit.text) for edit in repair.edits]
    return Fix(
        repair.title,
        repair.applicability,
        (*edits, *(import_edits(text, repair.imports) if repair.edits else ())),
        repair.reason,
    )


def _shifted(where: Range, lines: int) -> Range:
    start, end = where.start, where.end
    return Range(Position(start.line + lines, start.column), Position(end.line + lines, end.column))


def _enclosing(tree: ast.Module, at: ast.AST) -> FunctionNode | None:
    parents = parents_of(tree)
    current: ast.AST | None = at
    while current is not None:
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            return current
        current = parents.get(current)
    return None
