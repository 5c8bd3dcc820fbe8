"""Losses that are stopped after all of them was computed: `criterion(a, b).detach() * opt.beta`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.graph import Gate, Node, behind
from chainrule.flow.core.scalars import is_scalar, is_torch_loss
from chainrule.flow.core.trace import Graph
from chainrule.flow.judgement.overruled import STOPS

_ADDS = frozenset(("add", "iadd"))
_MULTIPLIES = frozenset(("mult", "mul", "imult"))
# How an object with settings is asked for one.
_READS = frozenset(("attribute", "select"))


def was_a_loss(gate: Gate, after: Node) -> bool:
    """Whether what is stopped is one of torch's losses already, as a single number."""
    stopped = [parent for parent, each in after.edges if each is gate and is_scalar(parent)]
    return any(is_torch_loss(each) for parent in stopped for each in behind(parent))


def ended_terms(term: Node, graph: Graph) -> list[Node]:
    """The stopped losses that a term is the sum of; none where anything else is among them."""
    if term.op in _ADDS:
        parts = [ended_terms(parent, graph) for parent, _ in term.edges]
        return [each for part in parts for each in part] if all(parts) else []
    return [term] if _is_ended(term, graph) else []


def _is_ended(term: Node, graph: Graph) -> bool:
    """Whether a stopped loss has no factor but numbers that an argument holds: `opt.beta`.

    Whoever learns the weights of terms does more with them than to make their products small.
    """
    ended = False
    for factor in _factors(term):
        if any(_ends(gate, factor) for _, gate in factor.edges):
            ended = True
        elif not _is_held(factor, graph):
            return False
    return ended


def _factors(term: Node) -> Iterator[Node]:
    pending = [term]
    while pending:
        node = pending.pop()
        if node.op in _MULTIPLIES:
            pending += [parent for parent, gate in node.edges if gate is None]
        else:
            yield node


def _ends(gate: Gate | None, after: Node) -> bool:
    return gate is not None and gate.cause in STOPS and was_a_loss(gate, after)


def _is_held(factor: Node, graph: Graph) -> bool:
    """Whether a factor is read from an argument of no known role, and only ever multiplies."""
    holder = factor
    while holder.op in _READS and holder.edges:
        holder = holder.edges[0][0]
    if holder is factor or holder.source is None or holder.source.role != "unknown":
        return False
    read = ast.dump(factor.at)
    same = (each for each in graph.reached.values() if each.op in _READS and ast.dump(each.at) == read)
    return all(child.op in _MULTIPLIES for each in same for child, _ in graph.children.get(id(each), ()))
