"""A `backward` that changes the gradient it is given: other parts of the graph may hold the same memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.effects.faults import Fault
from chainrule.flow.effects.function_runs import Method
from chainrule.syntax import walk_tree

# What of a tensor has the same memory.
_SAME_MEMORY = frozenset(
    ("contiguous", "view", "view_as", "reshape", "flatten", "detach", "squeeze", "unsqueeze")
)
_NO_EDITS = frozenset(("requires_grad_", "retain_grad_"))


def edited_gradients(backward: Method, gradients: list[str]) -> Iterator[Fault]:
    """The first edit in place of one of the `gradients` that `backward` takes, under any of its names."""
    shared = {name: name for name in gradients}
    for statement in _in_order(backward):
        edited = _edited(statement)
        given = None if edited is None else _memory_of(edited, shared)
        if given is not None:
            text = (
                f"`backward` changes `{given}` in place, the gradient that it is given and others may share: "
                "they get the changed one too, or backward raises"
            )
            yield Fault(Cause.FUNCTION_EDITS, statement, text, outside=True)
            return
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            given = _memory_of(statement.value, shared)
            if given is None:
                shared.pop(statement.targets[0].id, None)
            else:
                shared[statement.targets[0].id] = given


def _in_order(backward: Method) -> list[ast.stmt]:
    found = [node for node in walk_tree(backward) if isinstance(node, ast.stmt) and node is not backward]
    return sorted(found, key=lambda statement: (statement.lineno, statement.col_offset))


def _edited(statement: ast.stmt) -> ast.expr | None:
    """What a statement changes in place: `g *= y`, `g[mask] = 0`, `g.mul_(y)`."""
    if isinstance(statement, ast.AugAssign):
        return _owner(statement.target)
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        return _owner(statement.targets[0])
    call = statement.value if isinstance(statement, (ast.Assign, ast.Expr, ast.Return)) else None
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        name = call.func.attr
        if name.endswith("_") and not name.startswith("_") and name not in _NO_EDITS:
            return call.func.value
        call = call.func.value
    return None


def _owner(target: ast.expr) -> ast.expr:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target


def _memory_of(value: ast.expr, shared: dict[str, str]) -> str | None:
    """The gradient that an expression is, or has the memory of."""
    while True:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if value.func.attr not in _SAME_MEMORY:
                return None
            value = value.func.value
        elif isinstance(value, ast.Attribute) and value.attr == "data":
            value = value.value
        else:
            return shared.get(value.id) if isinstance(value, ast.Name) else None
