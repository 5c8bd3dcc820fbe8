"""Repairs of leaves that are changed in place: under `no_grad`, or a copy of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.inplace import write_anew
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import insert_before, put_under, stands_alone
from chainrule.syntax import walk_tree


def edit_without_graph(site: FixSite) -> Iterator[Repair]:
    """`self.fc.weight.clamp_(-1, 1)` → the same under `torch.no_grad()`: the parameter itself is changed"""
    statement = site.statement()
    target = _edited(statement) if statement is not None else None
    if statement is None:
        return
    own = isinstance(target, ast.Name) and _is_of_file(site, target.id)
    if own and stands_alone(site.source, statement):
        plan = site.plan()  # a script prepares its leaf
        put_under(plan, statement, f"with {plan.spell('torch.no_grad')}():")
        yield plan.repair("Change the leaf under `torch.no_grad()`", Applicability.UNSAFE)
        return
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Attribute):
        return
    if stands_alone(site.source, statement):
        plan = site.plan()
        put_under(plan, statement, f"with {plan.spell('torch.no_grad')}():")
        yield plan.repair("Change the parameter under `torch.no_grad()`", Applicability.SAFE)


def _is_of_file(site: FixSite, name: str) -> bool:
    """Whether a name is the file's own: no argument of the function, and bound by nothing in it."""
    if site.function is None:
        return True
    return not any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        for node in walk_tree(site.function)
    )


def change_parameter(site: FixSite) -> Iterator[Repair]:
    """`self.w.div_(norm)`, which nothing reads there: the parameter itself is changed, under `no_grad`

    The other edits of it in the function go with that one.
    """
    statement = site.statement()
    target = _edited(statement) if statement is not None else None
    if statement is None or not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return
    edits = _edits(site, target)
    if _read_below(site, statement, target) or not all(stands_alone(site.source, each) for each in edits):
        return
    plan = site.plan()
    for each in edits:
        put_under(plan, each, f"with {plan.spell('torch.no_grad')}():")
    title = "Change the parameter under `torch.no_grad()` (the change itself gets no gradient)"
    yield plan.repair(title, Applicability.UNSAFE)


def _edits(site: FixSite, target: ast.Attribute) -> list[ast.stmt]:
    """The statements of the function that edit a parameter in place."""
    found: list[ast.stmt] = []
    for node in walk_tree(site.function or site.tree):
        edited = _edited(node) if isinstance(node, ast.stmt) else None
        if isinstance(node, ast.stmt) and edited is not None and ast.unparse(edited) == ast.unparse(target):
            found.append(node)
    return found


def _read_below(site: FixSite, statement: ast.stmt, target: ast.Attribute) -> bool:
    """Whether something but another edit reads the parameter later in the function."""
    edits = _edits(site, target)
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and node.lineno > (statement.end_lineno or statement.lineno)
        and ast.unparse(node) == ast.unparse(target)
        and site.statement(node) not in edits
        for node in walk_tree(site.function or site.tree)
    )


def edit_a_copy(site: FixSite) -> Iterator[Repair]:
    """In place on a leaf: `self.w[i] = 0` → `w = self.w.clone(); w[i] = 0`, and `w` from there on"""
    statement = site.statement()
    if statement is None or not stands_alone(site.source, statement) or site.function is None:
        return
    target = _edited(statement)
    if isinstance(target, ast.Name) and _is_of_file(site, target.id):
        return  # a copy would be another, local name
    if isinstance(target, ast.Name):
        plan = site.plan()
        if isinstance(statement, ast.AugAssign) and statement.target is target:
            write_anew(site, plan, statement, target.id)
        else:
            insert_before(plan, statement, f"{target.id} = {target.id}.clone()")
        yield plan.repair("Edit a copy of the leaf", Applicability.SAFE)
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        if not _read_below(site, statement, target):
            return  # nobody would see the copy
        plan = site.plan()
        name = site.scope.fresh(target.attr)
        first = statement.lineno
        if isinstance(statement, ast.AugAssign) and statement.target is target:
            write_anew(site, plan, statement, name)
            first = (statement.end_lineno or first) + 1
        else:
            insert_before(plan, statement, f"{name} = {site.segment(target)}.clone()")
        for node in walk_tree(site.function):
            again = isinstance(node, ast.Attribute) and node.lineno >= first
            if again and ast.unparse(node) == ast.unparse(target):
                plan.replace(node, name)
        yield plan.repair("Edit a copy of the leaf", Applicability.SAFE)


def _edited(statement: ast.stmt) -> ast.expr | None:
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=target)]):
            return target
        case ast.AugAssign(target=ast.Subscript(value=target)) | ast.AugAssign(target=target):
            return target
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Subscript(value=target)))):
            return target
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target))):
            return target
        case _:
            return None
