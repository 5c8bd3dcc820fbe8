"""Score functions: what trains a distribution by the `log_prob` of its own samples."""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.flow.core.graph import Node, behind, walk
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.trace import Graph


def is_scored(sample: Node, graph: Graph) -> bool:
    """Whether a `log_prob` of the `sample` trains what it was drawn from: it needs no gradient itself.

    `decoder(z).log_prob(x)` scores the data, and `prior.log_prob(z)` what another distribution gives.
    """
    drawn_from = _origins(walk(sample, _made_of))  # an action may be drawn under no_grad
    return any(
        node.op == "log_prob"
        and node.edges
        and not drawn_from.isdisjoint(
            _origins(each for rated, _ in node.edges[:-1] for each in behind(rated))
        )
        and any(each is sample for each in walk(node.edges[-1][0], _made_of))
        for node in graph.reached.values()
    )


def _origins(nodes: Iterable[Node]) -> set[int]:
    """What values come from that may learn: surely, where there is such."""
    ends = [each for each in nodes if each.source is not None or each.is_opaque]
    sure = [each for each in ends if each.source is not None and each.source.role in STRONG]
    return {id(each.source or each) for each in sure or ends}


def _made_of(node: Node) -> list[Node]:
    return [parent for parent, _ in node.edges]
