"""What a loop or an unpacking gets from a value."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import ITEMS, Const, Instance, Map, Seq, Sizes, Tensor, Value
from chainrule.flow.numbers.single import rest
from chainrule.flow.operations.counts import size_along

MAX_ROUNDS = 3


def elements(interp: Interpreter, value: Value, at: ast.AST) -> tuple[list[Value], bool]:
    """The elements of `value`, and whether they are all of them in order."""
    if isinstance(value, Seq):
        return value.items, value.exact
    if isinstance(value, Tensor):
        return [select(interp, value, at)], False
    if isinstance(value, Map):
        keys: list[Value] = [Const(key) for key in value.items]
        return (keys or [Const(None, known=False)]), value.rest is None
    if isinstance(value, Const):
        if isinstance(value.value, (str, bytes)) and value.known:
            return [Const(None, known=False)], False
        return [Const(None, known=False, data=value.data)], False
    items = held(interp, value)
    if items is not None:
        return elements(interp, items, at)
    if isinstance(value, Instance) and value.cls is not None:
        iterated = interp.call_method(value, "__iter__", [], {}, at)
        if iterated is not None and iterated is not value and not isinstance(iterated, Instance):
            return elements(interp, iterated, at)
    return [interp.unknown(at, [value], op="element")], False


def held(interp: Interpreter, value: Value) -> Seq | Map | None:
    """What an object holds by index or key: a list of layers, a record, a `class Bank(dict)`."""
    if not isinstance(value, Instance):
        return None
    interp.ready(value)
    found = value.attributes.get(ITEMS)
    return found if isinstance(found, (Seq, Map)) else None


def element(interp: Interpreter, value: Value, at: ast.AST) -> Value:
    """Any one element of `value`."""
    items, _ = elements(interp, value, at)
    if not items:
        return Const(None, known=False)
    return interp.join(items, at)


def select(interp: Interpreter, tensor: Tensor, at: ast.AST) -> Tensor:
    """`tensor[i]`: a view of the same memory; of what an unknown call gives, one of several tensors."""
    parent = tensor.node
    node = interp.node(
        "select", at, ((parent, None),), kind=parent.kind, dtype=parent.dtype, within=parent.bounds
    )
    node.tags = rest(parent.tags)
    if parent.op in ("call", "attribute", "element", "name", "argument"):
        return Tensor(node)
    return Tensor(node, tensor.storage, tensor)


def rounds(interp: Interpreter, value: Value, at: ast.AST, count: int = 2) -> list[Value]:
    """What the loop variable is bound to, round by round: each of a few elements, else `count` times any."""
    items, exact = elements(interp, value, at)
    if exact and len(items) <= MAX_ROUNDS:
        return items
    if isinstance(value, Seq) and value.kind == "parameters" and len(items) > 1:
        return items[:MAX_ROUNDS]  # what is done to one of them must not be done to a stand-in for all
    if exact:
        return [items[0], items[1], interp.join(items[2:], at)]
    if isinstance(value, Tensor):
        return [items[0], select(interp, value, at)]
    one = interp.join(items, at) if items else Const(None, known=False)
    return [one, *(_another(one) for _ in range(count - 1))]


def _another(value: Value) -> Value:
    """A second element like `value`, in memory of its own."""
    if isinstance(value, Tensor) and value.base is None and not value.leaf:
        return Tensor(value.node)
    if isinstance(value, Seq):
        return Seq([_another(item) for item in value.items], value.kind, value.exact, value.fields)
    return value


def unpack(interp: Interpreter, value: Value, count: int, star: int | None, at: ast.AST) -> list[Value]:
    """`value` spread over `count` targets, the one at `star` taking a list."""
    items, exact = elements(interp, value, at)
    if exact and star is None and len(items) == count:
        return list(items)
    if exact and star is not None and len(items) >= count - 1:
        after = count - star - 1
        middle: list[Value] = list(items[star : len(items) - after])
        return [*items[:star], Seq(middle), *items[len(items) - after :]]
    if isinstance(value, Sizes) and star is None:
        return [size_along(value, Const(place)) for place in range(count)]
    if isinstance(value, Tensor):
        return [select(interp, value, at) for _ in range(count)]
    if isinstance(value, Seq) and not value.exact and value.items:
        one = interp.join(items, at)
        return [Seq([one], exact=False) if index == star else _another(one) for index in range(count)]
    return [interp.unknown(at, [value], op="element") for _ in range(count)]
