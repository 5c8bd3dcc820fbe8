"""What is known of a result besides its gradient, and what an operator's arguments make dangerous."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Seq, Tensor, Value
from chainrule.flow.numbers import clamped, finite, masked, precision, ranges, single

_SUMS = frozenset(("sum", "cumsum", "nansum", "prod"))
_EXTREMES = frozenset(("max", "maximum", "min", "minimum"))


def first_of(bound: Mapping[str, Value]) -> Value | None:
    """The first argument of a call."""
    return next(iter(bound.values()), None)


def mark(made: Node, name: str, bound: Mapping[str, Value], parents: list[Node]) -> None:
    """Say of a result what kind of numbers it holds: answers, unit vectors, counts of classes."""
    if made.dtype == "bool":
        made.tags |= {"comparison"}
        if name in _SUMS:  # how many there are, as an integer
            made.dtype = "int"
        else:
            made.bounds = bounds.BINARY
    if name in ("masked_fill", "masked_fill_", "full", "full_like", "where", "pad"):
        if any(_is_never(value) for key, value in bound.items() if key != "condition"):
            made.tags |= {"neginf"}
    if name == "normalize":
        made.tags |= {"unit"}
    elif name in ranges.ARITHMETIC and isinstance(other := bound.get("other"), Const):
        if precision.is_steep(ranges.ARITHMETIC[name], Const(None), other):
            made.tags |= {"steep"}
    elif name == "one_hot" or (name in ("scatter", "scatter_") and _writes_one(bound)):
        made.tags |= {"one-hot"}
    elif name == "repeat" and _repeats_once(bound):
        made.tags |= {"once"}
    elif name == "bincount" or (name == "sum" and parents and "one-hot" in parents[0].tags and _over(bound)):
        made.tags |= {"class-count"}


def _is_never(value: Value) -> bool:
    if isinstance(value, Const):
        return value.value == float("-inf")
    return isinstance(value, Tensor) and not value.node.edges and "neginf" in value.node.tags


def _writes_one(bound: Mapping[str, Value]) -> bool:
    """`zeros_like(p).scatter_(1, p.argmax(1, keepdim=True), 1)`: one place in each row of zeros."""
    first, index = first_of(bound), bound.get("index")
    if not isinstance(first, Tensor) or not isinstance(index, Tensor):
        return False
    place = index.node
    while place.op in ("unsqueeze", "view", "reshape") and place.edges:
        place = place.edges[0][0]
    empty = first.node.bounds.low == first.node.bounds.high == 0
    return empty and place.op in ("argmax", "argmin")


def _repeats_once(bound: Mapping[str, Value]) -> bool:
    """`x.repeat(1, 1)`, also of sizes that are known to be 1."""
    given = [value for key, value in bound.items() if key not in ("self", "input")]
    counts = [item for each in given for item in (each.items if isinstance(each, Seq) else [each])]
    return all(isinstance(each, Const) and each.value == 1 for each in counts)


def _over(bound: Mapping[str, Value]) -> bool:
    """Whether a sum of one-hot rows runs over the batch: over the classes it is 1."""
    dim = bound.get("dim")
    return isinstance(dim, Seq) or (isinstance(dim, Const) and dim.value == 0)


def check_arguments(
    interp: Interpreter, name: str, bound: Mapping[str, Value], made: Node, at: ast.AST
) -> None:
    """Note where the arguments of a call make a gradient not finite."""
    first = first_of(bound)
    if name == "where" and "condition" in bound:
        chosen = [v for k, v in bound.items() if k != "condition"]
        masked.check_selection(interp, bound["condition"], chosen, at)
    elif name in ("masked_fill", "masked_fill_", "masked_scatter") and "mask" in bound:
        kept = [v for k, v in bound.items() if k in ("input", "self")]
        masked.check_selection(interp, bound["mask"], kept, at)
    elif name in ("std", "var") and isinstance(first, Tensor):
        if single.is_spread_of_one(bound, first.node) and not finite.divides_by_n(at):
            interp.hazard(Cause.STD_SINGLE, at, made, first.node, "one")
    elif isinstance(first, Tensor) and name in ranges.CLAMPS:
        low, high = ranges.limits(name, bound)
        clamped.check_clamped(interp, first.node, low is not None, high is not None)
        clamped.check_formula(interp, first.node, low is not None, high is not None)
    elif isinstance(first, Tensor) and name in _EXTREMES and isinstance(bound.get("other"), Tensor):
        clamped.check_clamped(interp, first.node, name.startswith("max"), name.startswith("min"))
