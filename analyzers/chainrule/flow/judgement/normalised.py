"""Values that lost their gradient, over or minus a reduction of what they are made of that kept it.

`(pred > 0.5).sum() / pred.sum()`, `x.round() - x.mean()`: all that is trained is what normalises.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source, flowing_parents, walk
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.scalars import REDUCTIONS
from chainrule.flow.core.trace import Break, Graph, Place, broken_at
from chainrule.flow.judgement.ways import gates_after, is_cast_back, is_round_trip

_QUOTIENTS = frozenset(("div", "idiv", "sub", "isub"))
# What nobody does to stop a gradient.
_LOSES = frozenset(
    (
        Cause.ROUNDING,
        Cause.INTEGER_CAST,
        Cause.INDEX,
        Cause.NUMPY,
        Cause.PYTHON_SCALAR,
        Cause.REBUILD,
        Cause.COMPARISON,
        Cause.NONDIFFERENTIABLE,
    )
)


def dead_numerators(graph: Graph, named: bool) -> Iterator[Break]:
    """The gates of what is normalised by something that alone gets gradient.

    A yes or no is a count, unless the function is a loss by its name (`named`).
    """
    told: set[int] = set()
    for node in graph.reached.values():
        if node.op not in _QUOTIENTS or len(node.edges) != 2 or id(node) not in graph.flowing:
            continue
        (value, first), (norm, second) = node.edges
        if first is not None or second is not None or value.kind != "tensor":
            continue
        if graph.learns(value) or not graph.has_source(norm, STRONG):
            continue
        for gate, behind, way, sources in _losing(value, norm):
            if id(gate.at) not in told and (named or gate.cause is not Cause.COMPARISON):
                told.add(id(gate.at))
                yield broken_at(graph, gate, behind, way, sources, note="term")


def _losing(value: Node, norm: Node) -> Iterator[tuple[Gate, Node, list[Place], list[Source]]]:
    """The gates that alone keep the gradient of `value` from sources that `norm` is a reduction over."""
    below = Graph([value])
    found: dict[int, tuple[Gate, Node, list[Place], list[Source]]] = {}
    over = _reduced(norm)
    for node in below.source_nodes:
        source = node.source
        if source is None or source.role not in STRONG or id(node) not in over:
            continue
        for gate, behind, way in below.gates(node):
            lost = gate.cause in _LOSES and not gates_after(behind, below, gate)
            if (lost or is_round_trip(behind, below)) and not _is_doubtful(gate, behind, below):
                found.setdefault(id(gate.at), (gate, behind, way, []))[3].append(source)
    yield from found.values()


def _is_doubtful(gate: Gate, behind: Node, below: Graph) -> bool:
    return gate.is_doubtful and not is_cast_back(behind, below)


def _reduced(norm: Node) -> set[int]:
    """The ids of the sources that gradient goes on to from `norm`, through reductions only."""
    plain = {id(each) for each in walk(norm, _before_reductions) if each.source is not None}
    reached = {id(each) for each in walk(norm, flowing_parents) if each.source is not None}
    return reached - plain


def _before_reductions(node: Node) -> list[Node]:
    return [] if node.op in REDUCTIONS else flowing_parents(node)
