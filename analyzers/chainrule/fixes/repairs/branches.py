"""Repairs of Python control flow on tensors, and of constants on a branch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import number, op_of
from chainrule.fixes.repairs.common import near
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import replace_lines, stands_alone
from chainrule.syntax import walk_tree


def clamp_builtin(site: FixSite) -> Iterator[Repair]:
    """`max(0, t)` → `torch.clamp(t, min=0)`, or softplus; `max(a, b)` → `torch.maximum(a, b)`"""
    for node in near(site):
        match node:
            case ast.Call(func=ast.Name(id="max" | "min" as name), args=[one, other], keywords=[]):
                pass
            case _:
                continue
        constants = [part for part in (one, other) if number(part) is not None]
        plan = site.plan()
        if len(constants) == 1:
            bound = constants[0]
            tensor = other if bound is one else one
            limit = "min" if name == "max" else "max"
            text = f"{plan.spell('torch.clamp')}({site.segment(tensor)}, {limit}={site.segment(bound)})"
            plan.replace(node, text)
            yield plan.repair("Use `torch.clamp`, which stays in the graph", Applicability.SAFE)
            if name == "max" and number(bound) == 0:
                yield _softplus(site, node, tensor)
        elif not constants:
            zeros = [part for part in (one, other) if (made := made_of(site, part)) and made[1] == 0]
            if name == "max" and len(zeros) == 1:
                yield _softplus(site, node, other if zeros[0] is one else one)
            text = f"{plan.spell(f'torch.{name}imum')}({site.segment(one)}, {site.segment(other)})"
            plan.replace(node, text)
            yield plan.repair(f"Use `torch.{name}imum`", Applicability.SAFE)
        return


def _softplus(site: FixSite, node: ast.Call, tensor: ast.expr) -> Repair:
    plan = site.plan()
    plan.replace(node, f"{plan.spell('torch.nn.functional.softplus')}({site.segment(tensor)})")
    return plan.repair("Use softplus, which has a gradient everywhere", Applicability.UNSAFE)


def where(site: FixSite) -> Iterator[Repair]:
    """`a if t > 0 else b` → `torch.where(t > 0, a, b)`; the same for an `if` statement"""
    for node in near(site):
        if isinstance(node, ast.IfExp) and computed(site, node.body, node.orelse):
            plan = site.plan()
            parts = [site.segment(part) for part in (node.test, node.body, node.orelse)]
            plan.replace(node, f"{plan.spell('torch.where')}({', '.join(parts)})")
            yield plan.repair("Choose with `torch.where`", Applicability.SAFE)
            return
    current: ast.AST | None = site.node
    while current is not None and not isinstance(current, ast.If):
        current = site.parent(current)
    if isinstance(current, ast.If) and stands_alone(site.source, current):
        yield from _statement(site, current)


def _statement(site: FixSite, branch: ast.If) -> Iterator[Repair]:
    plan = site.plan()
    match branch.body, branch.orelse:
        case [ast.Assign(targets=[ast.Name(id=one)], value=first)], [
            ast.Assign(targets=[ast.Name(id=other)], value=second)
        ] if one == other:
            head = f"{one} = "
        case [ast.Return(value=ast.expr() as first)], [ast.Return(value=ast.expr() as second)]:
            head = "return "
        case _:
            return
    if not computed(site, first, second):
        return
    parts = ", ".join(site.segment(part) for part in (branch.test, first, second))
    replace_lines(plan, [branch], [f"{head}{plan.spell('torch.where')}({parts})"])
    yield plan.repair("Choose with `torch.where`", Applicability.SAFE)


def computed(site: FixSite, *branches: ast.expr) -> bool:
    """Whether a branch is computed from a value: no choice between two constants has a gradient."""
    return any(
        isinstance(node, ast.Name) and not site.names.resolve(node)
        for branch in branches
        for node in walk_tree(branch)
    )


def made_of(site: FixSite, node: ast.expr) -> tuple[ast.expr, float] | None:
    """A tensor that is made of one number, and the number."""
    made = op_of(node, site.names)
    if made is None:
        return None
    first = made.operands[0] if made.operands else None
    if made.name in ("zeros", "zeros_like", "new_zeros"):
        return node, 0.0
    if made.dotted is not None and made.name in ("tensor", "as_tensor", "FloatTensor", "Tensor"):
        inner = first.elts[0] if isinstance(first, ast.List) and len(first.elts) == 1 else first
        if (value := number(inner)) is not None:
            return node, value
    if made.name in ("new_tensor", "new_full", "full", "full_like"):
        if (value := number(made.operands[-1])) is not None:
            return node, value
    return None
