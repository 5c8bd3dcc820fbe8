"""Entries of a table of losses that every round of a loop sets anew: the last one is all that is left."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.values import Map, Tensor, Value
from chainrule.flow.core.words import words
from chainrule.flow.operations.accumulation import TOTALS, assignments, goes_on, means_total, names_in
from chainrule.syntax import walk_tree


def check(interp: Interpreter, loop: ast.For | ast.AsyncFor, before: dict[str, Value]) -> None:
    """Report terms that are lost, after the first round. `before`: what the names were before the loop."""
    for statement in assignments(loop.body):
        target = statement.targets[0]
        if isinstance(target, ast.Subscript):
            _set_anew(interp, loop, statement, target, before)
    for call in _updates(loop.body):
        _updated_anew(interp, loop, call, before)


def _set_anew(
    interp: Interpreter,
    loop: ast.For | ast.AsyncFor,
    statement: ast.Assign,
    target: ast.Subscript,
    before: dict[str, Value],
) -> None:
    """`losses["total"] = term` for each of several: the entry holds the last one."""
    owner, key = target.value, target.slice
    if not (isinstance(owner, ast.Name) and isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return
    table = before.get(owner.id)
    if not isinstance(table, Map) or TOTALS.isdisjoint((*words(owner.id), *words(key.value))):
        return
    value = table.items.get(key.value)
    others = {
        node.value
        for child in loop.body
        for node in walk_tree(child)
        if isinstance(node, ast.Subscript)
        and not (isinstance(node.slice, ast.Constant) and node.slice.value == key.value)
    }
    read = any(
        isinstance(node, ast.Name) and node.id == owner.id and node is not owner and node not in others
        for child in loop.body
        for node in walk_tree(child)
    )
    if read or not isinstance(value, Tensor) or goes_on(loop):
        return
    if not any(map(is_scalar, (value.node, *(parent for parent, _ in value.node.edges)))):
        return
    if names_in(loop.target) & names_in(statement.value):
        interp.event(Cause.OVERWRITTEN, statement, value.node, ast.unparse(target))


def _updates(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """The statements `table.update(…)` that every round runs, in loops of its own too."""
    for statement in body:
        if isinstance(statement, (ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)):
            yield from _updates(statement.body)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            if getattr(statement.value.func, "attr", "") == "update":
                yield statement.value


def _updated_anew(
    interp: Interpreter, loop: ast.For | ast.AsyncFor, call: ast.Call, before: dict[str, Value]
) -> None:
    """`losses.update(terms(layer))` for each layer: under the same keys, the terms of the last layer."""
    assert isinstance(call.func, ast.Attribute)
    owner = call.func.value
    if not isinstance(owner, ast.Name) or not means_total(owner.id) or goes_on(loop):
        return
    table = before.get(owner.id)
    if not isinstance(table, Map) or _is_read(loop, owner):
        return
    names = interp.frame.scope.names
    elements = interp.nodes([names[each] for each in names_in(loop.target) if each in names])
    for key, value in table.items.items():
        if isinstance(key, str) and isinstance(value, Tensor) and is_scalar(value.node):
            made_of = {id(node) for node in behind(value.node)}
            if any(id(element) in made_of for element in elements):
                interp.event(Cause.OVERWRITTEN, call, value.node, f'{owner.id}["{key}"]')
                return


def _is_read(loop: ast.For | ast.AsyncFor, table: ast.Name) -> bool:
    """Whether a loop does more with a table than to update it at one place."""
    inside = (node for statement in loop.body for node in walk_tree(statement))
    return any(isinstance(each, ast.Name) and each.id == table.id and each is not table for each in inside)
