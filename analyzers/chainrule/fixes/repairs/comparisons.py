"""Repairs of comparisons that are used as values: a smooth measure of how true they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import atom, number, op_of, operand
from chainrule.fixes.repairs.common import casts_around, is_edited, near
from chainrule.fixes.repairs.counted import count_by_degrees
from chainrule.fixes.repairs.degrees import Degrees, is_comparison, is_equality, joined, ordered_sides
from chainrule.fixes.repairs.readers import write_degrees
from chainrule.fixes.repairs.rebuilt import REBUILDERS
from chainrule.fixes.repairs.wholes import CALLERS, for_callers, taker_of_wholes
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import insert_after, stands_alone
from chainrule.syntax import walk_tree


def soft_comparison(site: FixSite) -> Iterator[Repair]:
    """`(x > t).float()` → `torch.sigmoid((x - t) * 10)`; `(a == b).float()` → `torch.exp(-((a - b) ** 2))`

    What a comparison is joined with by `&`, `|`, `~` becomes smooth with it, and so do the `torch.where` and
    the `any` that read it.
    """
    found = next((node for node in near(site) if is_comparison(site, node)), None)
    if not isinstance(found, ast.expr) or any(count_by_degrees(site)) or any(soft_leaf(site)):
        return
    whole = joined(site, found)
    outer = casts_around(site, whole)
    plan = site.plan()
    soft = Degrees(site, plan, found)
    text = soft.text(whole)
    if is_edited(site, outer):
        text = f"{atom(ast.parse(text, mode='eval').body, text)}.clone()"
    if not write_degrees(site, plan, outer, text):
        return
    equality = is_equality(site, whole)
    title = "Use a smooth measure of equality" if equality else "Use a sigmoid in place of the step"
    repair = plan.repair(title, Applicability.UNSAFE)
    yield for_callers(repair) if taker_of_wholes(site, outer) == CALLERS else repair
    if outer is found or whole is found:
        yield from _amount(site, found, outer)


def _amount(site: FixSite, found: ast.expr, outer: ast.AST) -> Iterator[Repair]:
    """`(x > t).float()` → `torch.relu(x - t)`, by how much the bound is passed"""
    ordered = ordered_sides(site, found)
    if ordered is None:
        return
    bigger, smaller = (operand(part, site.segment(part)) for part in ordered)
    plan = site.plan()
    difference = f"{bigger} - {smaller}" if number(ordered[1]) != 0 else bigger
    if number(ordered[0]) == 0:
        difference = f"-{smaller}"
    amount = f"{plan.spell('torch.relu')}({difference})" + (".clone()" if is_edited(site, outer) else "")
    if write_degrees(site, plan, outer, amount):
        repair = plan.repair("Use the amount by which the bound is passed (`relu`)", Applicability.UNSAFE)
        yield for_callers(repair) if taker_of_wholes(site, outer) == CALLERS else repair


def through_filled(site: FixSite) -> Iterator[Repair]:
    """`out = zeros`, `out[x > t] = 1` → the same, with the gradient of a sigmoid, straight through"""
    statement = site.statement()
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name) as filled, slice=ast.expr() as test)]):
            pass
        case _:
            return
    start = op_of(site.scope.value_of(filled), site.names)
    if start is None or start.name not in ("zeros", "zeros_like", "new_zeros"):
        return
    if (
        number(statement.value) != 1
        or not is_comparison(site, test)
        or not stands_alone(site.source, statement)
    ):
        return
    plan = site.plan()
    soft = site.scope.fresh("soft")
    text = Degrees(site, plan, test).text(test)
    insert_after(plan, statement, f"{soft} = {text}", f"{name} = {name} + {soft} - {soft}.detach()")
    title = "Pass the gradient of a sigmoid straight through (same value, chosen gradient)"
    yield plan.repair(title, Applicability.UNSAFE)


def soft_leaf(site: FixSite) -> Iterator[Repair]:
    """`torch.tensor((x > t).float(), requires_grad=True)` → `torch.sigmoid((x - t) * 10)`"""
    for call in near(site):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        dotted = site.names.resolve(call.func) or ""
        if dotted not in REBUILDERS and dotted != "torch.autograd.Variable":
            continue
        found = next((node for node in walk_tree(call.args[0]) if is_comparison(site, node)), None)
        if not isinstance(found, ast.expr) or casts_around(site, joined(site, found)) is not call.args[0]:
            return
        plan = site.plan()
        plan.replace(call, Degrees(site, plan, found).text(joined(site, found)))
        yield plan.repair("Use a sigmoid in place of the step", Applicability.UNSAFE)
        return
