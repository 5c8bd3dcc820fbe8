"""Stop-gradients in a term of a loss that the rest of the same loss explains."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chainrule.flow.core.graph import Gate, Node, Source, walk
from chainrule.flow.core.losing import LOSES
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.trace import Graph
from chainrule.flow.judgement.overruled import STOPS

_SUMS = frozenset(("add", "sub", "iadd", "isub"))
_PRODUCTS = frozenset(("mult", "mul", "imult", "div", "idiv"))


def is_answered(below: Graph, graph: Graph) -> bool:
    """Whether a term pulls one value to another that is stopped, and a second term pulls that one back.

    `mse(code.detach(), x)` beside `mse(code, x.detach())`: the commitment of an encoder to a codebook.
    """
    for stop in below.reached.values():
        if stop.op != "detach" or not stop.edges:
            continue
        origin = stop.edges[0][0]
        for pull, _ in below.children.get(id(stop), ()):
            others = {id(parent) for parent, gate in pull.edges if gate is None and parent is not stop}
            for back, gate in graph.children.get(id(origin), ()):
                stopped = [parent for parent, _ in back.edges if parent.op == "detach" and parent.edges]
                if gate is None and back.op == pull.op:
                    if any(id(parent.edges[0][0]) in others for parent in stopped):
                        return True
    return False


def trains_in_turn(below: Graph, graph: Graph, source: Source) -> bool:
    """Whether a term trains something else beside `source`, and that is stopped where `source` is trained.

    `-(log_alpha * logp.detach())` beside `log_alpha.exp().detach() * logp`; `cost(x, y.detach())` beside
    `cost(y, x.detach())`.
    """
    others = {id(node.source) for node in below.source_nodes if id(node) in below.flowing}
    stopped = (
        after
        for node in graph.source_nodes
        if id(node.source) in others and node.source is not source
        for gate, after, _ in graph.gates(node)
        if gate.cause in STOPS
    )
    return any(_meets(after, graph, source, _is_term) for after in stopped)


def _is_term(node: Node) -> bool:
    """Whether a node is no sum of numbers, where all terms of a loss meet."""
    return node.op not in _SUMS or not is_scalar(node)


def weighs(stopped: Node, graph: Graph, source: Source) -> bool:
    """Whether a stopped value is also a factor of what trains `source`: a weight, and its penalty."""
    return _meets(stopped, graph, source, lambda node: node.op in _PRODUCTS)


def _meets(stopped: Node, graph: Graph, source: Source, counts: Callable[[Node], bool]) -> bool:
    """Whether a stopped value goes into something that `counts`, beside what gradient reaches `source` by."""
    for node in walk(stopped, lambda current: (child for child, _ in _onward(current, graph))):
        for child, gate in _onward(node, graph):
            if gate is None and id(child) in graph.flowing and counts(child):
                rest = [parent for parent, each in child.edges if each is None and parent is not node]
                if any(_flows_from(source, each) for each in rest):
                    return True
    return False


def _onward(node: Node, graph: Graph) -> Iterator[tuple[Node, Gate | None]]:
    """What a value that is stopped already goes into, as a number too."""
    for child, gate in graph.children.get(id(node), ()):
        if gate is None or gate.cause in LOSES:
            yield child, gate


def _flows_from(source: Source, node: Node) -> bool:
    below = Graph([node])
    return any(each.source is source and id(each) in below.flowing for each in below.source_nodes)
