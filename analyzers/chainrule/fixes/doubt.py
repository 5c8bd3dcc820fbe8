"""Cuts of which one may be meant: their repairs are a choice, not safe."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from chainrule.findings import Applicability, Finding, Fix
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break, Root
from chainrule.syntax import parse_block

_STOPS = frozenset({Cause.DETACH, Cause.PYTHON_SCALAR})
_TERM = "term"


def doubted(told: Sequence[tuple[Root, Break, Finding]]) -> Iterable[Finding]:
    """The findings, with no safe fix for a cut that may be meant.

    Of a coefficient that is learned in one term of a loss and taken as a constant in the others, the
    `.item()` in those is meant, although a cut in its own term shows both as breaks.
    """
    for root, found, finding in told:
        others = [other for around, other, _ in told if around is root and other is not found]
        if found.cause in _STOPS and any(_contends(found, other) for other in others):
            finding = replace(finding, fixes=tuple(_as_choice(fix) for fix in finding.fixes))
        flagged = found.cause is Cause.VARIABLE and any(_flags(found, other) for other in others)
        if flagged:
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
    """Whether a break may be meant, seen beside another one: both are factors of a product, or

    both cut the same source, one of them in one term only, or the other cuts more, or holds this one.
    """
    if other.cause not in _STOPS:
        return False
    mine, theirs = {s.name for s in found.sources}, {s.name for s in other.sources}
    in_a_term = _TERM in (found.note, other.note) and bool(mine & theirs)
    inside = any(node is found.at for node in ast.walk(other.at)) if isinstance(other.at, ast.AST) else False
    return in_a_term or mine < theirs or inside or _are_factors(found, other)


def _are_factors(found: Break, other: Break) -> bool:
    """Whether a product has one of two breaks in its left and one in its right factor."""
    if found.block is not other.block or getattr(found.at, "lineno", 0) != getattr(other.at, "lineno", -1):
        return False
    for node in ast.walk(parse_block(found.block)):
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                sides = {_side(left, right, found.at), _side(left, right, other.at)}
                if sides == {"left", "right"}:
                    return True
            case _:
                pass
    return False


def _side(left: ast.expr, right: ast.expr, at: ast.AST) -> str:
    if any(node is at for node in ast.walk(left)):
        return "left"
    return "right" if any(node is at for node in ast.walk(right)) else ""


def _as_choice(fix: Fix) -> Fix:
    safe = fix.applicability is Applicability.SAFE
    return replace(fix, applicability=Applicability.UNSAFE) if safe else fix
