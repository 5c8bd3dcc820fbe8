"""From repairs in block coordinates to the fixes of a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from chainrule.findings import Edit, Fix, Position, Range
from chainrule.fixes.imports import import_edits
from chainrule.fixes.repairs import WIDER, repairs_for
from chainrule.fixes.repairs.asserted import ASSERTED
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.usage import parents_of
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.names import Names
from chainrule.syntax import Block, parse_block, parses, split_blocks, walk_tree

# Causes whose repairs state in their titles on what they depend elsewhere.
_BY_TITLE = frozenset((Cause.DETACH, Cause.NUMPY))
_WHERE = " (where "


class Offer(NamedTuple):
    """The fixes of one break. `of_file`: which ones there are depends on more of the file than its block."""

    fixes: tuple[Fix, ...]
    of_file: bool


def fixes_for(found: Break, root: str, names: Names, text: str, quick: bool = False) -> Offer:
    """The fixes of a break in a block of the file `text`, in the coordinates of the file.

    `root` is the qualified name of the function whose loss is asked about. Where it has to be `quick`, fixes
    that depend on more of the file than its block are left out: the file is not read for each of them.
    """
    block, at = found.block, found.at
    of_file = _is_of_file(found)
    if quick and of_file:
        return Offer((), True)
    whole = _in_file(found, names, text) if of_file else None
    if whole is not None:
        made = repairs_for(found.cause, whole)
        return Offer(tuple(as_fix(repair, Block(text, 0), text) for repair in made), True)
    sources = told_sources(found)
    key = f"repairs of {found.cause.value} at {id(at)} {found.note} {root} {sources}"
    repairs = block.notes.get(key)
    if not isinstance(repairs, tuple):
        tree = parse_block(block)
        function = _enclosing(tree, at)
        is_root = function is not None and root.rpartition(".")[2] == function.name
        known = names.within(function)
        site = FixSite(block.text, tree, at, function, known, sources, found.note, is_root)
        repairs = repairs_for(found.cause, site)
        block.notes[key] = repairs
    fixes = tuple(as_fix(repair, block, text) for repair in repairs)
    if found.cause not in WIDER or (found.cause in _BY_TITLE and not any(_WHERE in f.title for f in fixes)):
        return Offer(fixes, False)
    if quick:
        return Offer((), True)
    if found.cause is Cause.PYTHON_SCALAR and not _may_be_wider(found, text):
        return Offer(fixes, True)
    # A repair of one function alone is none where another takes nothing but numbers.
    wider = tuple(_wider(found, names, text))
    asserted = any(fix.title.startswith(ASSERTED) for fix in wider)
    return Offer(wider if asserted else (*wider, *fixes), True)


def _may_be_wider(found: Break, text: str) -> bool:
    """Whether other functions may have to take a tensor in place of a number: the whole file is read then."""
    return "isinstance(" in text or any(_makes_tensor(node) for _, node in found.path)


def _makes_tensor(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return "ensor" in name or name == "from_numpy"
        case _:
            return False


def _wider(found: Break, names: Names, text: str) -> Iterator[Fix]:
    """The fixes that change several functions of the file."""
    site = _in_file(found, names, text)
    if site is None:
        return
    site = replace(site, way=_way_on(found, site))
    for repair in repairs_for(found.cause, site, wider=True):
        yield as_fix(repair, Block(text, 0), text)


def _way_on(found: Break, site: FixSite) -> tuple[ast.AST, ...]:
    """The expressions of a file that lead from a break to the loss."""
    here = next((place for place, (_, node) in enumerate(found.path) if node is found.at), -1)
    placed = _placed(site.text)
    there = (placed.get(_place(node, block.start)) for block, node in found.path[here + 1 :])
    return tuple(dict.fromkeys(node for node in there if node is not None))


Place = tuple[type[ast.AST], int, int, int, int]


def _place(node: ast.AST, start: int) -> Place | None:
    """Where a node of a block stands in the file, `start` lines further down; None for what has no line."""
    first = getattr(node, "lineno", None)
    if first is None:
        return None
    lines = getattr(node, "end_lineno", first) - first
    columns = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
    return type(node), first + start, lines, *columns


@lru_cache(maxsize=2)
def _placed(text: str) -> dict[Place | None, ast.AST]:
    """The nodes of a file by their places; of those that share one, the outer."""
    found: dict[Place | None, ast.AST] = {}
    for node in walk_tree(_parsed(text)):
        found.setdefault(_place(node, 0), node)
    found.pop(None, None)
    return found


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


def _is_of_file(found: Break) -> bool:
    """Whether a break is in a script, which computes in several blocks, or its repair is in others."""
    body = parse_block(found.block).body
    defined = not body or isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return not defined or _mended_elsewhere(found)


def _in_file(found: Break, names: Names, text: str) -> FixSite | None:
    """A break as a site of the whole file; None where its own block does not parse."""
    there = _placed(text).get(_place(found.at, found.block.start))
    if there is None:
        return None
    tree = _parsed(text)
    return FixSite(text, tree, there, _enclosing(tree, there), names, told_sources(found), found.note, False)


def _mended_elsewhere(found: Break) -> bool:
    """Whether the repair of a break also changes other definitions: of what is called, of what runs later."""
    switch = found.cause is Cause.NO_GRAD and isinstance(found.at, ast.expr)
    return found.cause is Cause.FUNCTION_CALL or (switch and "set_grad_enabled" in ast.unparse(found.at))


@lru_cache(maxsize=2)
def _parsed(text: str) -> ast.Module:
    """A file without its top-level blocks that do not parse: somebody may be typing there."""
    whole = Block(text, 0)
    if not parses(whole):
        kept = (
            block.text if parses(block) else "\n" * block.text.count("\n") for block in split_blocks(text)
        )
        whole = Block("".join(kept), 0)
    return parse_block(whole)


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
