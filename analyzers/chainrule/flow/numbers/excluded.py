"""Rows of attention that a mask excludes entirely: softmax gives NaN there, and NaN times 0 is NaN."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.numbers.pairs import is_crossed, unspread
from chainrule.syntax import walk_tree

# How a mask of rows and one of columns become one of pairs: what is no element keeps nothing at all.
_BOTH = frozenset(("bitand", "logical_and", "mult", "mul", "matmult", "matmul", "bmm", "einsum", "outer"))
# Masks made of another, and of the same elements.
_ALIKE = frozenset(
    """not logical_not compare eq ne sub bool float to long int unsqueeze squeeze view reshape select expand
    repeat repeat_interleave gt lt""".split()
)
# … of which these spread them by themselves.
_SPREADING = frozenset(("einsum", "outer", "bmm", "matmult", "matmul"))
_CASTS = frozenset(("float", "double", "to", "bool", "long", "int"))
_FILLS = frozenset(("masked_fill", "masked_fill_", "where"))


def check_weights(interp: Interpreter, softmax: Node, scores: Node) -> None:
    """Mark what `softmax` makes of `scores.masked_fill(~(valid[:, None] & valid[None]), -inf)`."""
    if "neginf" in scores.tags and scores.op in _FILLS and any(_is_of_pairs(mask) for mask in _masks(scores)):
        softmax.tags |= {"empty-rows"}


def check_weighted(interp: Interpreter, made: Node) -> None:
    """`softmax @ values`: the rows of NaN reach the gradient of `values`, whatever is dropped later."""
    for weights, _ in made.edges:
        if "empty-rows" in weights.tags:
            origin = weights
            while origin.edges and "empty-rows" in origin.edges[0][0].tags:
                origin = origin.edges[0][0]
            for values, gate in made.edges:
                if values is not weights and gate is None and any(each.source for each in behind(values)):
                    interp.hazard(Cause.BAD_BRANCH, origin.at, made, values, "rows")


def _masks(filled: Node) -> list[Node]:
    """The conditions of a choice between scores and -inf."""
    return [parent for parent, gate in filled.edges if gate is not None and gate.cause is None]


def _is_of_pairs(mask: Node) -> bool:
    """Whether a mask of pairs is made of one and the same mask of elements, twice."""
    for _ in range(8):
        if mask.op in _BOTH and len(mask.edges) == 2:
            one, other = mask.edges[0][0], mask.edges[1][0]
            return is_crossed(one, other) or (mask.op in _SPREADING and _uncast(one) is _uncast(other))
        if mask.op in ("write", "setitem"):
            return _is_square(mask.at)
        if mask.op not in _ALIKE or not mask.edges:
            return False
        mask = mask.edges[0][0]
    return False


def _uncast(mask: Node) -> Node:
    """A mask before its numbers were made of another type, and spread."""
    while True:
        seen = unspread(mask)
        if seen.op in _CASTS and seen.edges:
            seen = seen.edges[0][0]
        if seen is mask:
            return mask
        mask = seen


def _is_square(at: ast.AST) -> bool:
    """`mask[:n, :n]`: a block of pairs that leaves the rows behind it empty."""
    for each in walk_tree(at):
        if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Tuple):
            ends = [ast.dump(part) for part in each.slice.elts if isinstance(part, ast.Slice) and part.upper]
            return len(ends) > len(set(ends))
    return False
