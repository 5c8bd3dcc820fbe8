"""Comparisons and truth: what carries no gradient, and what is known before the program runs."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    Choice,
    Class,
    Const,
    External,
    Function,
    Map,
    Seq,
    Tensor,
    Value,
    is_inherited,
)
from chainrule.flow.numbers.pairs import is_crossed, unspread
from chainrule.flow.operations.settings import answer, are_settled

FILLED = "filled"
"""The operator of a condition that asks whether something was put into a list."""


def truth(value: Value) -> bool | None:
    """Whether `value` is true, where that is the same in every run."""
    if isinstance(value, Const) and value.known and not value.data:
        try:
            return bool(value.value)
        except (TypeError, ValueError):
            return None
    if isinstance(value, (Function, Class, External, Choice)):
        return True
    return None


def condition_of(interp: Interpreter, test: Value, at: ast.AST) -> Node | None:
    """What a branch on `test` asks the data, None where it asks a setting.

    A list that was filled element by element is asked whether there was one.
    """
    if isinstance(test, Tensor):
        return test.node
    filled = isinstance(test, Seq) and test.kind == "list" and not test.exact and bool(interp.nodes([test]))
    if filled:
        return Node(FILLED, interp.block, at, (), "scalar")
    if isinstance(test, Const) and test.data:
        return Node("size", interp.block, at, (), "scalar")
    return None


def operand(interp: Interpreter, value: Value, at: ast.AST) -> Node | None:
    """The node of an operand; several joined where it is a container or object; None for plain numbers."""
    if isinstance(value, Tensor):
        return value.node
    if isinstance(value, (Const, External, Class)):
        return None
    if is_inherited(value):
        return interp.node("attribute", at)
    nodes = interp.nodes([value])
    if not nodes:
        return None
    return interp.phi(nodes, at)


def compare(interp: Interpreter, values: list[Value], node: ast.Compare) -> Value:
    """A chain of comparisons of `values`."""
    op = node.ops[0]
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _identity(values[0], values[1], isinstance(op, ast.IsNot))
    if isinstance(op, (ast.In, ast.NotIn)):
        return _membership(values[0], values[1], isinstance(op, ast.NotIn))
    if all(isinstance(value, Const) for value in values):
        return _compare_constants([v for v in values if isinstance(v, Const)], node.ops)
    parents = [n for n in (operand(interp, value, node) for value in values) if n is not None]
    if not parents:
        return Const(None, known=False)
    if any(isinstance(value, Const) and isinstance(value.value, (str, bytes)) for value in values):
        for parent in parents:
            if parent.source is not None:
                parent.source.role = "setting"
        return Const(None, known=False)
    if isinstance(op, (ast.Eq, ast.NotEq)) and len(parents) == 2 and is_crossed(parents[0], parents[1]):
        _label(unspread(parents[0]))
    return compared(interp, parents, node)


def _label(node: Node) -> None:
    """`y[:, None] == y`: what is asked which of its elements are alike, is no prediction."""
    source = node.source
    if source is not None and source.position > 0 and source.role in ("unknown", "data"):
        source.role = "target"


def compared(interp: Interpreter, parents: list[Node], at: ast.AST) -> Tensor:
    """A comparison of values: carries no gradient to any of them."""
    gate = interp.gate(Cause.COMPARISON, at)
    scalar = all(parent.kind != "tensor" for parent in parents)
    made = interp.node(
        "compare",
        at,
        [(parent, gate) for parent in parents],
        kind="scalar" if scalar else "tensor",
        dtype="bool",
        within=bounds.BINARY,
    )
    made.tags = frozenset({"comparison"})
    return Tensor(made)


def _identity(left: Value, right: Value, negated: bool) -> Const:
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Const) and other.value is None and other.known:
            if isinstance(one, Const):
                if are_settled([one]):
                    return answer([one], (one.value is None) != negated)
                return Const(None, known=False)
            if isinstance(one, Tensor) and "or-none" in one.node.tags:
                return Const(negated, known=False, data=True)
            if isinstance(one, Tensor):
                return Const(negated, known=not one.absent and _is_something(one.node))
            return Const(negated)
    if isinstance(left, Const) and isinstance(right, Const) and are_settled([left, right]):
        same = type(left.value) is type(right.value) and left.value == right.value
        return answer([left, right], same != negated)  # members of an enumeration, flags
    return Const(None, known=False)


def _is_something(node: Node, depth: int = 0) -> bool:
    """Whether a value is certainly a tensor and not None."""
    if node.op == "phi":
        return depth < 4 and all(_is_something(parent, depth + 1) for parent, _ in node.edges)
    return "module-call" in node.tags or node.op not in ("call", "attribute", "name", "element", "source")


def _membership(item: Value, container: Value, negated: bool) -> Const:
    if not isinstance(item, Const) or not are_settled([item]):
        return Const(None, known=False)
    if isinstance(container, Map) and container.rest is None:
        try:
            return answer([item], (item.value in container.items) != negated)
        except TypeError:
            pass
    if isinstance(container, Seq) and container.exact:
        if all(isinstance(each, Const) and each.known for each in container.items):
            present = any(isinstance(e, Const) and e.value == item.value for e in container.items)
            return answer([item], present != negated)
    return Const(None, known=False)


_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


def _compare_constants(values: list[Const], ops: list[ast.cmpop]) -> Const:
    data = any(value.data for value in values)
    if not are_settled(values):
        return Const(None, known=False, data=data)
    result = True
    for left, op, right in zip(values, ops, values[1:], strict=False):
        try:
            result = result and bool(_COMPARE[type(op)](left.value, right.value))  # type: ignore[arg-type]
        except (TypeError, KeyError, ValueError):
            return Const(None, known=False)
    return answer(values, result)


def combine(interp: Interpreter, values: list[Value], node: ast.BoolOp) -> Value:
    """`a and b`, `a or b`: one of the operands."""
    stop = isinstance(node.op, ast.Or)
    kept: list[Value] = []
    for value in values:
        decided = truth(value)
        if decided is stop:
            kept.append(value)
            break
        if decided is None:
            kept.append(value)
    if not kept:
        return values[-1]
    if len(kept) == 1:
        return kept[0]
    tensors = [value for value in kept if isinstance(value, Tensor)]
    if tensors and all(isinstance(value, (Tensor, Const)) for value in kept):
        return tensors[0] if len(tensors) == 1 else Tensor(interp.phi([t.node for t in tensors], node))
    consts = [value for value in kept if isinstance(value, Const)]
    if len(consts) == len(kept):
        if are_settled(consts):
            chosen = (each.value for each in consts if bool(each.value) is stop)
            return answer(consts, next(chosen, consts[-1].value))
        return Const(None, False, any(isinstance(v, Const) and v.data for v in kept))
    return interp.join(kept, node)
