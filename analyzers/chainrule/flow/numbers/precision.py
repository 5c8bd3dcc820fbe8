"""What floating point makes of numbers: 1 of `1 - 1e-9`, 0 of an eps of 1e-50, a step of a slope of 1e6.

Tensors hold single precision unless a program asks for more; a file that speaks of double precision is
believed to use it.
"""

from __future__ import annotations

import ast
import struct

from chainrule.flow.core.bounds import Interval
from chainrule.flow.core.graph import SATURATED, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Value

_DOUBLE = ("float64", "double")
_STEEP = 1e4
_LARGEST = {"f": 3.4e38, "e": 65504.0}
_GUARDS = frozenset(("add", "clamp", "clamp_min", "clip"))
STEPS = frozenset(("sigmoid", "tanh", "softmax"))
"""What a steep enough factor turns into a step."""


def rounded(interp: Interpreter, within: Interval, node: Node) -> Interval:
    """`within` as the values of a tensor like `node` can hold it."""
    low, high = number(interp, within.low, node), number(interp, within.high, node)
    if low == within.low and high == within.high:
        return within
    # A bound that rounding moved is met by what saturates there; what else is clamped to 0 is simply 0.
    soft = within.soft
    if low != within.low and not (low == 0 and not node.bounds.soft):
        soft = soft or SATURATED
    return Interval(low, high, soft, within.capped or high != within.high)


def operand(interp: Interpreter, value: Value, within: Interval, beside: Node) -> Interval:
    """Bounds of a plain number in arithmetic with the tensor `beside`."""
    if not isinstance(value, Const) or type(value.value) is not float or within.low != within.high:
        return within
    held = number(interp, within.low, beside)
    return Interval(held, held)


def number(interp: Interpreter, value: float, node: Node) -> float:
    """The float that `value` becomes beside `node`."""
    kind = "e" if "half" in node.tags else "f"
    if abs(value) > _LARGEST[kind]:
        return value
    nearest: float = struct.unpack(kind, struct.pack(kind, value))[0]
    # Only what vanishes matters: 0.1 is no other bound for being rounded.
    if nearest == value or (nearest != 0 and abs(nearest) != 1):
        return value
    text = interp.module.text
    return value if kind == "f" and any(word in text for word in _DOUBLE) else nearest


def kind_of(node: Node) -> str:
    """The note of what is lost in the precision of `node`: "half", or "" in single precision."""
    return "half" if "half" in node.tags else ""


def adds_nothing(node: Node) -> bool:
    """`x + 1e-50`, `x.clamp(min=1e-50)`: whether the number is 0 in the precision of `x`."""
    return node.op in _GUARDS and len(node.edges) == 1 and node.bounds.low == node.edges[0][0].bounds.low == 0


def is_steep(op: ast.operator, left: Value, right: Value) -> bool:
    """Whether `left op right` scales a tensor so that a sigmoid of it is a step."""
    if isinstance(op, ast.Div):
        return 0 < _size(right) <= 1 / _STEEP
    return isinstance(op, ast.Mult) and (_size(left) >= _STEEP or _size(right) >= _STEEP)


def _size(value: Value) -> float:
    """The magnitude of a plain number, 0 of anything else."""
    return abs(value.value) if isinstance(value, Const) and isinstance(value.value, (int, float)) else 0
