"""Cuts of which one may be meant: their repairs are a choice, not safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chainrule.findings import Applicability, Finding, Fix
from chainrule.fixes.slices import are_factors, is_beside, is_weight
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import REENTRANT, Break, Root

_STOPS = frozenset({Cause.DETACH, Cause.PYTHON_SCALAR})
_TERM = "term"


def doubted(told: Sequence[tuple[Root, Break, Finding]]) -> Iterable[Finding]:
    """The findings, with no safe fix for a cut that may be meant.

    What multiplies the same source is often a weight that is meant to be constant, as in a focal loss. Of a
    coefficient that is learned in one term of a loss and taken as a constant in the others, the `.item()` in
    those is meant, although a cut in its own term shows both as breaks.
    """
    for root, found, finding in told:
        others = [other for around, other, _ in told if around is root and other is not found]
        stops = found.cause in _STOPS or found.cause is Cause.NO_GRAD
        if found.doubtful or (stops and is_weight(found)) or any(_contends(found, other) for other in others):
            finding = replace(finding, fixes=tuple(_as_choice(fix) for fix in finding.fixes))
        flagged = found.cause is Cause.VARIABLE and any(_flags(found, other) for other in others)
        if flagged or (found.note == REENTRANT and others):
            finding = replace(finding, fixes=tuple(_revealing(fix) for fix in finding.fixes))
        yield finding


def _flags(found: Break, other: Break) -> bool:
    """Whether a flag on this break may hide a cut further up, which then makes backward raise."""
    same_place = getattr(found.at, "lineno", 0) == getattr(other.at, "lineno", -1)
    return other.cause in (Cause.FRESH_LEAF, Cause.REQUIRES_GRAD) and same_place


def _revealing(fix: Fix) -> Fix:
    title = f"{fix.title} (where nothing above it is cut)"
    return replace(fix, title=title, applicability=Applicability.UNSAFE) if fix.edits else fix


def _contends(found: Break, other: Break) -> bool:
    """Whether a break may be meant, seen beside another one.

    So it may where both are factors of a product; where both cut the same source, one of them in one term
    only; where the other cuts more; or where what the other cuts has a way of its own beside this one.
    """
    if found.cause not in _STOPS and found.cause is not Cause.NO_GRAD:
        return False
    if are_factors(found, other):
        return True
    if found.cause not in _STOPS or other.cause not in _STOPS:
        return False
    mine, theirs = {s.name for s in found.sources}, {s.name for s in other.sources}
    in_a_term = _TERM in (found.note, other.note) and bool(mine & theirs)
    return in_a_term or mine < theirs or is_beside(found, other)


def _as_choice(fix: Fix) -> Fix:
    safe = fix.applicability is Applicability.SAFE
    return replace(fix, applicability=Applicability.UNSAFE) if safe else fix
