"""What is spoiled by a factor that is NaN itself: rewards that are scaled by the spread of their group."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import chain
from chainrule.flow.core.graph import Hazard, Node
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.trace import Graph

_PRODUCTS = frozenset(("mult", "mul", "multiply", "div", "matmult", "matmul", "bmm", "einsum", "dot"))


def weighed_by_group(graph: Graph, hazard: Hazard) -> Node | None:
    """What learns, and is multiplied by what the spread of a group of constants went into; None of others.

    A group may have a single member: what is selected by `group == g`.
    """
    if hazard.cause is not Cause.STD_SINGLE or graph.has_source(hazard.operand, STRONG):
        return None
    if id(hazard.node) not in graph.reached or not _is_of_group(hazard.operand):
        return None
    pending, seen = [hazard.node], {id(hazard.node)}
    while pending:
        node = pending.pop()
        for child, gate in graph.children.get(id(node), ()):
            if id(child) in seen or (gate is not None and gate.cause is None):
                continue  # an index, a condition
            if child.op in _PRODUCTS:
                for other, closed in child.edges:
                    if other is not node and closed is None and graph.has_source(other, STRONG):
                        return other
            seen.add(id(child))
            pending.append(child)
    return None


def _is_of_group(operand: Node) -> bool:
    """Whether values are selected by an equality: `rewards[group == g]`."""
    masks = (
        mask
        for each in chain(operand, 4)
        if each.op == "index"
        for mask, gate in each.edges
        if gate is not None
    )
    return any(
        mask.op == "eq" or (isinstance(mask.at, ast.Compare) and isinstance(mask.at.ops[0], ast.Eq))
        for mask in masks
    )
