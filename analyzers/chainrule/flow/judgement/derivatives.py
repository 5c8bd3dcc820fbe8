"""Derivatives that are constant: what is differentiated does not depend on anything any more.

`autograd.grad(u.round(), x, create_graph=True)` is zero wherever it is used, so that what it is multiplied
with trains nothing either; of a value without graph it raises.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.trace import Break, Graph, broken_at

_ASKED = frozenset((Cause.CREATE_GRAPH, Cause.FUNCTION_GRADIENTS, Cause.BRANCH))


def dead_derivatives(graph: Graph) -> Iterator[Break]:
    """The gates before a derivative through which none of what it is asked for comes back."""
    told: set[int] = set()
    for node in graph.reached.values():
        if node.op != "grad" or id(node) not in graph.flowing or not node.edges:
            continue
        # What is differentiated comes first; what it is differentiated by is known without gradient.
        output, gate = node.edges[0]
        if gate is None or gate.cause is None or gate.cause in _ASKED or id(gate.at) in told:
            continue
        below = Graph([output])
        sources = [
            each.source
            for each in below.source_nodes
            if each.source is not None and each.source.role in STRONG and _is_behind(gate, below)
        ]
        if sources:
            told.add(id(gate.at))
            yield broken_at(graph, gate, node, [], sources, note="term")


def _is_behind(gate: Gate, below: Graph) -> bool:
    return any(each is gate for each in below.closed)
