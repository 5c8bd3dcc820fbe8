"""Expressions: the value of each, and the nodes and gates it adds to the graph."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from chainrule.flow.calls import call_expression
from chainrule.flow.comprehensions import comprehension
from chainrule.flow.core.interpreter import Interpreter, OutOfBudget
from chainrule.flow.core.values import (
    NONE,
    Const,
    External,
    Function,
    Map,
    Seq,
    Tensor,
    Value,
)
from chainrule.flow.operations import iteration
from chainrule.flow.operations.arithmetic import binary, unary
from chainrule.flow.operations.attributes import attribute
from chainrule.flow.operations.comparisons import combine, compare, condition_of, truth
from chainrule.flow.operations.narrowing import narrow, widen
from chainrule.flow.operations.settings import answer, are_settled
from chainrule.flow.operations.subscripts import subscript
from chainrule.flow.targets import assign_target
from chainrule.syntax import walk_tree


def evaluate(interp: Interpreter, expression: ast.expr) -> Value:
    """The value of `expression` in the running function."""
    interp.steps += 1
    if interp.steps > interp.budget:
        raise OutOfBudget
    handler = _EXPRESSIONS.get(type(expression))
    if handler is None:
        return interp.unknown(expression)
    return handler(interp, expression)


def _constant(interp: Interpreter, node: ast.Constant) -> Value:
    return Const(node.value)


def _name(interp: Interpreter, node: ast.Name) -> Value:
    found = interp.lookup(node.id)
    if found is not None:
        return found
    if node.id in _BUILTINS:
        return External(f"builtins.{node.id}")
    return interp.unknown(node, op="name")


def _attribute(interp: Interpreter, node: ast.Attribute) -> Value:
    return attribute(interp, evaluate(interp, node.value), node.attr, node)


def _subscript(interp: Interpreter, node: ast.Subscript) -> Value:
    return subscript(interp, evaluate(interp, node.value), node)


def _call(interp: Interpreter, node: ast.Call) -> Value:

    return call_expression(interp, node)


def _unary(interp: Interpreter, node: ast.UnaryOp) -> Value:
    return unary(interp, evaluate(interp, node.operand), node)


def _compare(interp: Interpreter, node: ast.Compare) -> Value:
    values = [evaluate(interp, node.left), *(evaluate(interp, each) for each in node.comparators)]
    return compare(interp, values, node)


def _boolean(interp: Interpreter, node: ast.BoolOp) -> Value:
    return combine(interp, [evaluate(interp, each) for each in node.values], node)


def _binary(interp: Interpreter, node: ast.BinOp) -> Value:
    left = evaluate(interp, node.left)
    right = evaluate(interp, node.right)
    return binary(interp, node.op, left, right, node)


def _conditional(interp: Interpreter, node: ast.IfExp) -> Value:
    test = evaluate(interp, node.test)
    interp.note_setting(test, node)
    decided = truth(test)
    if decided is not None:
        return evaluate(interp, node.body if decided else node.orelse)
    condition = condition_of(interp, test, node.test)
    controls = interp.frame.controls
    controls.append((condition, node.test))
    try:
        values = [_alternative(interp, node, True), _alternative(interp, node, False)]
    finally:
        controls.pop()
    return interp.join(values, node, condition)


def _alternative(interp: Interpreter, node: ast.IfExp, holds: bool) -> Value:
    narrowed = narrow(interp, node.test, holds, node.test)
    value = evaluate(interp, node.body if holds else node.orelse)
    widen(interp, narrowed)
    return value


def _display(interp: Interpreter, node: ast.List | ast.Tuple | ast.Set) -> Value:
    items: list[Value] = []
    exact = True
    for each in node.elts:
        if isinstance(each, ast.Starred):
            spread, whole = iteration.elements(interp, evaluate(interp, each.value), each)
            items.extend(spread)
            exact = exact and whole
        else:
            items.append(evaluate(interp, each))
    return Seq(items, type(node).__name__.lower(), exact)


def _dict(interp: Interpreter, node: ast.Dict) -> Value:
    made = Map({})
    for key, value in zip(node.keys, node.values, strict=True):
        inner = evaluate(interp, value)
        if key is None:
            if isinstance(inner, Map):
                made.items.update(inner.items)
                made.rest = inner.rest or made.rest
            continue
        name = evaluate(interp, key)
        if isinstance(name, Const) and name.known and isinstance(name.value, (str, int, float, bool)):
            made.items[name.value] = inner
        else:
            made.rest = inner if made.rest is None else interp.join([made.rest, inner], node)
    return made


def _lambda(interp: Interpreter, node: ast.Lambda) -> Value:
    frame = interp.frame
    interp.encloses()
    return Function(node, frame.scope, frame.module, frame.block)


def _walrus(interp: Interpreter, node: ast.NamedExpr) -> Value:
    value = evaluate(interp, node.value)
    assign_target(interp, node.target, value, node)
    return value


def _text(interp: Interpreter, node: ast.JoinedStr) -> Value:
    """`f"_{self.mode}"`: what may name a method or a key. Calls in it are run: `f"{validate():.3f}"`."""
    parts: list[Const] = []
    for each in node.values:
        plain = each.value if isinstance(each, ast.FormattedValue) and each.format_spec is None else each
        if isinstance(plain, (ast.Name, ast.Attribute, ast.Constant)):
            value = evaluate(interp, plain)
            if isinstance(value, Const) and are_settled([value]):
                parts.append(value)
        elif isinstance(each, ast.FormattedValue):
            if any(isinstance(inner, ast.Call) for inner in walk_tree(each.value)):
                evaluate(interp, each.value)
    if len(parts) < len(node.values):
        return Const("", known=False)
    return answer(parts, "".join(str(part.value) for part in parts))


def _starred(interp: Interpreter, node: ast.Starred) -> Value:
    return evaluate(interp, node.value)


def _await(interp: Interpreter, node: ast.Await) -> Value:
    return evaluate(interp, node.value)


def _yield(interp: Interpreter, node: ast.Yield) -> Value:
    value = evaluate(interp, node.value) if node.value is not None else NONE
    frame = interp.frame
    if frame.at_yield is not None:
        frame.at_yield(value)
    elif node.value is not None:
        frame.yields.append(value)
        if isinstance(value, Tensor):
            interp.note_item(value.node)
    return NONE


def _yield_from(interp: Interpreter, node: ast.YieldFrom) -> Value:
    interp.frame.yields.extend(iteration.elements(interp, evaluate(interp, node.value), node)[0])
    return NONE


def _slice(interp: Interpreter, node: ast.Slice) -> Value:
    bounds_given = [
        evaluate(interp, part) for part in (node.lower, node.upper, node.step) if part is not None
    ]
    nodes = interp.nodes(bounds_given)
    if nodes:
        silent = interp.gate(None, node)
        return Tensor(interp.node("slice", node, [(each, silent) for each in nodes], dtype="int"))
    return Const(slice(None), known=False)


_BUILTINS = frozenset(
    """abs all any bool bytes callable complex dict dir divmod enumerate filter float format frozenset
    getattr hasattr hash id int isinstance issubclass iter len list map max min next object open ord pow
    print range repr reversed round set setattr slice sorted str sum super tuple type vars zip
    staticmethod classmethod property NotImplementedError ValueError RuntimeError TypeError KeyError
    Exception""".split()
)
_EXPRESSIONS: dict[type[ast.expr], Callable[[Interpreter, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.List: _display,
    ast.Tuple: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _text,
    ast.Starred: _starred,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Slice: _slice,
}
