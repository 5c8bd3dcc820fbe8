"""Repair of a learned threshold that only chooses a branch: both branches, mixed by a sigmoid."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs.branches import computed
from chainrule.fixes.repairs.common import operand_of
from chainrule.fixes.repairs.degrees import Degrees, is_comparison
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import block_of, replace_lines, stands_alone


def mix_branches(site: FixSite) -> Iterator[Repair]:
    """`if c > t: return a`, `return b` → `gate * a + (1 - gate) * b` with `gate = sigmoid(10 * (c - t))`"""
    branch: ast.AST | None = site.node
    while branch is not None and not isinstance(branch, ast.If | ast.IfExp):
        branch = site.parent(branch)
    if isinstance(branch, ast.IfExp):
        if not is_comparison(site, branch.test) or not computed(site, branch.body, branch.orelse):
            return
        plan = site.plan()
        gate = Degrees(site, plan, branch.test).text(branch.test)
        one, other = operand_of(site, branch.body), operand_of(site, branch.orelse)
        plan.replace(branch, f"({other} + {gate} * ({one} - {other}))")
        yield plan.repair("Mix both branches by a sigmoid", Applicability.UNSAFE)
        return
    if not isinstance(branch, ast.If) or not is_comparison(site, branch.test):
        return
    block = block_of(site.parents, branch) or []
    following = block[block.index(branch) + 1 :] if branch in block else []
    replaced: list[ast.stmt] = [branch]
    match branch.body, branch.orelse or following[:1]:
        case [ast.Return(value=ast.expr() as first)], [ast.Return(value=ast.expr() as second) as last]:
            head = "return "
            replaced += [] if branch.orelse else [last]
        case [ast.Assign(targets=[ast.Name(id=one)], value=first)], [
            ast.Assign(targets=[ast.Name(id=other)], value=second)
        ] if one == other and branch.orelse:
            head = f"{one} = "
        case _:
            return
    if not computed(site, first, second):
        return  # between two constants there is nothing to learn but the threshold
    if not all(stands_alone(site.source, statement) for statement in replaced):
        return
    plan = site.plan()
    gate = site.scope.fresh("gate")
    texts = [in_one_line(operand_of(site, value)) for value in (first, second)]
    lines = [
        f"{gate} = {in_one_line(Degrees(site, plan, branch.test).text(branch.test))}",
        f"{head}{gate} * {texts[0]} + (1 - {gate}) * {texts[1]}",
    ]
    replace_lines(plan, replaced, lines)
    yield plan.repair("Mix both branches by a sigmoid", Applicability.UNSAFE)
