"""Questions about the ways from a value to the loss: what becomes of what was cut."""

from __future__ import annotations

from chainrule.flow.causes import Cause
from chainrule.flow.graph import Node, behind
from chainrule.flow.roles import LEARNS
from chainrule.flow.trace import Graph


def is_term(node: Node, graph: Graph) -> bool:
    """Whether a gradient computed without create_graph is itself a term of the loss.

    As a direction (an adversarial step, a weight) it goes through a model again, or is detached.
    """
    seen: set[int] = set()
    pending = [node]
    ends = {id(loss) for loss in graph.losses}
    while pending:
        current = pending.pop()
        if id(current) in ends:
            return True
        if id(current) in seen or current.op == "call" or "module-call" in current.tags:
            continue
        seen.add(id(current))
        pending.extend(child for child, gate in graph.children.get(id(current), ()) if gate is None)
    return False


def is_torch_loss(node: Node) -> bool:
    """Whether `node` is the result of one of torch's own losses, whose first operand is the prediction."""
    return node.op.endswith(("_loss", "cross_entropy", "kl_div", "cross_entropy_with_logits"))


def compared_to_nothing(graph: Graph) -> set[int]:
    """What gradient reaches, left out what torch's losses compare a value with that gets none."""
    seen: set[int] = set()
    pending = list(graph.losses)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        parents = [parent for parent, gate in node.edges if gate is None]
        if is_torch_loss(node) and parents and parents[0] is node.edges[0][0] and _is_cut(parents[0]):
            parents = parents[:1]
        pending.extend(parents)
    return seen


def _is_cut(node: Node) -> bool:
    """Whether the output of a model went into `node`, and gradient goes on from it to nothing."""
    if any(each.source is not None or each.is_opaque for each in behind(node)):
        return False
    return any(
        each.source is not None and each.source.role in LEARNS for each in Graph([node]).reached.values()
    )


NEVER = 1000


def gates_after(node: Node, graph: Graph) -> int:
    """How many more gates are on the best way from `node` to the loss; NEVER where it only selects."""
    ends = {id(loss) for loss in graph.losses}
    near: list[Node] = [node]
    seen: set[int] = set()
    for count in range(NEVER):
        far: list[Node] = []
        while near:
            current = near.pop()
            if id(current) in ends:
                return count
            if id(current) in seen:
                continue
            seen.add(id(current))
            for child, gate in graph.children.get(id(current), ()):
                if gate is None:
                    near.append(child)
                elif gate.cause is not None and gate.cause is not Cause.BRANCH:
                    far.append(child)
        if not far:
            break
        near = far
    return NEVER


def is_cast_back(node: Node, graph: Graph) -> bool:
    """Whether a later `.float()` says that the value is known to hold integers."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.op in ("float", "double"):
            return True
        pending.extend(child for child, gate in graph.children.get(id(current), ()) if gate is None)
    return False


def only_selects(node: Node, graph: Graph, by_slices: bool = False) -> bool:
    """Whether `node` is used as an index, a mask or a condition only: a choice, which needs no gradient.

    `by_slices`: only as bounds of slices, as the corners of a box to crop are.
    """
    seen: set[int] = set()
    pending = [node]
    ends = {id(loss) for loss in graph.losses}
    while pending:
        current = pending.pop()
        if id(current) in ends:
            return False
        if id(current) not in seen:
            seen.add(id(current))
            for child, gate in graph.children.get(id(current), ()):
                if gate is None or (gate.cause is not None and gate.cause is not Cause.BRANCH):
                    pending.append(child)
                elif by_slices and child.op != "slice":
                    return False
    return True


def also_selects(node: Node, graph: Graph) -> bool:
    """Whether `node` is an index or a mask somewhere: `logp.gather(1, sampled)`."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if id(current) not in seen:
            seen.add(id(current))
            for child, gate in graph.children.get(id(current), ()):
                if gate is not None and gate.cause is None:
                    return True
                pending.append(child)
    return False


def keeps_value(term: Node, others: list[Node]) -> bool:
    """Whether a term without gradient only sets the value of another.

    `loss + (hard - loss).detach()`, `x - x.round()`.
    """
    wanted = {id(each) for other in others for each in behind(other)}
    themselves = {id(other) for other in others}
    if any(id(parent) in themselves for parent, _ in term.edges):
        return True
    seen: set[int] = set()
    pending = [term]
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            if node is not term and id(node) in wanted and node.source is None:
                return True
            if node.op in ("add", "sub", "neg", "detach", "data", "item"):
                pending.extend(parent for parent, _ in node.edges)
    return False


def is_round_trip(node: Node, graph: Graph) -> bool:
    """Whether a detached value goes to numpy and comes back as a tensor: it was detached for that alone."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.op == "from_numpy" and id(current) in graph.flowing:
            return True
        pending.extend(
            child
            for child, gate in graph.children.get(id(current), ())
            if gate is None or gate.cause in (Cause.NUMPY, Cause.REBUILD, Cause.DETACH)
        )
    return False
