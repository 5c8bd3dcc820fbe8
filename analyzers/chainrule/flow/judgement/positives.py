"""Divisors that count the positives of yes-or-no targets, of which a batch may have none."""

from __future__ import annotations

from chainrule.flow.core.conditions import equal
from chainrule.flow.core.graph import Hazard, Node
from chainrule.flow.core.trace import Graph

_CASTS = frozenset(("float", "to", "double", "type_as", "view", "reshape", "flatten", "squeeze", "unsqueeze"))


def counts_positives(hazard: Hazard, graph: Graph) -> bool:
    """Whether the loss compares what a divisor sums up with probabilities, as a yes or no of each element."""
    summed = _plain(hazard.node.edges[1][0].edges[0][0])
    return any(
        len(node.edges) > 1 and equal(_plain(node.edges[1][0]), summed)
        for node in graph.reached.values()
        if node.op.startswith(("binary_cross_entropy", "bce_"))
    )


def _plain(node: Node) -> Node:
    """What a value is another view of."""
    while node.op in _CASTS and node.edges:
        node = node.edges[0][0]
    return node
