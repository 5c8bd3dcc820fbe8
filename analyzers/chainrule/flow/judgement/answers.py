"""Which arguments of a loss are answers, and which are to learn, by what is done to several alike.

`F.smooth_l1_loss(expected(cost), disparity)`: what stands second, as it was given, is the wanted value, even
where its name is that of an estimate; what stands first is computed, and is to learn. Of two arguments that
are normalised alike, as embeddings are before they are compared, the second learns as the first does.
"""

from __future__ import annotations

from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Graph

# What leaves the numbers of an answer what they are.
_KEEPS = frozenset(
    """view reshape flatten unsqueeze squeeze float double long to type_as expand expand_as detach data
    contiguous clone""".split()
)
_OPEN = frozenset(("prediction", "unknown", "data"))


def settle_pairs(arguments: list[Node], graph: Graph) -> None:
    """Make a prediction of what is normalised as it was given, beside a prediction that is, too."""
    normalised = [
        node.source for node in arguments if node.source is not None and _is_normalised(node, graph)
    ]
    if any(source.role == "prediction" for source in normalised):
        for source in normalised:
            if source.role in ("unknown", "data") and not source.stated:
                source.role = "prediction"


def _is_normalised(node: Node, graph: Graph) -> bool:
    uses = graph.children.get(id(node), ())
    return bool(uses) and all(child.op == "normalize" for child, _ in uses)


def settle_answers(graph: Graph) -> None:
    """Make targets of the arguments that torch's losses take second, as they are, beside computed ones."""
    for node in graph.reached.values():
        if not is_torch_loss(node) or len(node.edges) < 2:
            continue
        (made, _), (given, _) = node.edges[:2]
        source = _unchanged(given).source
        if source is None or source.role not in _OPEN or source.stated or _unchanged(made).source is not None:
            continue
        below = list(walk(made, lambda each: [parent for parent, _ in each.edges]))
        ops = {each.op for each in below}
        if any(each.source is source for each in below) or ("numpy" in ops and "detach" not in ops):
            continue  # what numpy takes as it is, is data, wherever it stands
        roles = {each.source.role for each in below if each.source is not None}
        # What a layer gives may be compared with what another one has given.
        computed = not _OPEN.isdisjoint(roles) and roles <= _OPEN | {"target", "setting"}
        if computed and not (source.role == "prediction" and "prediction" in roles):
            source.role, source.guessed = "target", False


def _unchanged(node: Node) -> Node:
    """What a value is another view, or another type, of."""
    while node.source is None and node.op in _KEEPS and node.edges:
        node = node.edges[0][0]
    return node
