"""Backward passes: which graphs they free, and who comes too late."""

from __future__ import annotations

import ast

from chainrule.flow.causes import Cause
from chainrule.flow.elsewhere import origin
from chainrule.flow.graph import Backward, Node, behind, leading_to
from chainrule.flow.inplace import GRAPH_OWNERS, report_stale
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.values import NONE, Const, Tensor, Value

LEFT = ".grad"
"""The note of a gate on the way through the gradient that a backward pass leaves."""


def backward(interp: Interpreter, owner: Tensor, keywords: dict[str, Value], at: ast.AST) -> Value:
    """`loss.backward()`: a loss is found here, and its graph is freed."""
    created = _may_be_set(keywords.get("create_graph"))
    retained = created or _may_be_set(keywords.get("retain_graph"))
    record_backward(interp, owner.node, retained, at, created)
    return NONE


def _may_be_set(flag: Value | None) -> bool:
    return isinstance(flag, Const) and (flag.value is True or not flag.known)


def record_backward(
    interp: Interpreter, node: Node, retained: bool, at: ast.AST, created: bool = False
) -> None:
    """A backward pass from `node`: reports a graph that an earlier pass has freed.

    `created`: the gradients that it leaves have graphs of their own.
    """
    reached = saving_nodes(node)
    again = next((key for key in reached if key in interp.freed), None)
    if again is None:
        report_stale(interp, [node])
    else:
        _, first = interp.freed[again]
        cause = Cause.GRAPH_KEPT if origin(first.at) is at else Cause.BACKWARD_TWICE
        interp.event(cause, first.at if cause is Cause.BACKWARD_TWICE else at, node)
    constant = None if created else interp.gate(Cause.CREATE_GRAPH, at, note=LEFT)
    interp.backwards.append(Backward(node, interp.block, at, retained, constant))
    if not retained:
        gate = interp.gate(Cause.BACKWARD_TWICE, at)
        for key, each in reached.items():
            interp.freed.setdefault(key, (each, gate))


def saving_nodes(node: Node) -> dict[int, Node]:
    """The nodes that a backward pass from `node` visits and frees, those of known saved tensors only."""
    reached = list(behind(node))
    saving = [each for each in reached if each.saved or "module-call" in each.tags]
    if not saving:
        return {}
    leading = leading_to(reached, GRAPH_OWNERS)
    return {id(each): each for each in saving if id(each) in leading}
