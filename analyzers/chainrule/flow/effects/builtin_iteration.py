"""Python's builtins that go through the elements of something, or put elements together."""

from __future__ import annotations

import ast

from chainrule.flow.core import bounds
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import ITEMS, NONE, Const, Instance, Map, Seq, Tensor, Value
from chainrule.flow.operations import iteration
from chainrule.flow.operations.arithmetic import binary
from chainrule.flow.operations.containers import mapping


def range_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if all(isinstance(a, Const) and a.known and isinstance(a.value, int) for a in arguments) and arguments:
        numbers = range(*(a.value for a in arguments if isinstance(a, Const) and isinstance(a.value, int)))
        if len(numbers) <= 4:
            return Seq([Const(n) for n in numbers])
    return Seq([Const(None, known=False)], exact=False)


def zip_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    parts = [iteration.elements(interp, argument, at) for argument in arguments]
    if parts and all(exact for _, exact in parts):
        rows: list[Value] = [
            Seq([items[i] for items, _ in parts], "tuple")
            for i in range(min(len(items) for items, _ in parts))
        ]
        return Seq(rows)
    row = [interp.join(items, at) if items else Const(None, known=False) for items, _ in parts]
    return Seq([Seq(row, "tuple")], exact=False)


def enumerate_of(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    if not arguments:
        return Seq([], exact=False)
    items, exact = iteration.elements(interp, arguments[0], at)
    rows: list[Value] = [Seq([Const(i, known=exact), item], "tuple") for i, item in enumerate(items)]
    return Seq(rows, exact=exact)


def list_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments:
        return Seq([])
    items, exact = iteration.elements(interp, arguments[0], at)
    return Seq(list(items), "list", exact)


def set_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    items, _ = iteration.elements(interp, arguments[0], at) if arguments else ([], True)
    return Seq(list(items), "set", not items)


def dict_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    made = mapping(interp, arguments[0], at) if arguments else Map({})
    made.items.update(keywords)
    return made


def vars_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments or not isinstance(arguments[0], Instance):
        return interp.unknown(at, arguments)
    interp.ready(arguments[0])
    return Map({name: value for name, value in arguments[0].attributes.items() if name != ITEMS})


def reversed_of(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    if not arguments:
        return Seq([])
    items, exact = iteration.elements(interp, arguments[0], at)
    return Seq(list(reversed(items)), "list", exact)


def sorted_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    if not arguments:
        return Seq([])
    items, exact = iteration.elements(interp, arguments[0], at)
    if exact and len(items) > 1:
        return Seq([interp.join(items, at)], "list", False)
    return Seq(list(items), "list", exact)


def sum_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

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


def extreme_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
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


def next_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return iteration.element(interp, arguments[0], at) if arguments else NONE


def iter_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    return arguments[0] if arguments else NONE


def map_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:

    if len(arguments) < 2:
        return Seq([], exact=False)
    rows = zip_of(interp, arguments[1:], {}, at)
    assert isinstance(rows, Seq)
    items: list[Value] = []
    for row in rows.items[:4]:
        assert isinstance(row, Seq)
        items.append(interp.call(arguments[0], list(row.items), {}, at))
    return Seq(items, "generator", rows.exact and len(rows.items) <= 4)


def filter_of(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    items = iteration.elements(interp, arguments[1], at)[0] if len(arguments) > 1 else []
    return Seq(list(items), "generator", False)
