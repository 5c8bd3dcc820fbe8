"""Repairs of what stands between a gradient and what it should reach: hooks, marks of backward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import near
from chainrule.fixes.repairs.functions import backward_of
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import full_lines, remove, sole_in_block, stands_alone
from chainrule.syntax import walk_tree

_HOOKS = frozenset({"register_hook", "register_full_backward_hook", "register_post_accumulate_grad_hook"})


def unhook(site: FixSite) -> Iterator[Repair]:
    """`x.register_hook(lambda g: g * 0)` → nothing"""
    statement = _registration(site)
    if statement is None:
        return
    plan = site.plan()
    if not stands_alone(site.source, statement) or sole_in_block(site.parents, statement):
        plan.replace(statement, "pass")
    else:
        remove(plan, statement)
    yield plan.repair("Take the hook away, which stops the gradient", Applicability.UNSAFE)


def _registration(site: FixSite) -> ast.stmt | None:
    """The statement that registers the hook: the break's own, or that of a module which the break calls."""
    called = {ast.unparse(node.func) for node in near(site) if isinstance(node, ast.Call)}
    for statement in (site.statement(), *walk_tree(site.tree)):
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method))) if method in _HOOKS:
                if statement is site.statement() or ast.unparse(owner) in called:
                    return statement
            case _:
                pass
    return None


def differentiable_again(site: FixSite) -> Iterator[Repair]:
    """Take `@once_differentiable` off a backward whose own operations have derivatives."""
    backward, _ = backward_of(site)
    for decorator in backward.decorator_list if backward is not None else ():
        if (site.names.resolve(decorator) or "").endswith(".once_differentiable"):
            line = full_lines(site.source, ast.copy_location(ast.Pass(), decorator))
            if site.text[line[0] : line[1]].strip() != f"@{site.segment(decorator)}":
                return
            plan = site.plan()
            plan.replace_span(*line, "")
            yield plan.repair(
                "Take the mark away, which ends the graph at this backward", Applicability.UNSAFE
            )
            return
