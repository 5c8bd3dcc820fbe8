"""Repair of layers that were told to work in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import keyword_span, near
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.syntax import walk_tree


def without_inplace(site: FixSite) -> Iterator[Repair]:
    """`nn.ReLU(inplace=True)` in the constructor → `nn.ReLU()`, of the layers that the break calls"""
    called = {
        node.func.attr
        for node in near(site)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
    }
    plan = site.plan()
    for node in walk_tree(site.tree):
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value) if (
                name in called
            ):
                _take_out(site, plan, value)
            case _:
                pass
    if plan.edits:
        # What the layer wrote over may be read later.
        promise = Applicability.SAFE if _forgets(site) else Applicability.UNSAFE
        yield plan.repair("Let the layer write to new memory (no `inplace=True`)", promise)


def _forgets(site: FixSite) -> bool:
    """Whether the result takes the name of what was given: `x = self.body(x)`"""
    match site.statement():
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Name(id=given)], keywords=[])):
            return name == given
        case _:
            return False


def _take_out(site: FixSite, plan: Plan, made: ast.expr) -> None:
    for call in walk_tree(made):
        if not isinstance(call, ast.Call):
            continue
        for word in call.keywords:
            if word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value is True:
                plan.replace_span(*keyword_span(site, call, word), "")
