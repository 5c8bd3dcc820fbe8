"""Losses of what a network gave before: a rollout that comes as an argument holds its graph already."""

from __future__ import annotations

from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Graph

_READS = frozenset(("attribute", "select", "stack", "cat"))


def was_run_before(interp: Interpreter) -> bool:
    """Whether the last backward pass goes on to what was recorded elsewhere, and the function itself stops.

    `rollout.values`, `torch.stack(log_probs)`: the parameters get their gradient through these. A target, or
    what the network is given here, is none of it.
    """
    if not interp.backwards:
        return False
    graph = Graph([interp.backwards[-1].node])
    learnt = [each for each in graph.source_nodes if each.source and each.source.role == "parameter"]
    if any(id(node) in graph.flowing for node in learnt):
        return False
    stopped = Graph([behind for node in learnt for _, behind, _ in graph.gates(node)]).reached
    return any(
        (_is_recorded(node) and id(node) not in stopped) or _is_object(node, graph)
        for node in graph.reached.values()
        if id(node) in graph.flowing and not _is_target(node, graph)
    )


def _is_recorded(read: Node) -> bool:
    """Whether something is read of an argument that may hold results."""
    if read.op not in _READS:
        return False
    sources = (parent.source for parent, gate in read.edges if gate is None and parent.source is not None)
    return any(source.role in ("unknown", "prediction") for source in sources)


def _is_object(node: Node, graph: Graph) -> bool:
    """`rollout.values - returns`: what tensors have as well is read of an argument that is none."""
    if node.source is None or node.source.role != "unknown":
        return False
    used = graph.children.get(id(node), ())
    return any(child.op == "attribute" for child, _ in used) and any(
        gate is None and child.op not in _READS and not is_torch_loss(child) for child, gate in used
    )


def _is_target(node: Node, graph: Graph) -> bool:
    """Whether a value is nothing but what torch's losses compare with."""
    used = [child for child, gate in graph.children.get(id(node), ()) if gate is None]
    return all(is_torch_loss(child) and child.edges[0][0] is not node for child in used)
