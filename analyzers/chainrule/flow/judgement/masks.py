"""Comparisons that only mask or count what another break cuts: those were meant."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.trace import Graph
from chainrule.flow.judgement.overruled import Found

_FACTORS = frozenset(("mult", "mul", "imult", "div", "idiv", "where", "masked_fill"))


def drop_masks(
    found: dict[tuple[int, str], Found], stops: dict[tuple[int, str], Found], graph: Graph
) -> None:
    """Where a comparison only masks or counts what another break cuts, the mask was meant.

    `(base - x).detach() * (x < base)`. `stops`: those too for which nobody would wait alone.
    """
    others = {**stops, **{key: each for key, each in found.items() if each[0].cause is not Cause.COMPARISON}}
    masks = [key for key in found if key not in others]
    if not others or not masks:
        return
    cut = {id(node) for _, behind, _, _ in others.values() for node in _onward(behind, graph)}
    known = [source for *_, sources in others.values() for source in sources]
    for key in masks:
        _, behind, _, sources = found[key]
        if all(source in known for source in sources):
            if _only_masks(behind, graph, cut, {id(each[0].at) for each in others.values()}):
                del found[key]
                for other, each in stops.items():
                    if any(source in sources for source in each[3]):
                        found.setdefault(other, each)


def _onward(node: Node, graph: Graph) -> Iterator[Node]:
    return walk(node, lambda each: (c for c, gate in graph.children.get(id(each), ()) if gate is None))


def _only_masks(mask: Node, graph: Graph, cut: set[int], gates: set[int]) -> bool:
    """Whether every way on from `mask` leads into a product, or a quotient, with one of the `cut` values."""
    ends = {id(loss) for loss in graph.losses}

    def onward(node: Node) -> Iterator[Node]:
        for child, gate in graph.children.get(id(node), ()):
            beside = any(id(parent) in cut for parent, _ in child.edges if parent is not node)
            masked = beside and child.op in _FACTORS
            if not masked and (gate is None or id(gate.at) not in gates):
                yield child

    return all(id(node) not in ends for node in walk(mask, onward))
