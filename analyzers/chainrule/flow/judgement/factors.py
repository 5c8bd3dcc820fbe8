"""Factors that are put together anew from elements of a prediction, beside another factor that learns.

`torch.tensor([(1 - p) ** 2 for p in probs]) * log_loss`: half of what the product would teach is lost, and
torch warns. A weight that is a reduction, as of a whole loss, may be meant as a number.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, behind
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.scalars import REDUCTIONS, is_scalar
from chainrule.flow.core.trace import Break, Graph, broken_at

_PRODUCTS = frozenset(("mult", "mul"))


def dead_factors(graph: Graph) -> Iterator[Break]:
    """The gates at which the elements of a factor are copied out of their graph."""
    told: set[int] = set()
    for node in graph.reached.values():
        if node.op not in _PRODUCTS or len(node.edges) != 2 or id(node) not in graph.flowing:
            continue
        for factor, other in (node.edges, node.edges[::-1]):
            if factor[1] is not None or other[1] is not None or graph.learns(factor[0]):
                continue
            learning = {id(each) for each in behind(other[0])}
            for gate, copied in _rebuilt(factor[0]):
                lost = [each for each in behind(copied) if _is_strong(each) and id(each) in learning]
                if lost and id(gate.at) not in told and not _is_reduced(copied):
                    told.add(id(gate.at))
                    sources = [each.source for each in lost if each.source is not None]
                    yield broken_at(graph, gate, factor[0], [], sources, note="term")


def _rebuilt(factor: Node) -> Iterator[tuple[Gate, Node]]:
    """The gates between tensors and the copy that a factor is."""
    for parent, gate in factor.edges:
        if gate is not None and gate.cause is Cause.REBUILD and parent.kind == "tensor":
            yield gate, parent


def _is_strong(node: Node) -> bool:
    return node.source is not None and node.source.role in STRONG


def _is_reduced(node: Node) -> bool:
    """Whether a value sums up several elements, of a batch or of a loss."""
    return any(each.op in REDUCTIONS or is_scalar(each) for each in behind(node))
