"""Whether nothing at all of what a function is to train gets gradient."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.graph import Node
from chainrule.flow.core.roles import STRONG, WAITING
from chainrule.flow.core.trace import Graph
from chainrule.flow.judgement.compared import compared_to_nothing
from chainrule.flow.judgement.ways import is_read_through
from chainrule.flow.operations.leaves import DIFFERENTIATED, LEAF, OPTIMISED

# Marks of a copy of data that the derivative is asked by: what an attack starts with.
_STARTED = frozenset((LEAF, DIFFERENTIATED))


def nothing_flows(graph: Graph) -> bool:
    waiting = [
        node
        for node in graph.source_nodes
        if node.source and node.source.role in WAITING and not is_read_through(node, graph)
    ]
    strong = [node for node in waiting if node.source and node.source.role in STRONG]
    if any(node.source and node.source.fitted and id(node) in graph.flowing for node in graph.source_nodes):
        return False
    if not waiting or any(id(node) in graph.flowing for node in strong):
        return False
    # A copy that an optimiser trains, to give the original what it has learnt.
    if any(node.op == "copy" and OPTIMISED in node.tags for node in _flowing(graph)):
        return False
    # An attack: what it moves is a leaf of its own, which gets the gradient that is asked for.
    if not strong and any(DIFFERENTIATED in node.tags for node in _flowing(graph)):
        return False
    # Where a prediction is cut, the value that it is compared with makes no loss.
    reached = compared_to_nothing(graph) if strong else graph.flowing
    if any(id(node) in reached and not (strong and _is_fed(node, graph)) for node in waiting):
        return False
    return not any(
        (node.is_opaque or node.tags >= _STARTED) and id(node) in reached for node in graph.reached.values()
    )


def _flowing(graph: Graph) -> Iterator[Node]:
    return (node for node in graph.reached.values() if id(node) in graph.flowing)


def _is_fed(node: Node, graph: Graph) -> bool:
    """Whether an argument goes into layers only: it is their data."""
    uses = [child for child, _ in graph.children.get(id(node), ())]
    return bool(uses) and all(use.op[:1].isupper() for use in uses)
