"""Backward passes: which graphs they free, and who comes too late."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.elsewhere import origin
from chainrule.flow.core.graph import Backward, Event, Node, behind, flowing_parents, leading_to, walk
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
    if isinstance(flag, Const):
        return flag.value is True or not flag.known
    return flag is not None


def go_back(
    interp: Interpreter, node: Node, retained: bool, at: ast.AST, inputs: list[Node] | None = None
) -> None:
    """Autograd goes through the graph of `node`, and frees it unless it is `retained`.

    `inputs`: it goes no further than to these.
    """
    reached = saving_nodes(interp, node)
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
        if origin(first.at) is not at:
            # The first pass may be in another block than this one.
            interp.events.append(Event(Cause.BACKWARD_TWICE, first.block, first.at, node))
        elif any(id(each) in interp.freed for each in _certainly_behind(interp, node)):
            interp.event(Cause.GRAPH_KEPT, at, node)
    if not retained:
        gate = interp.gate(Cause.BACKWARD_TWICE, at)
        for key, each in reached.items():
            interp.freed.setdefault(key, (each, gate))


def _certainly_behind(interp: Interpreter, node: Node) -> Iterator[Node]:
    """What is behind `node`, leaving out what only code that is not followed could have kept.

    `hidden = repackage(hidden)` may well detach, and an object can forget what it was made with.
    """

    def kept(each: Node) -> list[Node]:
        unseen = each.op == "call" and "module-call" not in each.tags
        return [p for p in interp.kept_parents(each) if not (unseen and _is_freed(interp, p))]

    return walk(node, kept)


def _is_freed(interp: Interpreter, node: Node) -> bool:
    """Whether a value is nothing but what an earlier backward pass has left without its graph."""
    freed = False
    pending = [node]
    while pending:
        each = pending.pop()
        if id(each) in interp.freed:
            freed = True
        elif each.saved:
            return False
        else:
            pending.extend(flowing_parents(each))
    return freed


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


def saving_nodes(interp: Interpreter, node: Node, owners: frozenset[str] = GRAPH_OWNERS) -> dict[int, Node]:
    """The nodes that a backward pass from `node` visits and frees, those of known saved tensors only.

    `owners`: the roles of the sources whose graphs count.
    """
    reached = list(walk(node, interp.kept_parents))
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
