"""Python's builtins applied to tensors and containers."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    NONE,
    Class,
    Const,
    Count,
    Function,
    Instance,
    Seq,
    Tensor,
    Value,
)
from chainrule.flow.effects import builtin_iteration, type_tests
from chainrule.flow.operations import texts
from chainrule.flow.operations.arithmetic import binary
from chainrule.flow.operations.attributes import attribute, store_attribute
from chainrule.flow.operations.counts import size_of

Handler = Callable[[Interpreter, list[Value], dict[str, Value], ast.AST], Value]


def call_builtin(
    interp: Interpreter, name: str, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """The value of a builtin's call."""
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(interp, arguments, keywords, at)
    return interp.unknown(at, [*arguments, *keywords.values()])


def to_python(
    interp: Interpreter, value: Value, at: ast.AST, dtype: str | None = None, note: str = ""
) -> Value:
    """A plain Python number made from `value`: no longer part of any graph."""
    nodes = interp.nodes([value])
    if not nodes:
        if isinstance(value, Count):
            return value
        if isinstance(value, Const):
            return Const(value.value, value.known, value.data)
        return Const(None, known=False)
    gate = interp.gate(Cause.PYTHON_SCALAR, at, note=note)
    edges = [(node, gate if node.kind == "tensor" else None) for node in nodes]
    made = interp.node("item", at, edges, kind="scalar", dtype=dtype)
    if len(nodes) == 1:
        made.bounds = nodes[0].bounds
        made.tags = nodes[0].tags & {"comparison"}
    return Tensor(made)


def _float(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if arguments and isinstance(arguments[0], Const):
        text = arguments[0].value
        if isinstance(text, str) and text.strip("+-").lower() in ("inf", "infinity", "nan"):
            return Const(float(text))
        shown = texts.shown(interp, at)
        if shown is not None:
            return to_python(interp, shown, at, "float", "float")
    return to_python(interp, arguments[0], at, "float", "float") if arguments else Const(0.0)


def _int(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return to_python(interp, arguments[0], at, "int", "int") if arguments else Const(0)


def _bool(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return to_python(interp, arguments[0], at, "bool", "bool") if arguments else Const(False)


def _len(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if arguments and isinstance(arguments[0], Seq) and arguments[0].exact:
        return Const(len(arguments[0].items))
    return size_of(interp, arguments[0] if arguments else NONE, at)


def _any(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    nodes = interp.nodes(arguments)
    if not nodes:
        return Const(None, known=False, data=True)
    gate = interp.gate(Cause.COMPARISON, at)
    return Tensor(interp.node("any", at, [(n, gate) for n in nodes], kind="scalar", dtype="bool"))


def _getattr(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    if len(arguments) >= 2 and isinstance(arguments[1], Const) and isinstance(arguments[1].value, str):
        found = attribute(interp, arguments[0], arguments[1].value, at)
        if isinstance(found, Function):
            interp.note_setting(arguments[1], found.node, found.block)
        return found
    return interp.unknown(at, arguments[:1], op="attribute")


def _setattr(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    if len(arguments) == 3 and isinstance(arguments[1], Const) and isinstance(arguments[1].value, str):
        store_attribute(interp, arguments[0], arguments[1].value, arguments[2], at, at)
    return NONE


PYTHON = "python"
"""The note of a builtin that takes numbers and raises for a tensor."""


def _elementwise(name: str, gate_cause: Cause | None = None) -> Handler:
    def run(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
        first = arguments[0] if arguments else NONE
        if not isinstance(first, Tensor):
            return Const(None, known=False, data=isinstance(first, Const) and first.data)
        node = first.node
        gate: Gate | None = None
        if gate_cause is not None:
            tensor = node.kind == "tensor" and node.source is None and not node.is_opaque
            gate = interp.gate(gate_cause, at, zero=not tensor, note=PYTHON if tensor else "")
        made = interp.node(name, at, ((node, gate),), kind=node.kind, dtype=node.dtype)
        made.bounds = bounds.of_call(name, node.bounds)
        return Tensor(made)

    return run


def _pow(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    return binary(interp, ast.Pow(), arguments[0], arguments[1], at) if len(arguments) > 1 else NONE


def _nothing(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return NONE


def _constant(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return Const(None, known=False)


def _type(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if arguments and isinstance(arguments[0], Instance) and arguments[0].cls is not None:
        found: Class = arguments[0].cls
        return found
    return Const(None, known=False)


_HANDLERS: dict[str, Handler] = {
    "float": _float,
    "int": _int,
    "bool": _bool,
    "complex": _float,
    "len": _len,
    "range": builtin_iteration.range_of,
    "zip": builtin_iteration.zip_of,
    "enumerate": builtin_iteration.enumerate_of,
    "list": builtin_iteration.list_of,
    "tuple": builtin_iteration.list_of,
    "set": builtin_iteration.set_of,
    "frozenset": builtin_iteration.set_of,
    "dict": builtin_iteration.dict_of,
    "reversed": builtin_iteration.reversed_of,
    "sorted": builtin_iteration.sorted_of,
    "sum": builtin_iteration.sum_of,
    "max": builtin_iteration.extreme_of,
    "min": builtin_iteration.extreme_of,
    "any": _any,
    "all": _any,
    "isinstance": type_tests.is_instance,
    "issubclass": _constant,
    "hasattr": type_tests.has_attribute,
    "callable": _constant,
    "getattr": _getattr,
    "setattr": _setattr,
    "next": builtin_iteration.next_of,
    "iter": builtin_iteration.iter_of,
    "map": builtin_iteration.map_of,
    "filter": builtin_iteration.filter_of,
    "abs": _elementwise("abs"),
    "round": _elementwise("round", Cause.ROUNDING),
    "pow": _pow,
    "print": _nothing,
    "id": _constant,
    "str": _constant,
    "repr": _constant,
    "format": _constant,
    "type": _type,
    "hash": _constant,
    "vars": builtin_iteration.vars_of,
    "property": _nothing,
}
