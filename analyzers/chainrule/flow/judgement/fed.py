"""Whether a value is what layers read, and no prediction: `self.probe(features.detach())`."""

from __future__ import annotations

from chainrule.flow.core.graph import Node
from chainrule.flow.core.trace import Graph
from chainrule.flow.judgement.overruled import STOPS

# What is a part of a value, or another view of it.
_PARTS = frozenset(
    "select element index unsqueeze squeeze view reshape flatten phi to expand float clone contiguous".split()
)


def is_fed(node: Node, graph: Graph) -> bool:
    """Whether all that becomes of a value, stopped or in parts, is what layers with parameters are given."""
    pending, seen, read = [node], {id(node)}, False
    while pending:
        for child, gate in graph.children.get(id(pending.pop()), ()):
            if "module-call" in child.tags and _has_parameters(child):
                read = True
            elif (gate is not None and gate.cause in STOPS) or (gate is None and child.op in _PARTS):
                if id(child) not in seen:
                    seen.add(id(child))
                    pending.append(child)
            else:
                return False
    return read


def _has_parameters(node: Node) -> bool:
    return any(parent.source is not None and parent.source.role == "parameter" for parent, _ in node.edges)
