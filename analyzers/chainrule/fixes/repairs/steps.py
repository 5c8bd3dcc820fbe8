"""Repairs of sums over the steps of a training loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import near
from chainrule.fixes.site import FixSite, Repair
from chainrule.syntax import walk_tree


def sum_of_steps(site: FixSite) -> Iterator[Repair]:
    """`total = total + loss`, `total.backward()` in a loop → `loss.backward()`"""
    for node in near(site):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=total) as receiver, attr="backward")):
                pass
            case _:
                continue
        for step in walk_tree(site.function or site.tree):
            match step:
                case ast.Assign(
                    targets=[ast.Name(id=kept)],
                    value=ast.BinOp(left=ast.Name(id=again), op=ast.Add(), right=ast.Name(id=term)),
                ) if kept == again == total:
                    pass
                case ast.AugAssign(target=ast.Name(id=kept), op=ast.Add(), value=ast.Name(id=term)) if (
                    kept == total
                ):
                    pass
                case _:
                    continue
            plan = site.plan()
            plan.replace(receiver, term)
            yield plan.repair("Call backward on the loss of this step", Applicability.UNSAFE)
            return
