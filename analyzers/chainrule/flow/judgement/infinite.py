"""Whether a loss is infinite where a part of it is: `log(relu(x))`, `1 / relu(x)` where the relu is off."""

from __future__ import annotations

from chainrule.flow.core.conditions import asks
from chainrule.flow.core.graph import Node
from chainrule.flow.core.trace import Graph

# What makes infinity finite again: the exponential of a mean of logarithms is a geometric mean.
_ENDS = frozenset(
    """exp exp2 expm1 softmax sigmoid tanh logsumexp logaddexp relu clamp clip clamp_ clamp_min clamp_max
    maximum minimum amax amin atan erf reciprocal nan_to_num""".split()
)
_CHOICES = frozenset(("where", "masked_fill", "masked_fill_", "index"))


def makes_infinite(graph: Graph, part: Node) -> bool:
    """Whether the infinity of `part` goes on to a loss: nothing takes it back, or leaves it out."""
    ends = {id(loss) for loss in graph.losses}
    pending, seen = [part], {id(part)}
    while pending:
        node = pending.pop()
        if id(node) in ends:
            return True
        for child, _ in graph.children.get(id(node), ()):
            if id(child) not in seen and child.op not in _ENDS and not _leaves_out(child, part):
                seen.add(id(child))
                pending.append(child)
    return False


def _leaves_out(child: Node, part: Node) -> bool:
    """Whether `child` chooses by a condition that asks where `part` is infinite."""
    if child.op not in _CHOICES:
        return False
    shut_off = part.edges[0][0]
    conditions = [parent for parent, gate in child.edges if gate is not None and gate.cause is None]
    asked = (shut_off, *(parent for parent, _ in shut_off.edges))
    return any(asks(condition, value) for condition in conditions for value in asked)
