"""Repairs of elements that a comparison selects: all of them, weighted by a sigmoid."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.repairs.common import near, wrapped
from chainrule.fixes.repairs.counted import count_by_degrees
from chainrule.fixes.repairs.degrees import Degrees, is_comparison, joined
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import insert_before, stands_alone
from chainrule.fixes.usage import same
from chainrule.syntax import walk_tree

_SHAPED = "{soft}.reshape({soft}.shape + (1,) * ({x}.dim() - {soft}.dim()))"


def weigh_selected(site: FixSite) -> Iterator[Repair]:
    """`x[length < t]` → `x * torch.sigmoid((t - length) * 10)`, the weights spread over further dimensions"""
    if any(count_by_degrees(site)):
        return
    found = next((node for node in near(site) if is_comparison(site, node)), None)
    if not isinstance(found, ast.expr):
        return
    whole = joined(site, found)
    parent = site.parent(whole)
    match parent:
        case ast.Subscript(value=table, slice=index, ctx=ast.Load()) if index is whole:
            pass
        case ast.Call() if (op := op_of(parent, site.names)) is not None and op.name == "masked_select":
            table = op.operands[0]
        case _:
            return
    statement = site.statement(parent)
    if not isinstance(table, ast.Name | ast.Attribute) or statement is None:
        return
    plan = site.plan()
    text = Degrees(site, plan, found).text(whole)
    x = site.segment(table)
    if any(isinstance(node, ast.expr) and same(node, table) for node in walk_tree(found)):
        plan.replace(parent, wrapped(site, parent, f"{x} * {text}"))
    else:
        simple = isinstance(statement, ast.Assign | ast.AugAssign | ast.Return | ast.Expr)
        if not simple or not stands_alone(site.source, statement):
            return
        soft = site.scope.fresh("soft_mask", "soft_selection")
        insert_before(plan, statement, f"{soft} = {text}")
        plan.replace(parent, wrapped(site, parent, f"{x} * {_SHAPED.format(soft=soft, x=x)}"))
    yield plan.repair("Weigh all elements by a sigmoid in place of the selection", Applicability.UNSAFE)
