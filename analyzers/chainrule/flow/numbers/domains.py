"""Conditions on where a function ends: `x > c` beside `log(x - c)`, `b > a` beside `1 / (b - a)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.conditions import chain, compared, same, unviewed
from chainrule.flow.core.graph import Node

DIVISIONS = frozenset(("div", "true_divide", "divide"))
LOGS = frozenset(("log", "log2", "log10"))
_JOINED = frozenset(("mult", "mul", "imult", "bitand", "logical_and"))
_CASTS = frozenset(("float", "to", "double", "type_as", "half"))
UNEVEN = frozenset(("uneven",))
"""The mark of a power whose exponent is no integer."""
_ORDERS = frozenset(("lt", "gt", "le", "ge", "greater", "less"))
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_COMPARES = frozenset(("compare", "lt", "gt", "le", "ge", "ne", "eq", "greater", "less"))


def is_condition(mask: Node) -> bool:
    """Whether `mask` is 1 where a condition holds and 0 elsewhere: one comparison or several joined."""
    while "comparison" not in mask.tags and mask.op in _CASTS and mask.edges:
        mask = mask.edges[0][0]
    if mask.op in _JOINED and len(mask.edges) == 2:
        return all(is_condition(parent) for parent, _ in mask.edges)
    return "comparison" in mask.tags


def asks_order(risky: Node, operand: Node, condition: Node) -> bool:
    """`x / (b - a)`: whether `condition` asks which of `a` and `b` is larger, or whether they differ."""
    if risky.op not in DIVISIONS or operand.op != "sub" or len(operand.edges) != 2:
        return False
    ends = [parent for parent, _ in operand.edges]
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        sides = [parent for parent, _ in node.edges]
        if node.op in _COMPARES and len(sides) == 2:
            if all(any(same(end, side) for side in sides) for end in ends):
                return True
        else:
            pending.extend(sides)
    return False


def is_shifted(operand: Node, condition: Node) -> bool:
    """`log(x - c)`: whether `condition` asks on which side of `c` the shifted value is."""
    at = operand.at
    if operand.op != "sub" or len(operand.edges) != 1 or not isinstance(at, ast.BinOp):
        return False
    numbers = {side.value for side in (at.left, at.right) if isinstance(side, ast.Constant)}
    return any(
        number in numbers and same(node, operand.edges[0][0]) for node, number in _thresholds(condition)
    )


def ends_at_one(logarithm: Node, condition: Node) -> bool:
    """`torch.where(x < 1, log1p(-x), …)`: whether the condition asks about the end of the domain."""
    operand = logarithm.edges[0][0] if logarithm.edges else logarithm
    if operand.op != "neg" or not operand.edges:
        return False
    return any(number == 1 and same(node, operand.edges[0][0]) for node, number in _thresholds(condition))


def _thresholds(condition: Node) -> Iterator[tuple[Node, object]]:
    """The values that a condition compares with a number other than 0, and the number."""
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        at = node.at
        if node.op != "compare" or not isinstance(at, ast.Compare):
            pending.extend(parent for parent, _ in node.edges)
        elif len(node.edges) == 1:
            for side in (at.left, at.comparators[0]):
                if isinstance(side, ast.Constant) and side.value:
                    yield node.edges[0][0], side.value


def ends_where(risky: Node, operand: Node, condition: Node) -> bool:
    """Whether a root of a difference is kept where `condition` says that it exists: `x.abs() < r`.

    Outside it is the root of a negative number, whose slope is NaN; that of a logarithm is finite there.
    """
    if risky.op in LOGS or operand.op != "sub" or operand.bounds.low > 0:
        return False
    below = {id(each) for each in chain(operand, 4)}
    return any(id(each) in below for each in compared(condition))


def leaves_power(risky: Node, condition: Node) -> bool:
    """Whether `condition` asks on which side of 0 the base of a power is that has no integer exponent.

    Below 0 such a power is NaN, and so are its slopes in the base and in the exponent: `(-a * x) ** n`.
    """
    if not risky.tags & UNEVEN or risky.edges[0][0].bounds.low >= 0:
        return False
    base = list(chain(risky.edges[0][0], 4))
    if any(each.tags & UNEVEN for each in base):
        return False  # that one is NaN before
    return any(same(each, side) for side in _ordered(condition) for each in base)


def _ordered(condition: Node) -> Iterator[Node]:
    """The values that a condition compares by their order."""
    pending, seen = [condition], 0
    while pending and seen < 20:
        node = pending.pop()
        seen += 1
        at = node.at
        if node.op in _COMPARES:
            if node.op in _ORDERS or (isinstance(at, ast.Compare) and isinstance(at.ops[0], _ORDERED)):
                yield from (unviewed(parent) for parent, _ in node.edges)
        else:
            pending.extend(parent for parent, _ in node.edges)


def is_capped(risky: Node, condition: Node) -> bool:
    """`rate < 1e4`: the condition keeps what did not overflow of `rate = log_rate.exp()`."""
    at = condition.at
    below = (
        condition.op == "compare" and isinstance(at, ast.Compare) and isinstance(at.ops[0], (ast.Lt, ast.LtE))
    )
    return below and len(condition.edges) == 1 and same(condition.edges[0][0], risky)
