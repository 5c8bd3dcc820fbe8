"""Repair of a loss that is computed once, before the loop that calls backward: computed in every step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import (
    block_of,
    comments_between,
    full_lines,
    insert_before,
    remove,
    stands_alone,
)
from chainrule.fixes.usage import names_in
from chainrule.syntax import walk_tree

_LOOPS = (ast.For, ast.While)


def compute_in_loop(site: FixSite) -> Iterator[Repair]:
    """`loss = f(w)`, then `for …: loss.backward()` → `for …: loss = f(w); loss.backward()`

    What the loss is computed from moves with it, as far as it depends on a leaf.
    """
    loop: ast.AST | None = site.node
    while loop is not None and not isinstance(loop, _LOOPS):
        loop = site.parent(loop)
    loss = _differentiated(site)
    block = block_of(site.parents, loop) if isinstance(loop, ast.stmt) else None
    if not isinstance(loop, _LOOPS) or loss is None or block is None or not _is_fixed(site, loss, loop):
        return
    before = block[: block.index(loop)]
    moved = _chain(site, loss, before)
    inside = loop.body[0]
    if not moved or not stands_alone(site.source, inside):
        return
    made = {name for statement in moved for name in _bound(statement)}
    kept = [statement for statement in block if statement not in (*moved, loop)]
    if any(names_in(statement) & made for statement in kept if not isinstance(statement, ast.FunctionDef)):
        return
    plan = site.plan()
    for statement in moved:
        if not stands_alone(site.source, statement):
            return
        if comments_between(site.source, *full_lines(site.source, statement)):
            return
    remove(plan, *moved)
    insert_before(plan, inside, *(in_one_line(site.segment(statement)) for statement in moved))
    yield plan.repair("Compute the loss anew in every step", Applicability.UNSAFE)


def _differentiated(site: FixSite) -> str | None:
    """The name whose backward the statement of the break calls."""
    for node in walk_tree(site.statement() or site.node):
        op = op_of(node, site.names)
        if op is not None and op.name == "backward" and isinstance(op.tensor, ast.Name):
            return op.tensor.id
    return None


def _is_fixed(site: FixSite, name: str, loop: ast.AST) -> bool:
    """Whether a name has one value, that is bound before the loop."""
    binding = site.scope.only_binding(name)
    return binding is not None and not site.scope.is_inside(binding.statement, [loop])


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Assign(targets=targets):
            return [n.id for target in targets for n in walk_tree(target) if isinstance(n, ast.Name)]
        case _:
            return []


def _chain(site: FixSite, loss: str, before: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that compute the loss from a leaf or a module, in the order of the text."""
    wanted, chain = {loss}, []
    for statement in reversed(before):
        if isinstance(statement, ast.Assign) and wanted & set(_bound(statement)):
            if any(site.scope.only_binding(name) is None for name in _bound(statement)):
                return []
            chain.append(statement)
            wanted |= names_in(statement.value)
    chain.reverse()
    made: set[str] = set()
    moved: list[ast.stmt] = []
    for statement in chain:
        if _makes_leaf(site, statement.value):
            made.update(_bound(statement))
        elif names_in(statement.value) & made:
            made.update(_bound(statement))
            moved.append(statement)
    return moved if moved and loss in _bound(moved[-1]) else []


def _makes_leaf(site: FixSite, value: ast.expr) -> bool:
    """Whether an expression makes a parameter, a leaf, or a module."""
    for node in walk_tree(value):
        match node:
            case ast.keyword(arg="requires_grad", value=ast.Constant(value=True)):
                return True
            case ast.Attribute(attr="requires_grad_"):
                return True
            case ast.Call(func=function) if (site.names.resolve(function) or "").startswith("torch.nn."):
                return not (site.names.resolve(function) or "").startswith("torch.nn.functional.")
            case _:
                pass
    return False
