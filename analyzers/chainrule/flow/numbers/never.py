"""Minus infinity put in on purpose: rows that a mask excludes entirely, paths that can't be taken."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Tensor, Value
from chainrule.flow.core.words import words

_MASKS = frozenset(
    ("mask", "masks", "valid", "pad", "padding", "keep", "visible", "attention", "adj", "available")
)
_MOVES = frozenset(
    ("sub", "float", "to", "unsqueeze", "squeeze", "view", "select", "double", "expand", "not")
)
_FILLS = frozenset(("masked_fill", "where"))
_SHAPED = _MOVES | {"compare", "eq", "ne", "mult", "mul", "log", "reshape", "expand_as", "bool", "contiguous"}
_ROUNDS = 8
# Operators that put values side by side, or leave -inf what it is.
_JOINS = frozenset(("cat", "stack", "select", "index", "add", "sub", "iadd", "unsqueeze", "logaddexp"))


def check_rows(interp: Interpreter, condition: Node, value: Node) -> None:
    """Rows that an additive mask of -inf excludes entirely, left out by what the mask was made from."""
    for softmax in interp.excluding:
        # Where the elements themselves are chosen, each row keeps those of the others.
        masks = (mask for mask in _added(softmax) if _elements(mask) is not _elements(condition))
        if any(_made_of(mask) & _made_of(condition) for mask in masks):
            if any(each is softmax for each in behind(value)):
                interp.hazard(Cause.BAD_BRANCH, softmax.at, softmax, softmax, "mask")


def _added(softmax: Node) -> Iterator[Node]:
    """The masks of -inf in `scores + mask`, `scores + mask + bias`."""
    pending = [softmax.edges[0][0]]
    for node in pending:
        if node.op == "add" and len(pending) < _ROUNDS:
            pending.extend(parent for parent, _ in node.edges if "neginf" in parent.tags)
        elif node.op != "add":
            yield node


def _elements(mask: Node) -> Node:
    """The mask of elements that a mask was made of, in another shape or with other numbers."""
    for _ in range(_ROUNDS):
        if mask.op in _FILLS:
            chosen = [parent for parent, gate in mask.edges if gate is not None and gate.cause is None]
        else:
            chosen = [parent for parent, _ in mask.edges] if mask.op in _SHAPED else []
        if len(chosen) != 1:
            break
        mask = chosen[0]
    return mask


def check_shares(interp: Interpreter, condition: Node, value: Node) -> None:
    """`x * mask / (x * mask).sum()`, where rows without any mask are left out afterwards."""
    if condition.op != "any" and not (condition.edges and condition.edges[0][0].op in ("any", "sum")):
        return
    asked = _made_of(condition)
    for each in behind(value):
        if each.op != "div" or len(each.edges) != 2 or each.tags & {"by-number"}:
            continue
        below = each.edges[1][0]
        masked = below.edges[0][0] if below.op == "sum" and below.edges and below.bounds.low <= 0 else below
        if masked.op in ("mult", "mul") and any(
            asked & _made_of(factor) and is_mask(factor) for factor, _ in masked.edges
        ):
            interp.hazard(Cause.BAD_BRANCH, each.at, each, each, "empty")


def check_sum_of_logs(
    interp: Interpreter, name: str, made: Node, arguments: list[Value], at: ast.AST
) -> None:
    """`logaddexp(a, b)`, `logsumexp(stack([a, b]))`: the slope between -inf and -inf is NaN."""
    nodes = [value.node for value in arguments if isinstance(value, Tensor)]
    if name == "logsumexp" and nodes and nodes[0].op == "stack":
        nodes = [parent for parent, _ in nodes[0].edges]
    if sum(map(_holds_never, nodes)) > 1:
        interp.hazard(Cause.BAD_BRANCH, at, made, made, "never")


def multiplies_mask(left: Value, right: Value) -> bool:
    """`(1 - mask) * float("-inf")`: what a mask keeps is multiplied by 0, and 0 times infinity is NaN."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Const) and one.value in (math.inf, -math.inf) and isinstance(other, Tensor):
            return is_mask(other.node)
    return False


def check_added(interp: Interpreter, made: Node, a: Node, b: Node) -> None:
    """`scores + (1 - mask) * float("-inf")`."""
    for added, value in ((a, b), (b, a)):
        if "zero-times-inf" in added.tags:
            origin = added
            while origin.edges and "zero-times-inf" in origin.edges[0][0].tags:
                origin = origin.edges[0][0]
            interp.hazard(Cause.DIVISION, origin.at, made, value, "zero times inf")


def is_mask(node: Node) -> bool:
    """Whether a tensor holds zeros beside ones: compared, or an argument that is called a mask."""
    for _ in range(6):
        if "comparison" in node.tags or node.dtype == "bool":
            return True
        if node.source is not None:
            return not _MASKS.isdisjoint(words(node.source.name))
        if node.op not in _MOVES or not node.edges:
            return False
        node = node.edges[0][0]
    return False


def _made_of(node: Node) -> set[int]:
    """The sources that went into `node`, through comparisons too."""
    found: dict[int, Node] = {}
    pending = [node]
    while pending and len(found) < 60:
        current = pending.pop()
        if id(current) not in found:
            found[id(current)] = current
            pending.extend(parent for parent, _ in current.edges)
    return {id(each.source) for each in found.values() if each.source is not None}


def _holds_never(node: Node, depth: int = 8) -> bool:
    """Whether some elements of `node` are -inf: filled in, or joined to it; of alternatives, in each."""
    if node.op == "phi":
        return bool(depth and node.edges) and all(_holds_never(p, depth - 1) for p, _ in node.edges)
    if "neginf" in node.tags:
        return True
    return depth > 0 and node.op in _JOINS and any(_holds_never(p, depth - 1) for p, _ in node.edges)
