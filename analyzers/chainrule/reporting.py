"""From breaks to findings: positions in the file, messages, the path, fixes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from chainrule.findings import (
    BreakAt,
    Finding,
    FunctionVerdicts,
    Position,
    Range,
    Related,
    SourceVerdict,
    Verdict,
)
from chainrule.fixes.offer import as_fix, fixes_for, told_sources
from chainrule.flow.core.elsewhere import Inside
from chainrule.flow.core.graph import Source
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Module
from chainrule.flow.core.trace import Break, Root
from chainrule.flow.entry_points import MODULE
from chainrule.rules import Rule, rewrites, rule_for
from chainrule.rules.rewrites import Rewrite
from chainrule.syntax import Block, range_of, walk_tree

MAX_STEPS = 6
_NUMBERED = re.compile(r"(\D*)(\d*)")


def place(block: Block, at: ast.AST) -> Range:
    """The range of a node in the file; of a function or class only its first line."""
    lines = _lines(block)
    where = range_of(at, lines, block.start)
    if isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        end = Position(where.start.line, len(lines[where.start.line - block.start - 1]) + 1)
        return Range(where.start, end)
    return where


def _lines(block: Block) -> list[str]:
    lines = block.notes.get("lines")
    if not isinstance(lines, list):
        lines = block.notes["lines"] = block.text.split("\n")
    return lines


def finding_of(found: Break, root: Root, module: Module, quick: bool = False) -> tuple[Finding, bool]:
    """What is told about a break of `root`, and whether its fixes depend on the rest of the file.

    Where it has to be `quick` these fixes are left out.
    """
    path = tuple(_path(found, module))
    found = replace(found, sources=tuple(sorted(found.sources, key=_in_order)))
    rule = rule_for(found.cause)
    if isinstance(found.at, Inside):
        return _finding_inside(found, found.at, root, module, path), False
    offer = fixes_for(found, root.name, module.names, module.text, quick)
    finding = Finding(
        rule.code,
        rule.name,
        rule.severity_of(found),
        module.path,
        place(found.block, found.at),
        _message(found, rule),
        root.name,
        told_sources(found),
        found.verdict,
        path,
        offer.fixes,
    )
    return finding, offer.of_file


def _message(found: Break, rule: Rule) -> str:
    """The sentence of a rule, and the settings under which it is true."""
    message = rule.message(found)
    if not found.defaults:
        return message
    named = " and ".join(f"`{each.name}={each.value!r}`" for each in found.defaults)
    return f"{message} (with the default{'s' if len(found.defaults) > 1 else ''} {named})"


def _in_order(source: Source) -> tuple[bool, int, list[tuple[str, int]]]:
    """Arguments as they are taken, then parameters as they are called: `net.2.weight`, `net.10.weight`."""
    if source.role != "parameter":
        return False, source.position, []
    return True, 0, [(text, int(part or -1)) for text, part in _NUMBERED.findall(source.name)]


def _finding_inside(
    found: Break, inside: Inside, root: Root, module: Module, path: tuple[Related, ...]
) -> Finding:
    """What is told about a break in another file: at the call that leads there, without a fix."""
    rule = rule_for(found.cause)
    call = inside.departure
    message = _message(replace(found, block=inside.block, at=inside.at), rule)
    there = place(inside.block, inside.at)
    where = f"inside `{call.name}`, {inside.module.path}:{there.start.line}"
    return Finding(
        rule.code,
        rule.name,
        rule.severity_of(found),
        module.path,
        place(_block_with(call.at, call.block, module), call.at),
        f"{message} ({where})",
        root.name,
        told_sources(found),
        found.verdict,
        (*path, Related(inside.module.path, there, f"this happens inside `{call.name}`")),
    )


def _block_with(at: ast.AST, likely: Block, module: Module) -> Block:
    """The block whose tree holds `at`: an object is built where it is first used, maybe in another one."""
    for block in (likely, *module.blocks):
        if block.tree is not None and any(node is at for node in walk_tree(block.tree)):
            return block
    return likely


def finding_of_rewrite(code: str, rewrite: Rewrite, root: Root, module: Module) -> Finding:
    """What is told about correct code that has a better form."""
    rule, repair = rewrites.BY_CODE[code], rewrite.repair
    return Finding(
        code,
        rule.name,
        rule.severity,
        module.path,
        place(root.block, rewrite.node),
        rewrite.message,
        root.name,
        rewrite.sources,
        Verdict.FLOWS,
        (),
        () if repair is None else (as_fix(repair, root.block, module.text),),
    )


def _path(found: Break, module: Module) -> Iterator[Related]:
    """The steps from the first source to the break and on to the loss, one a line."""
    seen = {place(found.block, found.at).start.line}
    start = next(iter(told_sources(found)), "")
    come = f"on the way from `{start}`" if start else "the value comes through here"
    go = "from here it goes on to the loss"
    if found.verdict is Verdict.CUT and not found.raises:
        go += " without gradient"
    after = False
    count = 0
    for block, at in found.path:
        if at is found.at:
            after = True
            continue
        if id(block) not in module.alive or not hasattr(at, "lineno"):
            continue
        where = place(block, at)
        if where.start.line in seen or count == MAX_STEPS:
            continue
        seen.add(where.start.line)
        count += 1
        yield Related(module.path, where, go if after else come)


def verdicts_of(
    root: Root, sources: list[tuple[str, Verdict, list[Break]]], module: Module
) -> FunctionVerdicts:
    """The verdict of every argument of `root`."""
    described = tuple(
        SourceVerdict(
            name,
            verdict,
            tuple(BreakAt(place(b.block, b.at).start.line, rule_for(b.cause).code) for b in breaks),
        )
        for name, verdict, breaks in sources
    )
    loss = root.kind is Kind.LOSS
    if isinstance(root.node, ast.Module):
        last = module.text.count("\n") + 1
        return FunctionVerdicts(
            module.path, MODULE, Range(Position(1, 1), Position(last, 1)), loss, described
        )
    return FunctionVerdicts(
        module.path, root.name, range_of(root.node, _lines(root.block), root.block.start), loss, described
    )
