"""Minus infinity put in on purpose: rows that a mask excludes entirely, paths that can't be taken."""

from __future__ import annotations

import ast

from chainrule.flow.causes import Cause
from chainrule.flow.graph import Node, behind
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.values import Tensor, Value

# Operators that put values side by side, or leave -inf what it is.
_JOINS = frozenset(("cat", "stack", "select", "index", "phi", "add", "sub", "iadd", "unsqueeze", "logaddexp"))


def check_rows(interp: Interpreter, condition: Node, value: Node) -> None:
    """Rows that an additive mask of -inf excludes entirely, left out by what the mask was made from."""
    for softmax in interp.excluding:
        mask = next((parent for parent, _ in softmax.edges[0][0].edges if "neginf" in parent.tags), None)
        if mask is not None and _made_of(mask) & _made_of(condition):
            if any(each is softmax for each in behind(value)):
                interp.hazard(Cause.BAD_BRANCH, softmax.at, softmax, softmax, "mask")


def check_sum_of_logs(
    interp: Interpreter, name: str, made: Node, arguments: list[Value], at: ast.AST
) -> None:
    """`logaddexp(a, b)`, `logsumexp(stack([a, b]))`: the slope between -inf and -inf is NaN."""
    nodes = [value.node for value in arguments if isinstance(value, Tensor)]
    if name == "logsumexp" and nodes and nodes[0].op == "stack":
        nodes = [parent for parent, _ in nodes[0].edges]
    if sum(map(_holds_never, nodes)) > 1:
        interp.hazard(Cause.BAD_BRANCH, at, made, made, "never")


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


def _holds_never(node: Node) -> bool:
    """Whether some elements of `node` are -inf: filled in, or joined to it."""
    pending, count = [node], 0
    while pending and count < 30:
        current = pending.pop()
        count += 1
        if "neginf" in current.tags:
            return True
        if current.op in _JOINS:
            pending.extend(parent for parent, _ in current.edges)
    return False
