"""Whether a stop-gradient that is told may be meant, seen beside the other gates of the same graph."""

from __future__ import annotations

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.trace import Break, Graph, Trace

# What is written on purpose as often as by mistake.
_WILFUL = frozenset((Cause.DETACH, Cause.PYTHON_SCALAR, Cause.NO_GRAD, Cause.CREATE_GRAPH))
# What else may be the mistake, and leaves the values of the loss as they are.
_FAULTS = _WILFUL | {Cause.NUMPY, Cause.REBUILD, Cause.EXTERNAL, Cause.REWRAP}


def is_doubtful(found: Break, trace: Trace) -> bool:
    """Whether another gate is in the way of the sources of a stop-gradient as well, or is enough alone.

    Either of two that lie side by side would bring gradient back; one behind another brings back nothing.
    """
    if found.cause not in _WILFUL or found.verdict.value != "cut":
        return False
    graph = Graph([*trace.losses, *(each.node for each in trace.backwards)])
    names = {id(source) for source in found.sources}
    sources = [node for node in graph.source_nodes if id(node.source) in names]

    def onward(node: Node) -> list[Node]:
        return [child for child, gate in graph.children.get(id(node), ()) if gate is None]

    fed = {id(node) for source in sources for node in walk(source, onward)}
    alone = {
        id(gate.at)
        for node in graph.reached.values()
        if id(node) in graph.flowing
        for parent, gate in node.edges
        if gate is not None and gate.cause in _FAULTS and id(parent) in fed
    }
    return bool(alone) and alone != {id(found.at)}
