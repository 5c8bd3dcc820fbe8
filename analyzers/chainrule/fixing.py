"""Fix-all: applying fixes until nothing is left to apply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from chainrule.edits import compatible
from chainrule.findings import Applicability, Edit, Finding, Fix, Report
from chainrule.sources import Document

MAX_ROUNDS = 50
# Two runs of one loss differ by less than this factor, or by less than this time.
_NOTABLE = 1.5
_NOTABLE_SECONDS = 2e-4


@dataclass(frozen=True, slots=True)
class Fixed:
    """The document after `count` fixes; `problem` says why fixing stopped early, if it did."""

    document: Document
    count: int
    problem: str = ""


def fix_all(
    document: Document,
    analyze: Callable[[Document], Report],
    allowed: Collection[Applicability],
) -> Fixed:
    """`document` with every allowed fix made, in rounds of fixes that do not touch each other.

    A fix that would turn Python that parses into text that does not is not made.
    """
    count = 0
    seen = {document.text}
    for _ in range(MAX_ROUNDS):
        chosen = [fix.edits for fix in compatible(_allowed(analyze(document).findings, allowed))]
        if not chosen:
            return Fixed(document, count)
        changed, made = _apply(document, chosen)
        if not made:
            return Fixed(document, count, f"fixes could not be applied to this text: {len(chosen)}")
        if changed.text in seen:
            return Fixed(document, count, "two fixes undo each other; neither was made again")
        seen.add(changed.text)
        document, count = changed, count + made
    return Fixed(document, count, f"fixes still change the file after {MAX_ROUNDS} rounds")


def _apply(document: Document, chosen: list[tuple[Edit, ...]]) -> tuple[Document, int]:
    """The document after all of `chosen`, or after the first of them that can be made; and how many were."""
    valid = parses(document.text)
    together = tuple(edit for edits in chosen for edit in edits)
    for edits, made in ((together, len(chosen)), *((one, 1) for one in chosen)):
        try:
            changed = document.with_edits(edits)
        except ValueError:
            continue
        if parses(changed.text) or not valid:
            return changed, made
    return document, 0


def _allowed(findings: tuple[Finding, ...], allowed: Collection[Applicability]) -> Iterator[Fix]:
    """The first allowed fix of each finding."""
    for finding in findings:
        fix = next((fix for fix in finding.fixes if fix.edits and fix.applicability in allowed), None)
        if fix is not None:
            yield fix


def speed_up(before: float | None, after: float | None) -> str:
    """How much faster a fixed loss ran, forward and backward, both in seconds: "3.1 times as fast".

    Empty where a time is unknown, or the difference is no more than one run differs from the next by.
    """
    if not before or not after or before / after < _NOTABLE or before - after < _NOTABLE_SECONDS:
        return ""
    ratio = before / after
    return f"{ratio:.0f} times as fast" if ratio >= 10 else f"{ratio:.1f} times as fast"


def parses(text: str) -> bool:
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
