"""Straight-through estimates, whose stop-gradient is what makes them: `x + (q - x).detach()`"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import operand
from chainrule.fixes.site import FixSite, Repair, disabled


def give_both(site: FixSite, node: ast.expr) -> Iterator[Repair]:
    """`x + (q - x).detach()` → `q + x - x.detach()`, where `q` is to learn as well"""
    parent = site.parent(node)
    match parent:
        case ast.BinOp(left=kept, op=ast.Add(), right=stopped) if stopped is node:
            pass
        case ast.BinOp(left=stopped, op=ast.Add(), right=kept) if stopped is node:
            pass
        case _:
            kept = node
    match _stopped(node):
        case ast.BinOp(left=value, op=ast.Sub(), right=rest) if ast.unparse(rest) == ast.unparse(kept):
            plan = site.plan()
            one, other = (operand(part, site.segment(part)) for part in (value, kept))
            assert parent is not None
            plan.replace(parent, f"{one} + {other} - {other}.detach()")
            title = f"Let `{site.segment(value)}` learn too, not only `{site.segment(kept)}`"
            yield plan.repair(title, Applicability.UNSAFE)
        case _:
            reason = "it passes the gradient straight through: without it the sum cancels"
            yield disabled("Remove `.detach()` to keep the graph", reason)


def is_straight_through(site: FixSite, node: ast.expr) -> bool:
    """Whether a stopped value is the constant part of `x + (q - x).detach()`, or of `q + x - x.detach()`."""
    inner = _stopped(node)
    top: ast.AST = node
    while isinstance(above := site.parent(top), ast.BinOp) and isinstance(above.op, ast.Add | ast.Sub):
        top = above
    if inner is None or top is node or not isinstance(top, ast.expr):
        return False
    stopped = {ast.unparse(term): sign for term, sign in _terms(inner, 1)}
    ours = next((sign for term, sign in _terms(top, 1) if term is node), 1)
    return any(
        stopped.get(ast.unparse(term)) == -ours * sign for term, sign in _terms(top, 1) if term is not node
    )


def _terms(node: ast.expr, sign: int) -> Iterator[tuple[ast.expr, int]]:
    """The terms of a sum with their signs."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield from _terms(left, sign)
            yield from _terms(right, sign if isinstance(op, ast.Add) else -sign)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            yield from _terms(inner, -sign)
        case _:
            yield node, sign


def _stopped(node: ast.expr) -> ast.expr | None:
    """What `.detach()` or `.data` is taken of."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Attribute(value=inner):
            return inner
        case _:
            return None
