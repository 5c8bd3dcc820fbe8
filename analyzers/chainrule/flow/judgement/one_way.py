"""Branches on which one source loses its gradient while another one keeps it.

`a.float() - b if half else a.round() - b`: `b` is trained either way, `a` on one side only.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source, walk
from chainrule.flow.core.trace import Break, Graph, Place, broken_at
from chainrule.flow.judgement.alternatives import (
    BRANCH,
    MAX_NODES,
    asks_for_dtype,
    asks_for_type,
    computed_from,
    is_returned_beside,
)
from chainrule.flow.judgement.ways import gates_after, is_round_trip

# What nobody does to stop a gradient, and what is done to labels as well.
_LOSES = frozenset(
    (Cause.ROUNDING, Cause.NUMPY, Cause.PYTHON_SCALAR, Cause.REBUILD, Cause.NONDIFFERENTIABLE, Cause.EXTERNAL)
)
_MAY_LABEL = frozenset((Cause.INDEX, Cause.COMPARISON, Cause.INTEGER_CAST))


def lost_on_one_way(graph: Graph) -> Iterator[Break]:
    """Breaks that end every way of a source through one alternative, where another lets it pass."""
    if len(graph.reached) > MAX_NODES:
        return
    told: set[int] = set()
    for choice, taken in _endangered(graph):
        if asks_for_dtype(choice.at) or asks_for_type(choice.at) or is_returned_beside(graph, choice):
            continue
        below = Graph([taken])
        lost: dict[int, tuple[Gate, Node, list[Place], list[Source]]] = {}
        for node in below.source_nodes:
            source = node.source
            if source is None or id(node) in below.flowing or id(node) not in graph.flowing:
                continue
            if source.role != "prediction" or (source.guessed and source.position > 0):
                continue  # other branches may well use other layers
            for gate, behind, way in below.gates(node):
                if id(gate.at) not in told and _loses(gate, behind, below, source):
                    if _makes(behind, taken, below) and not _reaches(graph, choice, taken, node):
                        lost.setdefault(id(gate.at), (gate, behind, way, []))[3].append(source)
        told |= lost.keys()
        for gate, behind, way, sources in lost.values():
            yield broken_at(graph, gate, behind, way, sources, note=BRANCH)


def _endangered(graph: Graph) -> list[tuple[Node, Node]]:
    """The choices behind gates that may lose a gradient, each with its alternative there."""
    found: dict[tuple[int, int], tuple[Node, Node]] = {}
    for node in graph.reached.values():
        causes = {gate.cause for _, gate in node.edges if gate is not None}
        if causes.isdisjoint(_LOSES | _MAY_LABEL | {Cause.DETACH}) or id(node) not in graph.flowing:
            continue
        for each in walk(node, lambda at: (c for c, gate in graph.children.get(id(at), ()) if gate is None)):
            for child, gate in graph.children.get(id(each), ()):
                if gate is None and child.op == "phi" and id(child) in graph.flowing:
                    found[id(child), id(each)] = (child, each)
    return list(found.values())


def _loses(gate: Gate, behind: Node, below: Graph, source: Source) -> bool:
    if is_round_trip(behind, below):
        return True
    if gate.cause not in _LOSES and (gate.cause not in _MAY_LABEL or source.guessed):
        return False
    return not gate.is_doubtful and gates_after(behind, below, gate) == 0


def _makes(behind: Node, taken: Node, below: Graph) -> bool:
    """Whether `taken` is computed from a value: calls that are not followed may divide by the rest."""

    def onward(node: Node) -> Iterator[Node]:
        for child, _ in below.children.get(id(node), ()):
            given = [parent for parent, _ in child.edges if parent.source is None or parent is node]
            if child.op != "call" or node in given[:1]:
                yield child

    return any(node is taken for node in walk(behind, onward))


def _reaches(graph: Graph, choice: Node, taken: Node, source: Node) -> bool:
    """Whether gradient comes to `source` where `choice` is `taken`."""
    after = computed_from(graph, choice)
    seen: set[int] = set()
    pending = [loss for loss in graph.losses if id(loss) in after]
    while pending:
        node = pending.pop()
        if node is source:
            return True
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node is choice:
            pending.append(taken)
            continue
        parents = [parent for parent, gate in node.edges if gate is None]
        if node.op == "phi":  # a later alternative that leaves this value out leaves out its fault
            parents = [parent for parent in parents if id(parent) in after] or parents
        pending.extend(parents)
    return False
