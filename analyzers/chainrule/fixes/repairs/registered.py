"""Repairs of a parameter that a method computes anew: kept as a parameter, or as the tensor that it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import dotted_near
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import replace_lines, stands_alone
from chainrule.syntax import walk_tree

_PARAMETER = frozenset({"torch.nn.Parameter", "torch.nn.parameter.Parameter"})


def change_in_place(site: FixSite) -> Iterator[Repair]:
    """`self.w = nn.Parameter(f(self.w))` → `self.w.copy_(f(self.w))` under `no_grad`: the parameter stays"""
    call = dotted_near(site, _PARAMETER)
    statement = site.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self")) as target]):
            pass
        case _:
            return
    own = ast.unparse(target)
    if (
        call is None
        or not call.args
        or statement.value is not call
        or not stands_alone(site.source, statement)
    ):
        return
    if not any(isinstance(n, ast.Attribute) and ast.unparse(n) == own for n in walk_tree(call.args[0])):
        yield from _as_tensor(site, statement, target, call)
        return
    plan = site.plan()
    indent = "\t" if site.source.indentation(statement.lineno).endswith("\t") else "    "
    lines = [f"with {plan.spell('torch.no_grad')}():", f"{indent}{own}.copy_({uncut(site, call.args[0])})"]
    replace_lines(plan, [statement], lines)
    yield plan.repair("Change the parameter itself, under `torch.no_grad()`", Applicability.UNSAFE)


def _as_tensor(
    site: FixSite, statement: ast.Assign, target: ast.Attribute, call: ast.Call
) -> Iterator[Repair]:
    """`self.w = nn.Parameter(g(x))` → `self.w = g(x)`, and no parameter of that name in the constructor"""
    made: list[ast.Call] = []
    for node in walk_tree(site.tree):
        match node:
            case ast.Assign(targets=[ast.Attribute() as other], value=value) if (
                node is not statement and ast.unparse(other) == ast.unparse(target)
            ):
                if not isinstance(value, ast.Call) or site.names.resolve(value.func) not in _PARAMETER:
                    return
                made.append(value)
            case _:
                pass
    if not made or any(len(each.args) != 1 or each.keywords for each in made):
        return
    plan = site.plan()
    plan.replace(call, uncut(site, call.args[0]))
    for each in made:
        plan.replace(each, site.segment(each.args[0]))
    yield plan.repair("Keep the computed tensor: what is computed is no parameter", Applicability.UNSAFE)


def use_itself(site: FixSite) -> Iterator[Repair]:
    """`fast = copy.deepcopy(self.net)`, which is only called and read → `fast = self.net`"""
    call = dotted_near(site, {"copy.deepcopy", "copy.copy"})
    statement = site.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            return
    if call is None or len(call.args) != 1 or site.function is None or statement.value is not call:
        return
    if not any(each.startswith(f"{ast.unparse(call.args[0])}.") for each in site.sources):
        return
    if not all(_only_reads(site, read) for read in site.scope.reads.get(name, ())):
        return
    plan = site.plan()
    plan.replace(call, site.segment(call.args[0]))
    yield plan.repair("Use the module itself, which nothing changes here", Applicability.UNSAFE)


def _only_reads(site: FixSite, read: ast.Name) -> bool:
    """Whether a module is called there, or its parameters are computed with."""
    parent = site.parent(read)
    match parent:
        case ast.Call(func=function) if function is read:
            return True
        case ast.Attribute(attr="parameters" | "named_parameters"):
            pass
        case _:
            return False
    around: ast.AST | None = parent
    while around is not None and not isinstance(around, ast.For | ast.stmt):
        around = site.parent(around)
    # A loop over the parameters may write to them.
    return not isinstance(around, ast.For) or not any(
        isinstance(node, ast.Attribute) and (node.attr == "data" or node.attr.endswith("_"))
        for node in walk_tree(around)
    )
