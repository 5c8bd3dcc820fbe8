"""Numbers of one parameter that are only moved into another: a wider layer, a copy to start from."""

from __future__ import annotations

from chainrule.flow.core.graph import Gate, Node
from chainrule.flow.core.roles import LEARNS
from chainrule.flow.core.trace import Graph
from chainrule.flow.judgement.overruled import STOPS
from chainrule.gradient_facts import lookup

# What gives the same numbers without being a view; those of several, one after the other.
_COPIES = frozenset(("clone", "index", "cat"))


def is_moved(gate: Gate, behind: Node, graph: Graph) -> bool:
    """Whether a parameter as it is, or a part of it, only gives its numbers to another parameter.

    `wider.weight[:n].copy_(self.head.weight)` under no_grad: each has its own gradient, as is meant.
    """
    taken = [parent for parent, each in behind.edges if each is gate]
    return gate.cause in STOPS and all(map(_is_parameter, taken)) and _only_fills(behind, graph)


def _only_fills(node: Node, graph: Graph) -> bool:
    """Whether a value, as it is, goes nowhere but into parameters."""
    pending: list[tuple[Node, Node | None]] = [(node, None)]
    seen: set[int] = set()
    filled = False
    while pending:
        current, given = pending.pop()
        if current.op == "write" and current.edges[0][0] is not given:
            filled = True
            if not _is_parameter(current.edges[0][0]):
                return False
        elif current.source is not None and current.source.held:
            filled = True  # a new layer of an object, made of these numbers
        elif not _keeps_numbers(current):
            return False
        elif id(current) not in seen:
            seen.add(id(current))
            pending += _uses(current, graph)
    return filled


def _uses(node: Node, graph: Graph) -> list[tuple[Node, Node | None]]:
    return [(child, node) for child, _ in graph.children.get(id(node), ())]


def _is_parameter(node: Node) -> bool:
    """Whether a value has its memory from a parameter, or its numbers unchanged."""
    while node.source is None and node.edges and (node.op == "write" or _keeps_numbers(node)):
        node = node.edges[0][0]
    return node.source is not None and node.source.role in LEARNS


def _keeps_numbers(node: Node) -> bool:
    operator = lookup(node.op)
    return node.op in _COPIES or (operator is not None and operator.view)
