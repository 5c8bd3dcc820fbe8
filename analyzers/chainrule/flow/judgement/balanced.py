"""Terms that train the weights of others by the sizes of their gradients: `(w * grad_norm - goal).abs()`."""

from __future__ import annotations

from chainrule.flow.core.graph import Node
from chainrule.flow.core.roles import LEARNS
from chainrule.flow.core.trace import Graph

# What keeps a weighed value a sum of weighed values.
_LINEAR = frozenset("mean sum neg add sub squeeze phi iadd isub div mult select index stack cat item".split())


def is_balanced(derivative: Node, graph: Graph) -> bool:
    """Whether a derivative without graph is weighed by what learns, and the product is compared or measured.

    The weight learns from that. A weight before a whole term, `s.exp() * penalty + s`, is none of its own;
    nor is one of a part of the derivative, `stack([g[0], g[1] - friction * g[0]])`.
    """
    ends = {id(loss) for loss in graph.losses}
    balanced = False
    pending, seen = [(derivative, False)], set()
    while pending:
        current, weighed = pending.pop()
        if (id(current), weighed) in seen:
            continue
        seen.add((id(current), weighed))
        if id(current) in ends and not weighed:
            return False
        for child, gate in graph.children.get(id(current), ()):
            if gate is not None or id(child) not in graph.flowing:
                continue
            if weighed and child.op not in _LINEAR:
                balanced = True
                continue
            others = [each for each, other in child.edges if each is not current and other is None]
            learns = child.op == "mult" and any(graph.has_source(each, LEARNS) for each in others)
            pending.append((child, weighed or learns))
    return balanced
