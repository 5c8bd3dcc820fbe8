"""Python's builtins applied to tensors and containers."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    ITEMS,
    NONE,
    Class,
    Const,
    Count,
    Function,
    Instance,
    Map,
    Seq,
    Tensor,
    Value,
)
from chainrule.flow.effects import type_tests
from chainrule.flow.operations import iteration, texts
from chainrule.flow.operations.arithmetic import binary
from chainrule.flow.operations.attributes import attribute, store_attribute
from chainrule.flow.operations.containers import mapping
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


def _range(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if all(isinstance(a, Const) and a.known and isinstance(a.value, int) for a in arguments) and arguments:
        numbers = range(*(a.value for a in arguments if isinstance(a, Const) and isinstance(a.value, int)))
        if len(numbers) <= 4:
            return Seq([Const(n) for n in numbers])
    return Seq([Const(None, known=False)], exact=False)


def _zip(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    parts = [iteration.elements(interp, argument, at) for argument in arguments]
    if parts and all(exact for _, exact in parts):
        rows: list[Value] = [
            Seq([items[i] for items, _ in parts], "tuple")
            for i in range(min(len(items) for items, _ in parts))
        ]
        return Seq(rows)
    row = [interp.join(items, at) if items else Const(None, known=False) for items, _ in parts]
    return Seq([Seq(row, "tuple")], exact=False)


def _enumerate(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments:
        return Seq([], exact=False)
    items, exact = iteration.elements(interp, arguments[0], at)
    rows: list[Value] = [Seq([Const(i, known=exact), item], "tuple") for i, item in enumerate(items)]
    return Seq(rows, exact=exact)


def _list(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments:
        return Seq([])
    items, exact = iteration.elements(interp, arguments[0], at)
    return Seq(list(items), "list", exact)


def _set(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    items, _ = iteration.elements(interp, arguments[0], at) if arguments else ([], True)
    return Seq(list(items), "set", not items)


def _dict(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    made = mapping(interp, arguments[0], at) if arguments else Map({})
    made.items.update(keywords)
    return made


def _vars(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments or not isinstance(arguments[0], Instance):
        return interp.unknown(at, arguments)
    interp.ready(arguments[0])
    return Map({name: value for name, value in arguments[0].attributes.items() if name != ITEMS})


def _reversed(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments:
        return Seq([])
    items, exact = iteration.elements(interp, arguments[0], at)
    return Seq(list(reversed(items)), "list", exact)


def _sorted(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments:
        return Seq([])
    items, exact = iteration.elements(interp, arguments[0], at)
    if exact and len(items) > 1:
        return Seq([interp.join(items, at)], "list", False)
    return Seq(list(items), "list", exact)


def _sum(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    if not arguments:
        return Const(0)
    items, exact = iteration.elements(interp, arguments[0], at)
    if isinstance(arguments[0], Tensor):
        node = arguments[0].node
        made = interp.node(
            "sum", at, ((node, None),), within=bounds.of_call("sum", node.bounds), dtype=node.dtype
        )
        made.kind = node.kind
        made.tags = node.tags & {"comparison"}
        return Tensor(made)
    total: Value = arguments[1] if len(arguments) > 1 else keywords.get("start", Const(0))
    for item in items:
        total = binary(interp, ast.Add(), total, item, at)
    if not exact and isinstance(total, Const):
        return Const(None, known=False, data=True)
    return total


def _extreme(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """max/min: returns one of its arguments as it is; a number among tensors ends the graph when it wins."""
    if len(arguments) == 1:
        arguments = iteration.elements(interp, arguments[0], at)[0]
        if "key" in keywords or not arguments:
            return interp.join(arguments, at) if arguments else Const(None, known=False)
    tensors = [a for a in arguments if isinstance(a, Tensor)]
    if not tensors:
        numbers = [a for a in arguments if isinstance(a, Const)]
        known = len(numbers) == len(arguments) and all(a.known and not a.data for a in numbers)
        return Const(None, known=False, data=any(a.data for a in numbers)) if not known else numbers[0]
    if len(tensors) == len(arguments):
        joined = interp.phi([t.node for t in tensors], at)
        fixed = [t.node.bounds.high for t in tensors if interp.constant(t.node)]
        others = [t.node.bounds.low for t in tensors if not interp.constant(t.node)]
        if fixed and others and min(others) < max(fixed):
            joined.tags |= {"constant-alternative", "data-branch"}
        return Tensor(joined)
    node = interp.phi([t.node for t in tensors], at)
    made = Node("extreme", interp.block, at, ((node, None),), node.kind, node.dtype)
    made.bounds = (
        bounds.NONNEGATIVE if any(isinstance(a, Const) and a.value == 0 for a in arguments) else node.bounds
    )
    if node.kind == "tensor":
        made.tags = node.tags | {"constant-alternative", "data-branch"}
    return Tensor(made)


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


def _next(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return iteration.element(interp, arguments[0], at) if arguments else NONE


def _iter(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return arguments[0] if arguments else NONE


def _map(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    if len(arguments) < 2:
        return Seq([], exact=False)
    rows = _zip(interp, arguments[1:], {}, at)
    assert isinstance(rows, Seq)
    items: list[Value] = []
    for row in rows.items[:4]:
        assert isinstance(row, Seq)
        items.append(interp.call(arguments[0], list(row.items), {}, at))
    return Seq(items, "generator", rows.exact and len(rows.items) <= 4)


def _filter(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    items = iteration.elements(interp, arguments[1], at)[0] if len(arguments) > 1 else []
    return Seq(list(items), "generator", False)


def _elementwise(name: str, gate_cause: Cause | None = None) -> Handler:
    def run(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
        first = arguments[0] if arguments else NONE
        if not isinstance(first, Tensor):
            return Const(None, known=False, data=isinstance(first, Const) and first.data)
        node = first.node
        gate: Gate | None = None
        if gate_cause is not None:
            gate = interp.gate(gate_cause, at, zero=True)
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
    "range": _range,
    "zip": _zip,
    "enumerate": _enumerate,
    "list": _list,
    "tuple": _list,
    "set": _set,
    "frozenset": _set,
    "dict": _dict,
    "reversed": _reversed,
    "sorted": _sorted,
    "sum": _sum,
    "max": _extreme,
    "min": _extreme,
    "any": _any,
    "all": _any,
    "isinstance": type_tests.is_instance,
    "issubclass": _constant,
    "hasattr": type_tests.has_attribute,
    "callable": _constant,
    "getattr": _getattr,
    "setattr": _setattr,
    "next": _next,
    "iter": _iter,
    "map": _map,
    "filter": _filter,
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
    "vars": _vars,
    "property": _nothing,
}
