"""All safe fixes of a file at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from chainrule.findings import Applicability, Edit, Finding, Position, Range, Report

from chainrule_server.text import LineTable, Unit

MAX_ROUNDS = 20


def safe_edits(finding: Finding) -> tuple[Edit, ...]:
    """The edits of the finding's first safe fix; empty if it has none."""
    for fix in finding.fixes:
        if fix.applicability is Applicability.SAFE and fix.edits:
            return fix.edits
    return ()


def has_safe_fix(report: Report) -> bool:
    return any(safe_edits(finding) for finding in report.findings)


async def fix_all_edits(text: str, report: Report, analyze: Callable[[str], Awaitable[Report]]) -> list[Edit]:
    """One edit of `text` that makes every safe fix, round after round until none is left.

    A fix can make room for another, and two fixes of one round may touch the same text: the later one waits
    for the next round. Rounds that repeat an earlier text end the work.
    """
    seen = {text}
    fixed = text
    for _ in range(MAX_ROUNDS):
        changed = apply(fixed, _compatible(report))
        if changed in seen:
            break
        seen.add(changed)
        fixed = changed
        report = await analyze(fixed)
    return [] if fixed == text else [_difference(text, fixed)]


def _compatible(report: Report) -> list[Edit]:
    """The safe fixes that can be made together, first come first served."""
    taken: list[Edit] = []
    for finding in report.findings:
        edits = safe_edits(finding)
        if not any(_touches(new.range, old.range) for new in edits for old in taken):
            taken += edits
    return taken


def _touches(left: Range, right: Range) -> bool:
    return left.overlaps(right) or left.start == right.start


def apply(text: str, edits: list[Edit]) -> str:
    """`text` with edits that do not overlap."""
    table = LineTable(text, Unit.UTF32)
    for edit in sorted(edits, key=lambda edit: edit.range, reverse=True):
        start, end = table.offset(edit.range.start), table.offset(edit.range.end)
        text = text[:start] + edit.text + text[end:]
    return text


def _difference(before: str, after: str) -> Edit:
    """The smallest single edit from one text to the other, in whole lines so that no line ending is split."""
    old, new = LineTable(before, Unit.UTF32).lines, LineTable(after, Unit.UTF32).lines
    head = sum(1 for _ in _equal_lines(old, new))
    limit = min(len(old), len(new)) - head
    tail = min(limit, sum(1 for _ in _equal_lines(old[::-1], new[::-1])))
    return Edit(
        Range(Position(head + 1, 1), Position(len(old) - tail + 1, 1)), "".join(new[head : len(new) - tail])
    )


def _equal_lines(left: list[str], right: list[str]) -> Iterator[str]:
    for one, other in zip(left, right, strict=False):
        if one != other:
            return
        yield one
