"""Applying edits and fixes to a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainrule.findings import Edit, Fix
from chainrule.fixes.text import SourceText


class OverlappingEditsError(ValueError):
    """Two edits of one set change the same characters."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with every edit made; all edits speak about the text as given.

    Insertions at one place are made in the order given. Raises OverlappingEditsError when two edits
    touch the same characters, or one inserts strictly inside what another replaces.
    """
    source = SourceText(text)
    spans = [
        (source.to_offset(edit.range.start), source.to_offset(edit.range.end), edit.text) for edit in edits
    ]
    spans.sort(key=lambda span: span[:2])
    pieces: list[str] = []
    done = 0
    for start, end, replacement in spans:
        if start < done:
            where = source.position(start)
            raise OverlappingEditsError(f"two edits overlap at line {where.line}, column {where.column}")
        pieces += (text[done:start], replacement)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def apply_fixes(text: str, fixes: Sequence[Fix]) -> tuple[str, tuple[Fix, ...]]:
    """Apply as many fixes as do not touch each other, the earlier ones of `fixes` first.

    Returns the new text and the fixes that were applied. Fixes without edits are left out. An edit that
    several fixes share (one import, one mask) is made once.
    """
    chosen: list[Fix] = []
    taken: dict[Edit, None] = {}
    for fix in fixes:
        fresh = [edit for edit in fix.edits if edit not in taken]
        if fresh and not any(_collide(edit, other) for edit in fresh for other in taken):
            chosen.append(fix)
            taken.update(dict.fromkeys(fresh))
    return apply_edits(text, taken), tuple(chosen)


def _collide(one: Edit, other: Edit) -> bool:
    if one.range.start == one.range.end and one.range == other.range:
        return True
    return one.range.overlaps(other.range)
