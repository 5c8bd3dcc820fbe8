"""Arithmetic: what `+`, `*`, `**` and their like make of tensors and numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import equal
from chainrule.flow.core.graph import Gate, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.saving import save_operands
from chainrule.flow.core.values import Const, Count, Instance, Seq, Setting, Tensor, Value
from chainrule.flow.numbers import finite, precision, single
from chainrule.flow.numbers.starts import both_zero, follow_binary
from chainrule.flow.operations.comparisons import operand, truth
from chainrule.flow.operations.counts import SET_ALGEBRA, SETS, counted
from chainrule.flow.operations.settings import answer, are_settled, is_settable

_FOLD: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b if b else math.nan,
}
# What a count may be computed by.
MAX_REPEATED = 8
"""Elements of a repeated tuple that are told apart: `(None,) * 3`."""
_COUNTS = frozenset(("phi", "extreme", "number", "branch", "add", "sub", "mult", "floordiv", "ifloordiv"))
_BY_NUMBER = frozenset(("by-number",))
_SPECIAL = {"__add__": ast.Add, "__sub__": ast.Sub, "__mul__": ast.Mult, "__truediv__": ast.Div}

# What division leaves over, which grows with the dividend as fast as that does.
_RESTS = frozenset(("mod", "remainder", "fmod", "frac"))


def bounds_of(value: Value) -> bounds.Interval:
    if isinstance(value, Tensor):
        return value.node.bounds
    if isinstance(value, Const):
        of_number = isinstance(value.value, float) and not isinstance(value, Setting)
        if value.known or of_number or is_settable(value):
            return bounds.of_number(value.value)
        if value.data:
            return bounds.NONNEGATIVE
    return bounds.ANY


def binary(interp: Interpreter, op: ast.operator, left: Value, right: Value, at: ast.AST) -> Value:
    """`left op right`."""
    if isinstance(left, Const) and isinstance(right, Const):
        sizes = counted(op, left, right)
        return Count(sizes[0][0]) if sizes else _fold(op, left, right)
    if isinstance(op, ast.Add) and isinstance(left, Seq) and isinstance(right, Seq):
        return Seq([*left.items, *right.items], left.kind, left.exact and right.exact)
    if isinstance(op, SET_ALGEBRA) and isinstance(left, Seq) and isinstance(right, Seq) and left.kind in SETS:
        return Seq([*left.items, *right.items], "set", False)
    if isinstance(left, Seq) and left.kind == "tuple" and isinstance(right, Tensor):
        if isinstance(op, ast.Add):  # `(None,) + Other.apply(x)`: what is added is a tuple too
            return Seq([*left.items, right], "tuple", False)
        if isinstance(op, ast.Mult):
            return Seq(left.items, "tuple", False)
    if isinstance(op, ast.Mult) and isinstance(left, Seq) and isinstance(right, Const):
        times = right.value if right.known and left.exact and left.kind == "tuple" else None
        if isinstance(times, int) and 0 < times * len(left.items) <= MAX_REPEATED:
            return Seq(left.items * times, left.kind)
        return Seq(left.items, left.kind, False)
    if isinstance(left, Instance) and left.cls is not None:
        special = next((method for method, each in _SPECIAL.items() if isinstance(op, each)), None)
        answer = interp.call_method(left, special, [right], {}, at) if special is not None else None
        if answer is not None:
            return answer
    a, b = operand(interp, left, at), operand(interp, right, at)
    gate: Gate | None = None
    if isinstance(op, ast.FloorDiv):
        plain = all(node is None or _may_be_integer(node) for node in (a, b))
        gate = interp.gate(None, at) if plain else interp.gate(Cause.NOT_IMPLEMENTED, at, raises=True)
    elif isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)):
        gate = interp.gate(None, at)
    elif isinstance(op, ast.Mult) and (_is_zero(left) or _is_zero(right)):
        gate = interp.gate(None, at, zero=True)  # `pred.sum() * 0`: connected on purpose, and worth nothing
    elif isinstance(op, (ast.Mult, ast.MatMult)) and interp.starts and both_zero(interp, a, b):
        gate = interp.gate(Cause.SATURATION, at, zero=True, note="zeros")
    elif isinstance(op, ast.Sub) and a is not None and b is not None:
        a, b = _without_what_was_added(a, b)
        gate = single.difference(interp, a, b, at) or _steps(interp, a, b, at)
    edges: list[tuple[Node, Gate | None]] = []
    if isinstance(op, ast.Add) and a is not None and b is not None:
        a, b = _without_opposites(a, b)
    if a is not None:
        edges.append((a, gate))
    if b is not None and b is not a:
        modulo = isinstance(op, ast.Mod)
        edges.append((b, interp.gate(None, at) if modulo else gate))
    edges += counted(op, left, right)
    name = type(op).__name__.lower()
    first, second = bounds_of(left), bounds_of(right)
    if b is None and a is not None:
        second = precision.operand(interp, right, second, a)
    elif a is None and b is not None:
        first = precision.operand(interp, left, first, b)
    within = bounds.arithmetic(op, first, second)
    if isinstance(op, ast.Add) and a is not None and a is b:
        within = bounds.arithmetic(ast.Mult(), a.bounds, bounds.of_number(2))
    elif isinstance(op, (ast.Mult, ast.MatMult)) and a is not None and b is not None and equal(a, b):
        # A matrix times itself is no sum of squares, but it has no root either.
        within = bounds.power(a.bounds, 2)
    if isinstance(op, ast.Pow):
        exponent = right.value if isinstance(right, Const) else None
        within = bounds.power(bounds_of(left), exponent)
    parents = [n for n in (a, b) if n is not None]
    kinds = {n.kind for n in parents}
    kind = "tensor" if "tensor" in kinds or not kinds else kinds.pop()
    dtype = _result_dtype(op, parents, left, right)
    made = interp.node(name, at, edges, kind=kind, dtype=dtype, within=within)
    if (a is not None and a.tags) or (b is not None and b.tags):
        made.tags = finite.tags_of(name, parents) | single.kept_by(name, parents)
    if b is None:
        made.tags |= _BY_NUMBER
    if (a is None or b is None) and precision.is_steep(op, left, right):
        made.tags |= {"steep"}
    if interp.starts:
        follow_binary(interp, made, op, left, right)
    save_operands(op, made, left, right)
    finite.check_binary(interp, op, made, a, b, left, right, at)
    return Tensor(made)


def _is_zero(value: Value) -> bool:
    return isinstance(value, Const) and value.known and value.value == 0


def _without_opposites(a: Node, b: Node) -> tuple[Node, Node]:
    """`z + (q - z)` gives `q` and its gradient: that of both `z` cancels."""
    for one, other in ((a, b), (b, a)):
        if other.op == "sub" and len(other.edges) == 2:
            (kept, open_), (taken, also_open) = other.edges
            if taken is one and open_ is None and also_open is None:
                return kept, kept
    return a, b


def _without_what_was_added(a: Node, b: Node) -> tuple[Node, Node]:
    """`(z + q) - z` gives `q` and its gradient, as `q - 0` does."""
    if a.op == "add" and len(a.edges) == 2 and all(gate is None for _, gate in a.edges):
        (one, _), (other, _) = a.edges
        if b in (one, other) and one is not other:
            rest = other if b is one else one
            return rest, rest
    return a, b


def _steps(interp: Interpreter, whole: Node, rest: Node, at: ast.AST) -> Gate | None:
    """The gate of `x - x % step`: what is left of `x` when its rest is taken away are steps."""
    if rest.op not in _RESTS or not rest.edges:
        return None
    part, gate = rest.edges[0]
    return interp.gate(Cause.ROUNDING, at, zero=True) if gate is None and part is whole else None


def _may_be_integer(node: Node, depth: int = 0) -> bool:
    """Whether a value may be a plain number that came from outside: a size, a rank, a counter."""
    if node.op in ("call", "attribute", "element", "name", "argument", "len"):
        return True
    computed = node.op in (
        "phi",
        "extreme",
        "number",
        "branch",
        "add",
        "sub",
        "mult",
        "floordiv",
        "ifloordiv",
    )
    return computed and depth < 8 and all(_may_be_integer(parent, depth + 1) for parent, _ in node.edges)


def _result_dtype(op: ast.operator, parents: list[Node], left: Value, right: Value) -> str | None:
    if isinstance(op, ast.Div):
        return "float"
    dtypes = {parent.dtype for parent in parents}
    if _is_float(left) or _is_float(right):
        return "float"
    # `mask & (x > 0)`: what nobody has called integers is a mask beside another.
    if "bool" in dtypes <= {"bool", None} and isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        return "bool"
    if dtypes <= {"bool", "int"}:
        return "int"
    return "float" if "float" in dtypes else None


def _is_float(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, float)


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
        return answer([left, right], value) if are_settled([left, right]) else Const(value, known, data)
    if isinstance(op, ast.Add) and isinstance(left.value, str) and isinstance(right.value, str):
        if are_settled([left, right]):
            return answer([left, right], left.value + right.value)
    if (
        isinstance(op, ast.Pow)
        and isinstance(left.value, (int, float))
        and isinstance(right.value, (int, float))
    ):
        if abs(left.value) < 1e3 and abs(right.value) < 64 and left.value > 0:
            return Const(left.value**right.value, known, data)
    return Const(None, False, data)


def unary(interp: Interpreter, value: Value, node: ast.UnaryOp) -> Value:
    """`-value`, `not value`, `~value`."""
    if isinstance(value, Const):
        decided = truth(value)
        if isinstance(node.op, ast.Not):
            if isinstance(value, Setting):
                return answer([value], not value.value)
            usual = not value.value if isinstance(value.value, bool) else None
            return Const(usual if decided is None else not decided, decided is not None, value.data)
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
        made.tags = frozenset({"comparison"})
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
        if parent in interp.starts:
            interp.starts[made] = bounds.negate(interp.starts[parent])
        return Tensor(made)
    return value
