"""Sizes of what data chooses: `len(torch.nonzero(x > 0))`, `x[x > 0].numel()`.

A size is a plain number, and mostly divides a sum over the same elements. Where it is itself what a loss is
made of, it counts as a value without gradient.
"""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Count, Seq, Sizes, Tensor, Value
from chainrule.flow.numbers import single

SIZE = "size"
"""The note of a gate between a size and what has it."""
SETS = frozenset(("set", "frozenset"))
"""Kinds of what holds each value once, so that its size says how many different ones there are."""
SET_ALGEBRA = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
"""Operators that make a set of two; what is in it depends on both."""
_PICKS = frozenset(("nonzero", "argwhere", "masked_select", "unique", "unique_consecutive"))
_PASSES = frozenset(("select", "squeeze", "flatten", "view", "reshape", "t", "T", "to", "detach", "float"))
_DIVIDES = (ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


def size_of(interp: Interpreter, value: Value, at: ast.AST) -> Const:
    """The size of a tensor in some dimension, or its number of elements."""
    if isinstance(value, Tensor):
        node = value.node
        while node.op in _PASSES and len(node.edges) == 1:
            node = node.edges[0][0]
        if node.op in _PICKS or (node.op == "index" and _by_mask(node)):
            gate = interp.gate(Cause.NONDIFFERENTIABLE, at, note=SIZE)
            chosen = [parent for parent, _ in node.edges] if node.op in _PICKS else [node]
            edges = [(each, gate) for each in chosen]
            return Count(interp.node("size", at, edges, kind="scalar", dtype="int"))
    if isinstance(value, Seq) and value.kind in SETS:
        gate = interp.gate(Cause.NONDIFFERENTIABLE, at, note=SIZE)
        edges = [(node, gate) for node in interp.nodes([value])]
        if edges:
            return Count(interp.node("size", at, edges, kind="scalar", dtype="int"))
    return Const(None, known=False, data=True)


def shape_of(interp: Interpreter, value: Tensor, at: ast.AST) -> Const:
    """`value.shape`, `value.size()`."""
    found = size_of(interp, value, at)
    narrow = not isinstance(found, Count) and single.is_narrow(value.node)
    return Sizes(value.node) if narrow else found


def size_along(sizes: Sizes, index: Value) -> Const:
    """`x.shape[index]`: 1 where that is known of the dimension."""
    place = index.value if isinstance(index, Const) and index.known else None
    if isinstance(place, int):
        place += sizes.first if place >= 0 else 0
        if single.is_one(sizes.node, place):
            return Const(1, known=False, data=True)
    return Const(None, known=False, data=True)


def counted(op: ast.operator, left: Value, right: Value) -> list[Edge]:
    """The edges to the sizes in `left op right`, left out what is only divided by."""
    found = [left] if isinstance(left, Count) else []
    if isinstance(right, Count) and not isinstance(op, _DIVIDES):
        found.append(right)
    return [(count.node, None) for count in found]


def _by_mask(node: Node) -> bool:
    return any("comparison" in index.tags for index, gate in node.edges if gate is not None)
