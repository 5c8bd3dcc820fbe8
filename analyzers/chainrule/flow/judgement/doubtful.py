"""Whether a stop-gradient that is told may be meant, seen beside the other gates of the same graph."""

from __future__ import annotations

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, walk
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.syntax import Block

# What is written on purpose as often as by mistake.
_WILFUL = frozenset((Cause.DETACH, Cause.PYTHON_SCALAR, Cause.NO_GRAD, Cause.CREATE_GRAPH))
# What else may be the mistake, and leaves the values of the loss as they are.
_FAULTS = _WILFUL | {Cause.NUMPY, Cause.REBUILD, Cause.EXTERNAL, Cause.REWRAP}


def is_doubtful(found: Break, trace: Trace) -> bool:
    """Whether something else is in the way of the sources of a stop-gradient as well, or is enough alone.

    Either of two that lie side by side would bring gradient back; one behind another brings back nothing.
    What stands on the same lines, `x.detach().numpy()`, is one stop; so is what makes a tensor of it again.
    """
    if found.cause not in _WILFUL or found.verdict.value != "cut":
        return False
    graph = Graph([*trace.losses, *(each.node for each in trace.backwards)])
    names = {id(source) for source in found.sources}
    sources = [node for node in graph.source_nodes if id(node.source) in names]
    stops = {id(gate): gate for gate in graph.closed if gate.cause in _FAULTS}

    def brings_gradient(lifted: set[int]) -> bool:
        def onward(node: Node) -> list[Node]:
            children = graph.children.get(id(node), ())
            return [child for child, gate in children if gate is None or id(gate) in lifted]

        return any(id(node) in graph.flowing for source in sources for node in walk(source, onward))

    own = {key for key, gate in stops.items() if _on_lines_of(gate, found.block, found.at)}
    followers = {key for key, gate in stops.items() if gate.cause not in _WILFUL}
    others = (gate for key, gate in stops.items() if key not in own)
    return not brings_gradient(own | followers) or any(
        brings_gradient({key for key, each in stops.items() if _on_lines_of(each, gate.block, gate.at)})
        for gate in others
    )


def _on_lines_of(gate: Gate, block: Block, at: object) -> bool:
    """Whether a gate stands on one of the lines of an expression or statement."""
    first, last = getattr(at, "lineno", 0), getattr(at, "end_lineno", 0)
    own_first, own_last = getattr(gate.at, "lineno", 0), getattr(gate.at, "end_lineno", 0)
    return gate.block is block and own_first <= last and first <= own_last
