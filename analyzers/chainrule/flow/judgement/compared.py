"""What a loss compares with what: where one side is cut, the other makes no loss."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind, flowing_parents, walk
from chainrule.flow.core.roles import LEARNS, is_teacher, role_of
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Graph
from chainrule.flow.core.words import words

_GIVEN = LEARNS | {"prediction", "unknown"}
# An image is data: `generate(w) - photo`. By reading; no table says so.
_PICTURES = frozenset("photo photos picture pictures image images img imgs frame frames".split())


def compared_to_nothing(graph: Graph) -> set[int]:
    """What gradient reaches, left out what a value that gets none is compared with.

    Torch's losses say which that is; in a difference, what is called an image is no variable, and what is
    called a prediction is what learns.
    """

    def onward(node: Node) -> list[Node]:
        parents = flowing_parents(node)
        if is_torch_loss(node) and parents and parents[0] is node.edges[0][0]:
            cut = parents[0]
            committed = len(parents) > 1 and _is_looked_up(cut, parents[1])
            if (_is_cut(cut) and not committed) or (_is_cut(cut, _GIVEN) and _was_array(cut)):
                return parents[:1]
        if node.op == "sub" and len(parents) == 2 and _is_picture(parents[1]) and _is_cut(parents[0], _GIVEN):
            return parents[:1]  # `generate(w) - photo`
        stopped = _predicted(node)
        return parents if stopped is None else [stopped]

    return {id(node) for loss in graph.losses for node in walk(loss, onward)}


def _predicted(node: Node) -> Node | None:
    """The side of a difference that the code calls a prediction, where a network made it without a graph."""
    at = node.at
    if node.op != "sub" or not isinstance(at, ast.BinOp) or len(node.edges) != 2:
        return None
    for (side, _), written in zip(node.edges, (at.left, at.right), strict=True):
        if isinstance(written, ast.Name) and role_of(written.id) == "prediction" and _is_cut(side):
            made = (each.source for each in Graph([side]).source_nodes if each.source is not None)
            if not any(is_teacher(source.name) for source in made):
                return side
    return None


def _is_cut(node: Node, roles: frozenset[str] = LEARNS) -> bool:
    """Whether something of `roles` went into `node`, and gradient goes on from it to nothing."""
    if any(each.source is not None or each.is_opaque for each in behind(node)):
        return False
    return any(
        each.source is not None and each.source.role in roles for each in Graph([node]).reached.values()
    )


def _is_looked_up(entry: Node, value: Node) -> bool:
    """Whether `entry` is what a table holds nearest to `value`: a commitment, which moves the value."""
    given = {id(node) for node in behind(value) if node.source is not None}
    chosen = [
        parent
        for node in Graph([entry]).reached.values()
        for parent, gate in node.edges
        if gate is not None and gate.cause is Cause.INDEX
    ]
    return any(not given.isdisjoint(Graph([each]).reached) for each in chosen)


def _was_array(node: Node) -> bool:
    """Whether the first argument of a loss was detached and went through numpy into `node`."""
    reached = Graph([node]).reached.values()
    first = any(each.source is not None and each.source.position == 0 for each in reached)
    # What has no gradient anyway is not detached for numpy.
    return first and {"array", "detach"} <= {name for each in reached for name in (each.kind, each.op)}


def _is_picture(node: Node) -> bool:
    """Whether `node` is an argument behind the first as it was given, and called an image."""
    source = node.source
    return source is not None and source.position > 0 and not _PICTURES.isdisjoint(words(source.name))
