"""Backward passes: which graphs they free, and who comes too late."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.elsewhere import origin
from chainrule.flow.core.graph import Backward, Event, Node, behind, leading_to
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Const, Tensor, Value
from chainrule.flow.operations.inplace import GRAPH_OWNERS, report_stale

LEFT = ".grad"
"""The note of a gate on the way through the gradient that a backward pass leaves."""


def backward(interp: Interpreter, owner: Tensor, keywords: dict[str, Value], at: ast.AST) -> Value:
    """`loss.backward()`: a loss is found here, and its graph is freed."""
    created = may_be_set(keywords.get("create_graph"))
    retained = created or may_be_set(keywords.get("retain_graph"))
    record_backward(interp, owner.node, retained, at, created)
    return NONE


def may_be_set(flag: Value | None) -> bool:
    """Whether a flag of a call is True, or not known."""
    return isinstance(flag, Const) and (flag.value is True or not flag.known)


def go_back(
    interp: Interpreter, node: Node, retained: bool, at: ast.AST, inputs: list[Node] | None = None
) -> None:
    """Autograd goes through the graph of `node`, and frees it unless it is `retained`.

    `inputs`: it goes no further than to these.
    """
    reached = saving_nodes(node)
    if inputs is not None:
        ends = {id(each.edges[0][0] if each.op == "parameters" else each) for each in inputs}
        reached = {
            key: each
            for key, each in reached.items()
            if any(id(n) in ends and n is not each for n in behind(each))
        }
    again = next((key for key in reached if key in interp.freed), None)
    if again is None:
        report_stale(interp, [node])
    else:
        _, first = interp.freed[again]
        cause = Cause.GRAPH_KEPT if origin(first.at) is at else Cause.BACKWARD_TWICE
        if cause is Cause.BACKWARD_TWICE:
            # The first pass may be in another block than this one.
            interp.events.append(Event(cause, first.block, first.at, node))
        else:
            interp.event(cause, at, node)
    if not retained:
        gate = interp.gate(Cause.BACKWARD_TWICE, at)
        for key, each in reached.items():
            interp.freed.setdefault(key, (each, gate))


def record_backward(
    interp: Interpreter, node: Node, retained: bool, at: ast.AST, created: bool = False
) -> None:
    """A backward pass from `node`: reports a graph that an earlier pass has freed.

    `created`: the gradients that it leaves have graphs of their own.
    """
    go_back(interp, node, retained, at)
    constant = None if created else interp.gate(Cause.CREATE_GRAPH, at, note=LEFT)
    interp.backwards.append(Backward(node, interp.block, at, retained, constant))


_NUMBERS = frozenset(("item", "extreme", "len"))
# A number that a tensor is multiplied by is saved like a tensor.
_SCALES = frozenset(("mult", "div", "imult", "idiv"))


def _counts(node: Node) -> bool:
    """Whether a product is one of Python's numbers, of a count of something."""
    return any(each.op in _NUMBERS for each in behind(node))


def saving_nodes(node: Node, owners: frozenset[str] = GRAPH_OWNERS) -> dict[int, Node]:
    """The nodes that a backward pass from `node` visits and frees, those of known saved tensors only.

    `owners`: the roles of the sources whose graphs count.
    """
    reached = list(behind(node))
    saving = [each for each in reached if each.saved or "module-call" in each.tags]
    scaling = [each for each in reached if each.op in _SCALES]
    found: dict[int, Node] = {}
    if saving:
        leading = leading_to(reached, owners)
        found.update((id(each), each) for each in saving if id(each) in leading)
    if scaling:
        leading = leading_to(reached, owners - {"callable"})
        found.update((id(n), n) for n in scaling if id(n) in leading and not _counts(n))
    return found
