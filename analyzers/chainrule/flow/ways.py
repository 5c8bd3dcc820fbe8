"""Questions about the ways from a value to the loss: what becomes of what was cut."""

from __future__ import annotations

from chainrule.flow.causes import Cause
from chainrule.flow.graph import Node
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
