"""Expressions: the value of each, and the nodes and gates it adds to the graph."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from chainrule.flow import bounds, finite, inplace, iteration
from chainrule.flow.attributes import attribute, store_attribute, unnamed_leaf
from chainrule.flow.causes import Cause
from chainrule.flow.graph import Gate, Node
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.program import Scope
from chainrule.flow.subscripts import subscript
from chainrule.flow.values import (
    NONE,
    Class,
    Const,
    External,
    Function,
    Instance,
    Map,
    Seq,
    Tensor,
    Value,
)


def evaluate(interp: Interpreter, expression: ast.expr) -> Value:
    """The value of `expression` in the running function."""
    interp.step()
    handler = _EXPRESSIONS.get(type(expression))
    if handler is None:
        return interp.unknown(expression)
    return handler(interp, expression)


def truth(value: Value) -> bool | None:
    """Whether `value` is true, where that is the same in every run."""
    if isinstance(value, Const) and value.known and not value.data:
        try:
            return bool(value.value)
        except (TypeError, ValueError):
            return None
    if isinstance(value, (Function, Class, External)):
        return True
    return None


def assign_target(interp: Interpreter, target: ast.expr, value: Value, at: ast.AST) -> None:
    """`target = value`."""
    if isinstance(target, ast.Name):
        if isinstance(value, Tensor) and not value.leaf and interp.mode is None:
            _lost_leaf(interp, interp.frame.scope.names.get(target.id), value, target.id, at)
        interp.put(interp.frame.scope.names, target.id, value)
        if isinstance(value, Tensor) and value.leaf and value.node.source is not None:
            _name_source(value, target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        star = next((i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)), None)
        parts = iteration.unpack(interp, value, len(target.elts), star, at)
        for each, part in zip(target.elts, parts, strict=True):
            assign_target(interp, each, part, at)
    elif isinstance(target, ast.Starred):
        assign_target(interp, target.value, value, at)
    elif isinstance(target, ast.Attribute):
        store_attribute(interp, evaluate(interp, target.value), target.attr, value, target, at)
    elif isinstance(target, ast.Subscript):
        inplace.store_item(interp, target, value, at)


def _lost_leaf(interp: Interpreter, old: Value | None, value: Tensor, name: str, at: ast.AST) -> None:
    """`w = w - lr * w.grad`, `w = torch.zeros(3, requires_grad=True).cuda()`: the name holds no leaf (any more)."""
    if isinstance(old, Tensor) and old.leaf and any(parent is old.node for parent, _ in value.node.edges):
        if _reads_gradient(interp, name):
            interp.event(Cause.NON_LEAF, at, value.node, name)
    elif unnamed_leaf(value.node):
        interp.event(Cause.NON_LEAF, at, value.node, name)


def _reads_gradient(interp: Interpreter, name: str) -> bool:
    """Whether the running code reads `name.grad`."""
    function = interp.frame.function
    where: ast.AST | None = function if isinstance(function, ast.FunctionDef) else interp.block.tree
    if isinstance(function, ast.Module):
        return f"{name}.grad" in interp.module.text
    return where is not None and any(
        isinstance(node, ast.Attribute)
        and node.attr == "grad"
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for node in ast.walk(where)
    )


def _name_source(tensor: Tensor, name: str) -> None:
    source = tensor.node.source
    if source is not None and source.name.startswith("<"):
        source.name = name


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
    from chainrule.flow.calls import call_expression

    return call_expression(interp, node)


def operand(interp: Interpreter, value: Value, at: ast.AST) -> Node | None:
    """The node of an operand; several joined where it is a container or object; None for plain numbers."""
    if isinstance(value, Tensor):
        return value.node
    if isinstance(value, (Const, External, Class)):
        return None
    nodes = interp.nodes([value])
    if not nodes:
        return None
    return interp.phi(nodes, at)


def bounds_of(value: Value) -> bounds.Interval:
    if isinstance(value, Tensor):
        return value.node.bounds
    if isinstance(value, Const):
        if value.known or isinstance(value.value, float):
            return bounds.of_number(value.value)
        if value.data:
            return bounds.NONNEGATIVE
    return bounds.ANY


def _binary(interp: Interpreter, node: ast.BinOp) -> Value:
    left = evaluate(interp, node.left)
    right = evaluate(interp, node.right)
    return binary(interp, node.op, left, right, node)


_FOLD: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b if b else math.nan,
}
_SPECIAL = {"__add__": ast.Add, "__sub__": ast.Sub, "__mul__": ast.Mult, "__truediv__": ast.Div}


def binary(interp: Interpreter, op: ast.operator, left: Value, right: Value, at: ast.AST) -> Value:
    """`left op right`."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(op, left, right)
    if isinstance(op, ast.Add) and isinstance(left, Seq) and isinstance(right, Seq):
        return Seq([*left.items, *right.items], left.kind, left.exact and right.exact)
    if isinstance(op, ast.Mult) and isinstance(left, Seq) and isinstance(right, Const):
        return Seq(left.items, left.kind, False)
    if isinstance(left, Instance) and left.cls is not None:
        for name, kind in _SPECIAL.items():
            if isinstance(op, kind):
                from chainrule.flow.calls import call_method

                made = call_method(interp, left, name, [right], {}, at)
                if made is not None:
                    return made
    a, b = operand(interp, left, at), operand(interp, right, at)
    gate: Gate | None = None
    if isinstance(op, ast.FloorDiv):
        gate = interp.gate(Cause.NOT_IMPLEMENTED, at, raises=True)
    elif isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)):
        gate = interp.gate(None, at)
    edges: list[tuple[Node, Gate | None]] = []
    if a is not None:
        edges.append((a, gate))
    if b is not None and b is not a:
        modulo = isinstance(op, ast.Mod)
        edges.append((b, interp.gate(None, at) if modulo else gate))
    name = type(op).__name__.lower()
    within = bounds.arithmetic(op, bounds_of(left), bounds_of(right))
    if isinstance(op, ast.Mult) and a is not None and a is b:
        within = bounds.of_call("square", a.bounds)
    if isinstance(op, ast.Pow):
        exponent = right.value if isinstance(right, Const) else None
        within = bounds.power(bounds_of(left), exponent)
    kinds = {n.kind for n in (a, b) if n is not None}
    kind = "tensor" if "tensor" in kinds or not kinds else kinds.pop()
    parents = [n for n in (a, b) if n is not None]
    dtype = _result_dtype(op, parents, left, right)
    made = interp.node(name, at, edges, kind=kind, dtype=dtype, within=within)
    made.tags = finite.tags_of(name, parents)
    inplace.save_operands(op, made, left, right)
    finite.check_binary(interp, op, made, a, b, left, right, at)
    return Tensor(made)


def _result_dtype(op: ast.operator, parents: list[Node], left: Value, right: Value) -> str | None:
    if isinstance(op, ast.Div):
        return "float"
    dtypes = {parent.dtype for parent in parents}
    if any(isinstance(v, Const) and isinstance(v.value, float) for v in (left, right)):
        return "float"
    if dtypes == {"bool"} and isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        return "bool"
    if dtypes <= {"bool", "int"}:
        return "int"
    return "float" if "float" in dtypes else None


def _fold(op: ast.operator, left: Const, right: Const) -> Const:
    known = left.known and right.known
    data = left.data or right.data
    numbers = (
        isinstance(left.value, (int, float)) and isinstance(right.value, (int, float)) and type(op) in _FOLD
    )
    if numbers:
        try:
            value = _FOLD[type(op)](left.value, right.value)  # type: ignore[arg-type]
        except (OverflowError, ValueError):
            return Const(None, False, data)
        return Const(value, known, data)
    if (
        isinstance(op, ast.Pow)
        and isinstance(left.value, (int, float))
        and isinstance(right.value, (int, float))
    ):
        if abs(left.value) < 1e3 and abs(right.value) < 64 and left.value > 0:
            return Const(left.value**right.value, known, data)
    return Const(None, False, data)


def _unary(interp: Interpreter, node: ast.UnaryOp) -> Value:
    value = evaluate(interp, node.operand)
    if isinstance(value, Const):
        decided = truth(value)
        if isinstance(node.op, ast.Not):
            return Const(None if decided is None else not decided, decided is not None, value.data)
        if isinstance(node.op, ast.USub) and isinstance(value.value, (int, float)):
            return Const(-value.value, value.known, value.data)
        return Const(None, False, value.data)
    parent = operand(interp, value, node)
    if parent is None:
        return Const(None, known=False)
    if isinstance(node.op, (ast.Not, ast.Invert)):
        gate = interp.gate(Cause.COMPARISON if isinstance(node.op, ast.Not) else None, node)
        made = interp.node(
            "not", node, ((parent, gate),), kind=parent.kind, dtype="bool", within=bounds.BINARY
        )
        return Tensor(made)
    if isinstance(node.op, ast.USub):
        made = interp.node(
            "neg",
            node,
            ((parent, None),),
            kind=parent.kind,
            dtype=parent.dtype,
            within=bounds.negate(parent.bounds),
        )
        made.tags = finite.tags_of("neg", [parent])
        return Tensor(made)
    return value


def _compare(interp: Interpreter, node: ast.Compare) -> Value:
    values = [evaluate(interp, node.left), *(evaluate(interp, each) for each in node.comparators)]
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
    return compared(interp, parents, node)


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
                if one.known:
                    return Const((one.value is None) != negated)
                return Const(None, known=False)
            if isinstance(one, Tensor):
                certain = one.node.op not in ("call", "attribute", "name", "element", "phi", "source")
                return Const(negated, known=certain)
            return Const(negated)
    return Const(None, known=False)


def _membership(item: Value, container: Value, negated: bool) -> Const:
    if isinstance(item, Const) and item.known and isinstance(container, Map) and container.rest is None:
        try:
            return Const((item.value in container.items) != negated)
        except TypeError:
            pass
    if isinstance(item, Const) and item.known and isinstance(container, Seq) and container.exact:
        if all(isinstance(each, Const) and each.known for each in container.items):
            present = any(isinstance(e, Const) and e.value == item.value for e in container.items)
            return Const(present != negated)
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
    if not all(value.known for value in values) or data:
        return Const(None, known=False, data=data)
    result = True
    for left, op, right in zip(values, ops, values[1:], strict=False):
        try:
            result = result and bool(_COMPARE[type(op)](left.value, right.value))  # type: ignore[arg-type]
        except (TypeError, KeyError, ValueError):
            return Const(None, known=False)
    return Const(result)


def _boolean(interp: Interpreter, node: ast.BoolOp) -> Value:
    values = [evaluate(interp, each) for each in node.values]
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
    if all(isinstance(value, Const) for value in kept):
        return Const(None, False, any(isinstance(v, Const) and v.data for v in kept))
    return interp.join(kept, node)


def _conditional(interp: Interpreter, node: ast.IfExp) -> Value:
    test = evaluate(interp, node.test)
    decided = truth(test)
    if decided is not None:
        return evaluate(interp, node.body if decided else node.orelse)
    condition = test.node if isinstance(test, Tensor) else None
    if isinstance(test, Const) and test.data:
        condition = Node("size", interp.block, node.test, (), "scalar")
    controls = interp.frame.controls
    controls.append((condition, node.test))
    try:
        values = [evaluate(interp, node.body), evaluate(interp, node.orelse)]
    finally:
        controls.pop()
    return interp.join(values, node, condition)


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


def _comprehension(
    interp: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Value:
    frame = interp.frame
    outer = frame.scope
    frame.scope = Scope(outer)
    keys: list[Value] = []
    items: list[Value] = []
    conditions: list[Node] = []
    try:
        exact = _generate(interp, node, 0, keys, items, conditions)
    finally:
        frame.scope = outer
    if isinstance(node, ast.DictComp):
        made = Map({})
        for key, item in zip(keys, items, strict=True):
            if isinstance(key, Const) and key.known and isinstance(key.value, (str, int)):
                made.items[key.value] = item
            else:
                made.rest = item if made.rest is None else interp.join([made.rest, item], node)
        return made
    return Seq(items, "generator" if isinstance(node, ast.GeneratorExp) else "list", exact)


def _generate(
    interp: Interpreter,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    level: int,
    keys: list[Value],
    items: list[Value],
    conditions: list[Node],
) -> bool:
    if level == len(node.generators):
        if isinstance(node, ast.DictComp):
            keys.append(evaluate(interp, node.key))
            items.append(evaluate(interp, node.value))
            return True
        item = evaluate(interp, node.elt)
        for condition in conditions:
            if isinstance(item, Const) and isinstance(item.value, (int, float)):
                made = Node("number", interp.block, node, (), "scalar")
                item = Tensor(interp.controlled(made, condition, node))
        items.append(item)
        return True
    generator = node.generators[level]
    sequence = evaluate(interp, generator.iter)
    parts, exact = iteration.elements(interp, sequence, generator.iter)
    if not exact or len(parts) > 4:
        parts = iteration.rounds(interp, sequence, generator.iter)[:1] if parts else []
        exact = False
    for part in parts:
        assign_target(interp, generator.target, part, generator.iter)
        depth = len(conditions)
        skip = False
        for test in generator.ifs:
            decided = evaluate(interp, test)
            if truth(decided) is False:
                skip = True
            if isinstance(decided, Tensor):
                conditions.append(decided.node)
            if truth(decided) is None:
                exact = False
        if not skip:
            exact = _generate(interp, node, level + 1, keys, items, conditions) and exact
        del conditions[depth:]
    return exact


def _lambda(interp: Interpreter, node: ast.Lambda) -> Value:
    frame = interp.frame
    return Function(node, frame.scope, frame.module, frame.block)


def _walrus(interp: Interpreter, node: ast.NamedExpr) -> Value:
    value = evaluate(interp, node.value)
    assign_target(interp, node.target, value, node)
    return value


def _text(interp: Interpreter, node: ast.JoinedStr) -> Value:
    return Const("", known=False)


def _starred(interp: Interpreter, node: ast.Starred) -> Value:
    return evaluate(interp, node.value)


def _await(interp: Interpreter, node: ast.Await) -> Value:
    return evaluate(interp, node.value)


def _yield(interp: Interpreter, node: ast.Yield) -> Value:
    if node.value is not None:
        interp.frame.yields.append(evaluate(interp, node.value))
    return NONE


def _yield_from(interp: Interpreter, node: ast.YieldFrom) -> Value:
    interp.frame.yields.extend(iteration.elements(interp, evaluate(interp, node.value), node)[0])
    return NONE


def _slice(interp: Interpreter, node: ast.Slice) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            evaluate(interp, part)
    return Const(slice(None), known=False)


_BUILTINS = frozenset(
    """abs all any bool bytes callable complex dict dir divmod enumerate filter float format frozenset
    getattr hasattr hash id int isinstance issubclass iter len list map max min next object open ord pow
    print range repr reversed round set setattr slice sorted str sum super tuple type vars zip
    staticmethod classmethod property NotImplementedError ValueError RuntimeError TypeError KeyError
    Exception""".split()
)
_EXPRESSIONS: dict[type[ast.expr], Callable[[Interpreter, ast.expr], Value]] = {
    ast.Constant: _constant,  # type: ignore[dict-item]
    ast.Name: _name,  # type: ignore[dict-item]
    ast.Attribute: _attribute,  # type: ignore[dict-item]
    ast.Subscript: _subscript,  # type: ignore[dict-item]
    ast.Call: _call,  # type: ignore[dict-item]
    ast.BinOp: _binary,  # type: ignore[dict-item]
    ast.UnaryOp: _unary,  # type: ignore[dict-item]
    ast.Compare: _compare,  # type: ignore[dict-item]
    ast.BoolOp: _boolean,  # type: ignore[dict-item]
    ast.IfExp: _conditional,  # type: ignore[dict-item]
    ast.List: _display,  # type: ignore[dict-item]
    ast.Tuple: _display,  # type: ignore[dict-item]
    ast.Set: _display,  # type: ignore[dict-item]
    ast.Dict: _dict,  # type: ignore[dict-item]
    ast.ListComp: _comprehension,  # type: ignore[dict-item]
    ast.SetComp: _comprehension,  # type: ignore[dict-item]
    ast.GeneratorExp: _comprehension,  # type: ignore[dict-item]
    ast.DictComp: _comprehension,  # type: ignore[dict-item]
    ast.Lambda: _lambda,  # type: ignore[dict-item]
    ast.NamedExpr: _walrus,  # type: ignore[dict-item]
    ast.JoinedStr: _text,  # type: ignore[dict-item]
    ast.Starred: _starred,  # type: ignore[dict-item]
    ast.Await: _await,  # type: ignore[dict-item]
    ast.Yield: _yield,  # type: ignore[dict-item]
    ast.YieldFrom: _yield_from,  # type: ignore[dict-item]
    ast.Slice: _slice,  # type: ignore[dict-item]
}
