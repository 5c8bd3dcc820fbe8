"""Backward passes: which graphs they free, and who comes too late."""

from __future__ import annotations

import ast

from chainrule.flow.causes import Cause
from chainrule.flow.elsewhere import origin
from chainrule.flow.graph import Backward, Node
from chainrule.flow.inplace import GRAPH_OWNERS, leads_to_source, report_stale
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.values import NONE, Const, Tensor, Value


def backward(interp: Interpreter, owner: Tensor, keywords: dict[str, Value], at: ast.AST) -> Value:
    """`loss.backward()`: a loss is found here, and its graph is freed."""
    flags = (keywords.get("retain_graph"), keywords.get("create_graph"))
    retained = any(isinstance(f, Const) and f.value is True for f in flags) or any(
        isinstance(f, Const) and not f.known for f in flags
    )
    record_backward(interp, owner.node, retained, at)
    return NONE


def record_backward(interp: Interpreter, node: Node, retained: bool, at: ast.AST) -> None:
    """A backward pass from `node`: reports a graph that an earlier pass has freed."""
    reached = saving_nodes(node)
    again = next((key for key in reached if key in interp.freed), None)
    if again is None:
        report_stale(interp, [node])
    else:
        _, first = interp.freed[again]
        cause = Cause.GRAPH_KEPT if origin(first.at) is at else Cause.BACKWARD_TWICE
        interp.event(cause, first.at if cause is Cause.BACKWARD_TWICE else at, node)
    interp.backwards.append(Backward(node, interp.block, at, retained))
    if not retained:
        gate = interp.gate(Cause.BACKWARD_TWICE, at)
        for key, each in reached.items():
            interp.freed.setdefault(key, (each, gate))


def saving_nodes(node: Node) -> dict[int, Node]:
    """The nodes that a backward pass from `node` visits and frees, those of known saved tensors only."""
    found: dict[int, Node] = {}
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.saved or "module-call" in current.tags:
            if leads_to_source(current, GRAPH_OWNERS):
                found[id(current)] = current
        pending.extend(parent for parent, gate in current.edges if gate is None)
    return found
