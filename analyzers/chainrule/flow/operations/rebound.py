"""A loss that is bound anew before anything has read it: `loss = a` and then `loss = b`, or `loss =+ b`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Tensor, Value
from chainrule.flow.operations.accumulation import means_total
from chainrule.syntax import Block, alike, walk_tree

AGAIN = "again "
"""What the note of a value that nobody read begins with; its name follows."""


def check(interp: Interpreter, statement: ast.Assign, target: ast.Name, value: Value) -> None:
    """`statement` binds `target` to `value`."""
    before = interp.frame.scope.names.get(target.id)
    if not (isinstance(before, Tensor) and isinstance(value, Tensor) and means_total(target.id)):
        return
    if not _is_learnt(before) or not _is_learnt(value) or before.node in behind(value.node):
        return
    function = interp.frame.function
    if function is None:
        return
    bodies = _bodies(function, interp.frame.block)
    name = target.id
    if any(_follows(body, statement, name) or _interrupts(body, statement, name) for body in bodies):
        interp.event(Cause.OVERWRITTEN, statement, before.node, f"{AGAIN}{target.id}")


def _is_learnt(value: Tensor) -> bool:
    """Whether gradient goes on from a value to something that was given or is a parameter."""
    return value.node.source is None and any(each.source is not None for each in behind(value.node))


class _Bodies(NamedTuple):
    """The rows of statements in a function. As long as the function is kept, no other has its id."""

    function: ast.AST
    bodies: list[list[ast.stmt]]


def _bodies(function: ast.AST, block: Block) -> list[list[ast.stmt]]:
    """The rows of statements in a function of `block`; found once."""
    key = f"bodies of {id(function)}"
    known = block.notes.get(key)
    if isinstance(known, _Bodies):
        return known.bodies
    bodies = [
        body
        for node in walk_tree(function)
        for _, body in ast.iter_fields(node)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt)
    ]
    block.notes[key] = _Bodies(function, bodies)
    return bodies


def _follows(body: Sequence[ast.stmt], statement: ast.Assign, name: str) -> bool:
    """Whether `statement` stands in `body` behind another one that sets `name`, which none of them reads.

    One that computes the same once more is no other: what it is computed from may have changed.
    """
    if not any(each is statement for each in body) or _reads(statement, name):
        return False
    for each in reversed(body[: body.index(statement)]):
        if isinstance(each, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in each.targets
        ):
            return not _is_plain(each) and not alike(each.value, statement.value)
        if _reads(each, name) or _mentions(each, name):
            return False
    return False


def _interrupts(body: Sequence[ast.stmt], statement: ast.Assign, name: str) -> bool:
    """Whether `statement` sets `name` in the middle of a sum, `if use_a: loss += a`, `if use_b: loss = b`.

    What comes before it is added, and so is what comes after it. Not where one of two modes is chosen.
    """
    if _reads(statement, name):
        return False
    for index, each in enumerate(body):
        if each is statement or (isinstance(each, ast.If) and not each.orelse and statement in each.body):
            added = [[_adds(other, name) for other in part] for part in (body[:index], body[index + 1 :])]
            before, after = ([test for test in tests if test is not None] for tests in added)
            asked = _subject(each.test) if isinstance(each, ast.If) else None
            read = any(_reads(other, name) for other in body[:index])
            return bool(before and after) and asked not in before and not read
    return False


def _adds(statement: ast.stmt, name: str) -> str | None:
    """What a statement asks before it adds to `name`, "" if nothing; None where it adds nothing."""
    if isinstance(statement, ast.If) and not statement.orelse:
        added = any(_adds(each, name) == "" for each in statement.body)
        return _subject(statement.test) if added else None
    if not (isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add)):
        return None
    return "" if getattr(statement.target, "id", "") == name else None


def _subject(test: ast.expr) -> str:
    """What a condition asks about: `mode == "a"` and `mode == "b"` ask about the same."""
    return ast.unparse(test.left if isinstance(test, ast.Compare) else test)


def _is_plain(statement: ast.Assign) -> bool:
    """Whether a value is a plain name or number, which later ones are meant to replace."""
    return isinstance(statement.value, (ast.Name, ast.Constant, ast.Attribute))


def _reads(tree: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in walk_tree(tree)
    )


def _mentions(tree: ast.AST, name: str) -> bool:
    """Whether a statement between may set or use the name in another way: a branch, `locals()`."""
    return any(
        (isinstance(node, ast.Name) and node.id in (name, "locals", "vars"))
        or (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names)
        for node in walk_tree(tree)
    )
