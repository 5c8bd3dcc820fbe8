"""New tensors: from nothing, and from the values of others."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Const, Count, Seq, Tensor, Value
from chainrule.flow.effects.casts import cast, dtype_of
from chainrule.flow.operations.leaves import LEAF
from chainrule.flow.operations.settings import is_settable

# Where a tensor keeps its graph and only a list of tensors loses it.
_KEEP_TENSOR = frozenset(
    ("torch.as_tensor", "torch.asarray", "torch.Tensor", "torch.FloatTensor", "torch.DoubleTensor")
)


def fresh(
    interp: Interpreter, name: str, bound: Mapping[str, Value], at: ast.AST, dtype: str | None
) -> Value:
    """A new tensor that no other value went into; a leaf if it is asked to require grad."""
    flag = bound.get("requires_grad")
    asked = isinstance(flag, Const) and flag.known and flag.value is True
    values = [v for v in bound.values() if isinstance(v, Const)]
    within = bounds.of_call(name, bounds.ANY)
    number = values[0].value if values else None
    if name in ("full", "full_like", "tensor", "scalar_tensor") and values:
        filled = bound.get("fill_value")
        number = filled.value if isinstance(filled, Const) else number
        within = bounds.of_number(number)
    elif name == "linspace":
        within = _of_grid(bound)
    if asked:
        tensor = interp.source("<leaf>", interp.leaf_role(), at)
        tensor.leaf = True
        tensor.node.tags = frozenset({"fresh-leaf"})
        if within.low == within.high:
            interp.starts[tensor.node] = within
        if name == "linspace":
            tensor.node.bounds = within  # coordinates, which stay where they are
        return tensor
    made = interp.node(name, at, dtype=dtype)
    made.bounds = within
    if within.low == -math.inf == within.high:
        made.tags = frozenset({"neginf"})
    if name == "arange" or name.startswith("randint") or name == "randperm":
        made.dtype = "int"
        made.bounds = _of_integers(bound) if name.startswith("randint") else within
    return Tensor(made)


def _of_grid(bound: Mapping[str, Value]) -> bounds.Interval:
    """Bounds of `linspace(start, end, steps)`, both of which it has."""
    ends = [value.value for key in ("start", "end") if isinstance(value := bound.get(key), Const)]
    numbers = [float(end) for end in ends if isinstance(end, (int, float))]
    return bounds.Interval(min(numbers), max(numbers)) if len(numbers) == 2 else bounds.ANY


def _of_integers(bound: Mapping[str, Value]) -> bounds.Interval:
    """Bounds of `randint(high, size)`, `randint(low, high, size)`."""
    given = [value for key in ("low", "high") if isinstance(value := bound.get(key), Const)]
    numbers = [value.value for value in given if isinstance(value.value, int)]
    if not numbers or len(numbers) < len(given):
        return bounds.ANY
    low, high = numbers if len(numbers) == 2 else (0, numbers[0])
    return bounds.Interval(float(low), float(high - 1))


def rebuilt(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST, dotted: str
) -> Value:
    """`torch.tensor(data)` and its like: copies values, not history."""
    data = arguments[0] if arguments else keywords.get("data", NONE)
    nodes = interp.nodes([data])
    counts = data.items if isinstance(data, Seq) else [data]
    nodes += [each.node for each in counts if isinstance(each, Count)]
    if not nodes:
        if isinstance(data, Seq):
            bound: dict[str, Value] = dict(keywords)
            made = fresh(interp, "tensor", bound, at, None)
            within = _of_numbers(data)
            if within is not None and isinstance(made, Tensor):
                made.node.bounds = within
                if made.leaf and within.low == within.high:
                    interp.starts[made.node] = within
            return made
        return fresh(interp, "tensor", {"0": data, **keywords}, at, None)
    if isinstance(data, Tensor) and dotted in _KEEP_TENSOR and data.node.kind == "tensor":
        if dtype_of(keywords.get("dtype")) == "int":
            return cast(interp, data, "as_tensor", "int", at)
        kept = interp.node(
            "as_tensor", at, ((data.node, None),), dtype=data.node.dtype, within=data.node.bounds
        )
        return Tensor(kept, data.storage, data.base)
    integer = dotted.rpartition(".")[2] in ("LongTensor", "IntTensor", "BoolTensor", "ByteTensor")
    gate = interp.gate(Cause.REBUILD, at, note=dotted)
    # What was no tensor any more was cut before; only tensors lose their history here.
    made_node = interp.node(
        "tensor",
        at,
        [(n, gate if n.kind == "tensor" else None) for n in nodes],
        dtype="int" if integer or all(n.dtype == "int" for n in nodes) else None,
    )
    if len(nodes) == 1:
        made_node.bounds = nodes[0].bounds
    result = Tensor(made_node)
    flag = keywords.get("requires_grad")
    if isinstance(flag, Const) and flag.known and flag.value is True:
        interp.event(Cause.FRESH_LEAF, at, made_node)
        if interp.journal is None:  # no branch that may not be taken
            made_node.tags |= {LEAF}
    return result


def _of_numbers(data: Seq) -> bounds.Interval | None:
    """Bounds of the numbers that stand in a list, None if there is anything else in it."""
    if not data.exact or not data.items:
        return None
    known = (item for item in data.items if isinstance(item, Const) and (item.known or is_settable(item)))
    parts = [item.value for item in known]
    numbers = [bounds.of_number(part) for part in parts if type(part) in (int, float)]
    return bounds.union(numbers) if len(numbers) == len(data.items) else None
