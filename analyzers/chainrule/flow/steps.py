"""The training step after this one: does it reach a graph that the backward pass of this one has freed?"""

from __future__ import annotations

import ast

from chainrule.flow.calls import call_function
from chainrule.flow.causes import Cause
from chainrule.flow.graph import Event, Node
from chainrule.flow.inplace import GRAPH_OWNERS
from chainrule.flow.interpreter import Interpreter
from chainrule.flow.lifetime import saving_nodes
from chainrule.flow.values import Function, Instance, Map, Tensor, Value


def loss_part(value: Value) -> Value:
    """The part of a returned value that is the loss: `out["loss"]` of a dict, else all of it."""
    if isinstance(value, Map):
        for key, item in value.items.items():
            if key == "loss" or key == "total_loss":
                return item
    return value


def returned_after_backward(interp: Interpreter, losses: list[Node]) -> None:
    """A returned loss that needs a graph which the backward of another one has freed."""
    done = {id(backward.node) for backward in interp.backwards}
    for loss in losses:
        seen = set(done)
        pending = [loss]
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            freed = interp.freed.get(id(node))
            if freed is not None:
                interp.events.append(Event(Cause.BACKWARD_TWICE, freed[1].block, freed[1].at, loss))
                return
            pending.extend(parent for parent, gate in node.edges if gate is None)


def next_step(
    interp: Interpreter,
    function: Function,
    given: list[Value],
    keywords: dict[str, Value],
    before: dict[str, Value],
    value: Value,
) -> None:
    """The next training step: does it reach the graph that the backward of this one has freed?"""
    instance = function.bound
    assert isinstance(instance, Instance)
    held_before = [(n, each) for n, each in before.items() if isinstance(each, Tensor) and n in interp.stores]
    kept = [
        name
        for name, held in instance.attributes.items()
        if held is not before.get(name)
        and (name in before or _is_cached(instance, name))
        and any(map(_holds_graph, interp.nodes([held])))
        and not _is_reset(instance, name)
    ]
    if not held_before and (not kept or interp.backwards):
        return
    freed = {key for loss in interp.nodes([loss_part(value)]) for key in saving_nodes(loss)}
    for name, held in held_before:
        if freed & saving_nodes(held.node).keys() and _holds_graph(held.node):
            _tell(interp, name, held.node)
            return
    if not kept or interp.backwards:
        return
    told, hazards = len(interp.events), len(interp.hazards)
    again = call_function(interp, function, given, keywords, function.node)
    del interp.events[told:], interp.hazards[hazards:]
    for loss in interp.nodes([loss_part(again)]):
        if freed & saving_nodes(loss).keys():
            _tell(interp, kept[0], loss)
            return


def _tell(interp: Interpreter, name: str, node: Node) -> None:
    block, at = interp.stores[name]
    interp.events.append(Event(Cause.GRAPH_KEPT, block, at, node, f"self.{name}"))


def _is_cached(instance: Instance, name: str) -> bool:
    """Whether `self.name` is computed by a method once for all: a cached_property."""
    return instance.cls is not None and any(name in cls.methods for cls in instance.cls.lineage())


def _is_reset(instance: Instance, name: str) -> bool:
    """Whether another method empties `self.name`, for whoever starts the next step."""
    methods = [m for cls in instance.cls.lineage() for m in cls.methods.values()] if instance.cls else []
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value is None
        and any(isinstance(t, ast.Attribute) and t.attr == name for t in node.targets)
        for method in methods
        if method.name not in ("__init__", "forward")
        for node in ast.walk(method)
    )


def _holds_graph(node: Node) -> bool:
    """Whether a value is certainly computed from something trained: not by code that was not followed."""
    pending, seen = [node], {id(node)}
    while pending:
        current = pending.pop()
        if current.source is not None:
            if current is not node and current.source.role in GRAPH_OWNERS:
                return True
        elif current.op != "call" or "module-call" in current.tags:
            parents = [parent for parent, gate in current.edges if gate is None and id(parent) not in seen]
            seen.update(map(id, parents))
            pending.extend(parents)
    return False
