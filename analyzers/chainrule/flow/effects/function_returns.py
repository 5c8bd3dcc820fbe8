"""What the `backward` of an autograd.Function returns for each input, by its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.roles import role_of
from chainrule.flow.effects.faults import Fault
from chainrule.flow.effects.function_runs import Method
from chainrule.syntax import children, walk_tree

# Methods and functions that give one tensor: what a call of others gives may be a tuple.
_SINGLE = frozenset("clamp clone mul neg sum view reshape view_as contiguous zeros_like".split())


def returns_of(method: Method) -> list[ast.Return]:
    """The return statements of a method that give something, not those of functions inside of it."""
    found: list[ast.Return] = []
    pending: list[ast.AST] = list(method.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(children(node))
    return found


def values_of(returned: ast.Return, given: set[str]) -> list[ast.expr] | None:
    """What backward, which was `given` these, returns; None where its length is not seen."""
    value = returned.value
    if isinstance(value, ast.Name) and value.id in given:
        return [value]
    if isinstance(value, ast.Tuple):
        return None if any(isinstance(each, ast.Starred) for each in value.elts) else value.elts
    if isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Constant)):
        # `(g,) + (None,) * n` builds a tuple of a length that is not seen here.
        tuples = any(isinstance(each, ast.Tuple) for each in walk_tree(value))
        return None if tuples else [value]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return [value] if value.func.attr in _SINGLE else None
    return None


def is_miscounted(values: list[ast.expr], inputs: list[str]) -> bool:
    """Whether `backward` returns another number of gradients than `forward` has inputs."""
    if len(values) < len(inputs):
        return True
    surplus = values[len(inputs) :]
    # Surplus Nones are accepted by PyTorch.
    return any(not (isinstance(each, ast.Constant) and each.value is None) for each in surplus)


def _is_plain(name: str, forward: Method) -> bool:
    """Whether an input is a setting, for which None is right: by its name, or kept or called and no more."""
    if role_of(name) in ("setting", "target"):
        return True
    kept = {id(each.value) for each in walk_tree(forward) if isinstance(each, ast.Assign)}
    kept |= {id(each.func) for each in walk_tree(forward) if isinstance(each, ast.Call)}
    used = [each for each in walk_tree(forward) if isinstance(each, ast.Name) and each.id == name]
    return bool(used) and all(id(each) in kept for each in used)


def _is_zero(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return _is_zero(value.left) or _is_zero(value.right)
    return isinstance(value, ast.Call) and getattr(value.func, "attr", "") in ("zeros_like", "zeros")


def lost_inputs(
    values: list[ast.expr], inputs: list[str] | None, forward: Method, backward: Method
) -> list[Fault]:
    found: list[Fault] = []
    nothing = all(isinstance(each, ast.Constant) and each.value is None for each in values)
    for index, value in enumerate(values):
        if inputs is not None and index >= len(inputs):
            break
        name = inputs[index] if inputs is not None else f"input {index + 1}"
        given = _given(backward, value, index)
        if given is not None:
            text = f"`backward` returns None for `{name}`, which then gets no gradient"
            waited_for = index == 0 or nothing or not _is_plain(name, forward)
            certain = isinstance(value, ast.Constant) and waited_for
            at, asks = given
            found.append(Fault(Cause.FUNCTION_GRADIENTS, at, text, index, waits=not certain, asks=asks))
        elif _is_zero(value):
            text = f"`backward` returns zeros for `{name}`: its gradient is exactly zero"
            found.append(Fault(Cause.FUNCTION_GRADIENTS, value, text, index, zero=True))
    return found


def _given(backward: Method, value: ast.expr, index: int) -> tuple[ast.expr, int | None] | None:
    """Where backward decides that an input's gradient stays None, with the other input that it asks for.

    None where a gradient is returned.
    """
    if _is_none(value):
        return value, None
    if not isinstance(value, ast.Name):
        return None
    stores = list(_stores(backward.body, value.id, None))
    asked = {number for stored, number, _ in stores if not _is_none(stored)}
    if not stores or not any(_is_none(stored) for stored, _, _ in stores):
        return None
    if not asked:
        return value, None
    if len(asked) > 1 or None in asked or index in asked:
        return None
    return next((test, number) for _, number, test in stores if test is not None and number is not None)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _stores(
    body: list[ast.stmt], name: str, test: ast.expr | None
) -> Iterator[tuple[ast.expr, int | None, ast.expr | None]]:
    """Values that a name is given, with the i and the test `ctx.needs_input_grad[i]` that asks for each."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            names = {n.id for each in statement.targets for n in walk_tree(each) if isinstance(n, ast.Name)}
            if name in names:
                yield statement.value, _needed(test), test
        elif isinstance(statement, (ast.If, ast.With, ast.For, ast.Try)):
            inner = statement.test if isinstance(statement, ast.If) else test
            yield from _stores(statement.body, name, inner)
            yield from _stores(getattr(statement, "orelse", []), name, test)


def _needed(test: ast.expr | None) -> int | None:
    """The i of `ctx.needs_input_grad[i]`."""
    if (
        isinstance(test, ast.Subscript)
        and isinstance(test.value, ast.Attribute)
        and test.value.attr == "needs_input_grad"
        and isinstance(test.slice, ast.Constant)
        and isinstance(test.slice.value, int)
    ):
        return test.slice.value
    return None
