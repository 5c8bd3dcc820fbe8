"""Branches on the type of a value: where it is an array or a number, there is no gradient to lose."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Tensor, Value
from chainrule.syntax import walk_tree

# What certainly holds no tensor; lists and dictionaries may.
_PLAIN = frozenset(
    ("ndarray", "int", "float", "bool", "str", "bytes", "complex", "Number", "Real", "Integral")
)
Narrowed = dict[str, tuple[Value, Value]]
"""What names stand for outside the branch and in it."""


def narrow(interp: Interpreter, test: ast.expr, holds: bool, at: ast.AST) -> Narrowed:
    """Let the names that are no tensors where `test` `holds` stand for plain data from here on.

    What is computed of them gets no gradient, and nobody waits for one.
    """
    made: Narrowed = {}
    for name in _plain_names(_meant(interp, test), holds):
        value = interp.frame.scope.names.get(name)
        if isinstance(value, Tensor) and name not in made:
            plain = Tensor(interp.node("plain", at, ((value.node, interp.gate(None, at)),)))
            interp.put(interp.frame.scope.names, name, plain)
            made[name] = (value, plain)
    return made


def _meant(interp: Interpreter, test: ast.expr) -> ast.expr:
    """A test, in place of a name for it: `given = isinstance(x, np.ndarray)`, `if given:`."""
    function = interp.frame.function
    if not isinstance(test, ast.Name) or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return test
    made = [
        each.value
        for each in function.body
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == test.id for target in each.targets)
    ]
    return made[0] if len(made) == 1 and isinstance(made[0], (ast.Call, ast.BoolOp, ast.UnaryOp)) else test


def widen(interp: Interpreter, narrowed: Narrowed, other: Sequence[ast.stmt] = ()) -> None:
    """Give the names that a branch has left alone their values from before it.

    Not those that the `other` branch binds: afterwards they are what it makes of a tensor, or plain data.
    """
    for name, (value, plain) in narrowed.items():
        left = interp.frame.scope.names.get(name) is plain
        if left and not any(_binds(each, name) for statement in other for each in walk_tree(statement)):
            interp.put(interp.frame.scope.names, name, value)


def _binds(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def _plain_names(test: ast.expr, holds: bool) -> Iterator[str]:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _plain_names(operand, not holds)
        case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) == holds:
            for value in values:
                yield from _plain_names(value, holds)
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kinds]):
            named = _type_names(kinds)
            if (holds and named <= _PLAIN) or (not holds and "Tensor" in named):
                yield name
        case ast.Call(func=ast.Attribute(attr="is_tensor"), args=[ast.Name(id=name)]) if not holds:
            yield name


def _type_names(kinds: ast.expr) -> frozenset[str]:
    """The last words of the types that `isinstance` asks about."""
    each = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
    return frozenset(getattr(kind, "attr", getattr(kind, "id", "")) for kind in each)
