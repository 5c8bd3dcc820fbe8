"""Repair of a state that a training loop carries in a variable from one step into the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import block_of, insert_after, stands_alone
from chainrule.fixes.usage import names_in
from chainrule.syntax import walk_tree

_LOOPS = (ast.For, ast.While)


def detach_carried(site: FixSite) -> Iterator[Repair]:
    """`out, h = rnn(x, h)`, …, `loss.backward()` in a loop → `h = h.detach()` below the backward pass

    The pair of an LSTM is detached as a tuple. A state that starts afresh within the loop is carried nowhere.
    """
    backward = site.statement()
    match backward:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="backward"))):
            pass
        case _:
            return
    block = block_of(site.parents, backward)
    if (
        block is None
        or not isinstance(site.parent(backward), _LOOPS)
        or not stands_alone(site.source, backward)
    ):
        return
    before = block[: block.index(backward)]
    carried = [name for statement in before for name in _carried(statement)]
    fresh = {name for statement in before for name in _bound_anew(statement)}
    kept = [name for name in dict.fromkeys(carried) if name not in fresh]
    if not kept:
        return
    plan = site.plan()
    insert_after(plan, backward, *(_detached(site, name, before) for name in kept))
    yield plan.repair("Carry the values on without their graph", Applicability.UNSAFE)


def _carried(statement: ast.stmt) -> Iterator[str]:
    """The names that a call is given and its result replaces."""
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
        given = {name for each in statement.value.args for name in names_in(each)}
        yield from (name for name in _stored(statement) if name in given)


def _bound_anew(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds without reading them."""
    if isinstance(statement, ast.Assign):
        yield from (name for name in _stored(statement) if name not in names_in(statement.value))


def _stored(statement: ast.Assign) -> list[str]:
    return [
        node.id
        for target in statement.targets
        for node in walk_tree(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


def _detached(site: FixSite, name: str, before: list[ast.stmt]) -> str:
    """The statement that lets go of the graph of `name`, a tensor or the pair of an LSTM."""
    if "LSTM(" in site.text and _is_handed_whole(name, before):
        part = site.scope.fresh("part", "tensor")
        return f"{name} = tuple({part}.detach() for {part} in {name})"
    return f"{name} = {name}.detach()"


def _is_handed_whole(name: str, before: list[ast.stmt]) -> bool:
    """Whether a state is an argument of its own, and no part of a pair: `lstm(x, state)`."""
    return any(
        isinstance(each, ast.Name) and each.id == name
        for statement in before
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        for each in statement.value.args
    )
