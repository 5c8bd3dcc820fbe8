"""Repairs of loops that keep the last term of a loss instead of the sum."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import operand_of
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import full_lines, insert_before, put_under, stands_alone
from chainrule.syntax import walk_tree

_TITLE = "Add to the loss, so that no term is lost"


def accumulate(site: FixSite) -> Iterator[Repair]:
    """`loss = term` in a loop, `loss =+ term` → `loss += term`; an entry that is set, an update → sums"""
    statement = site.statement()
    match statement:
        case ast.Assign(targets=[ast.Name() as target]):
            plan = site.plan()
            at = site.text.index("=", site.source.span(target)[1])
            plus = site.text[at + 1] == "+"  # `loss =+ term`
            plan.replace_span(site.source.span(target)[1], at + 1 + plus, " +=")
            loop = _never_started(site, target.id)
            if loop is not None:
                insert_before(plan, loop, f"{target.id} = 0.0")
            yield plan.repair(_TITLE, Applicability.UNSAFE)
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name() as table, slice=ast.Constant() as key)], value=value
        ):
            plan = site.plan()
            kept = f"{site.segment(table)}.get({site.segment(key)}, 0.0)"
            text = site.segment(value) if isinstance(value, ast.BinOp) else operand_of(site, value)
            plan.replace(value, f"{kept} + {text}")
            yield plan.repair(_TITLE, Applicability.UNSAFE)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="update"), args=[given])
        ):
            yield from _entry_by_entry(site, statement, table.id, given)
        case ast.Return():
            yield from _after_loop(site, statement)
        case _:
            pass


def _entry_by_entry(site: FixSite, statement: ast.Expr, table: str, given: ast.expr) -> Iterator[Repair]:
    """`losses.update(terms)` → a loop that adds every term to what its entry holds"""
    if not isinstance(given, (ast.Name, ast.Call, ast.Attribute)) or not stands_alone(site.source, statement):
        return
    key, term = site.scope.fresh("key", "name"), site.scope.fresh("term", "part")
    plan = site.plan()
    put_under(plan, statement, f"for {key}, {term} in {site.segment(given)}.items():")
    plan.replace(statement, f"{table}[{key}] = {table}.get({key}, 0.0) + {term}")
    yield plan.repair(_TITLE, Applicability.UNSAFE)


def _never_started(site: FixSite, name: str) -> ast.stmt | None:
    """The loop around an assignment, if it is the first one to `name` in its function."""
    loop: ast.AST | None = site.statement()
    while loop is not None and not isinstance(loop, (ast.For, ast.AsyncFor)):
        loop = site.parent(loop)
    stored = [
        node.lineno
        for node in walk_tree(site.function or site.tree)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    first = site.statement()
    return loop if loop is not None and first is not None and min(stored) >= first.lineno else None


def _after_loop(site: FixSite, statement: ast.Return) -> Iterator[Repair]:
    """`return total` at the end of the loop's body → below the loop"""
    loop = site.parent(statement)
    if not isinstance(loop, ast.For) or loop.orelse or len(loop.body) < 2 or loop.body[-1] is not statement:
        return
    if statement.lineno != statement.end_lineno or not stands_alone(site.source, statement):
        return
    start = full_lines(site.source, statement)[0]
    outer, inner = site.source.indentation(loop.lineno), site.source.indentation(statement.lineno)
    plan = site.plan()
    plan.replace_span(start, start + len(inner), outer)
    yield plan.repair("Return after the loop, so that no term is lost", Applicability.UNSAFE)
