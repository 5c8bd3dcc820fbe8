"""Outputs of a network that is finished, to which a few parameters are fitted: temperatures, Platt scales."""

from __future__ import annotations

from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.roles import MAY_LEARN
from chainrule.flow.judgement.scene import Cut, Scene

_SAME = frozenset(
    "view reshape flatten squeeze unsqueeze expand float double to clone contiguous index select".split()
)
_APPLIES = frozenset(
    ("mult", "mul", "div", "add", "sub", "matmult", "matmul", "imult", "idiv", "iadd", "isub")
)


def is_calibrated(cut: Cut, scene: Scene) -> bool:
    """Whether all that learns from a loss is applied to the stopped value before anything else is.

    `F.cross_entropy(logits.detach() / self.temperature, target)` fits the temperature to logits that stay as
    they are. `(pred.detach() - target) ** 2 * self.weight` only weighs what should have learnt.
    """
    graph = scene.graph
    reached = [node.source for node in graph.source_nodes if id(node) in graph.flowing and node.source]
    flowing = [source for source in reached if source.role in MAY_LEARN]
    if not flowing or any(source.role != "parameter" or source.layer for source in flowing):
        return False
    learnt: set[int] = set()

    def onward(node: Node) -> list[Node]:
        found = []
        for child, _ in graph.children.get(id(node), ()):
            applied = _applied(child, node)
            learnt.update(applied)
            if applied or child.op in _SAME:
                found.append(child)
        return found

    for node in walk(cut.behind, onward):
        if node is cut.behind or node.op in _SAME:
            used = [child for child, _ in graph.children.get(id(node), ())]
            if not all(child.op in _SAME or _applied(child, node) for child in used):
                return False
    return {id(source) for source in flowing} <= learnt


def _applied(child: Node, stopped: Node) -> set[int]:
    """The parameters that `child` applies to the stopped value: all its other operands are made of them."""
    if child.op not in _APPLIES:
        return set()
    others = [parent for parent, _ in child.edges if parent is not stopped]
    ends = [each for other in others for each in walk(other, _made_of) if not each.edges]
    if any(each.source is None or each.source.role != "parameter" for each in ends):
        return set()
    return {id(each.source) for each in ends}


def _made_of(node: Node) -> list[Node]:
    return [parent for parent, _ in node.edges]
