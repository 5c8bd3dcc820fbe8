"""The training step after this one: does it reach a graph that the backward pass of this one has freed?"""

from __future__ import annotations

import ast
import re

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Event, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.kinds import is_whole_step
from chainrule.flow.core.loss_part import loss_part
from chainrule.flow.core.state import MAX_AWAY
from chainrule.flow.core.values import NONE, Function, Instance, Tensor, Value
from chainrule.flow.effects.lifetime import saving_nodes
from chainrule.flow.entering import call_function
from chainrule.flow.kept import Held, grows, is_reset
from chainrule.flow.operations.decorators import CALLED
from chainrule.flow.operations.inplace import GRAPH_OWNERS
from chainrule.syntax import walk_tree

# What is done to a tensor where it stands: that, and not its name, has kept the graph.
_IN_PLACE = frozenset(("copy", "write", "setitem"))


def returned_after_backward(interp: Interpreter, losses: list[Node]) -> None:
    """A returned loss that needs a graph which the backward of another one has freed."""
    if any(_is_manual(backward.at) for backward in interp.backwards):
        return  # Lightning leaves alone what a step returns that runs its backward passes itself
    done = {id(backward.node) for backward in interp.backwards}
    for loss in losses:
        seen = set(done)
        pending = [loss]
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            freed = interp.freed.get(id(node)) or interp.passed.get(id(node))
            if freed is not None:
                interp.events.append(Event(Cause.BACKWARD_TWICE, freed[1].block, freed[1].at, loss))
                return
            pending.extend(parent for parent, gate in node.edges if gate is None)


def _is_manual(at: ast.AST) -> bool:
    """`self.manual_backward(loss)`."""
    func = at.func if isinstance(at, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr == "manual_backward"


def next_step(
    interp: Interpreter,
    function: Function,
    given: list[Value],
    keywords: dict[str, Value],
    state: list[Held],
    value: Value,
    trains: bool,
) -> None:
    """The next training step: does it reach the graph that the backward of this one has freed?

    `state`: what the object and its parts held before this step, the object first.
    `trains`: the function is a loss, so that its predictions bring the graphs of networks with them.
    """
    owners = GRAPH_OWNERS | {"prediction"} if trains else GRAPH_OWNERS
    instance = function.bound
    assert isinstance(instance, Instance)
    if not trains and not interp.backwards and _is_internal(function):
        return  # a part of a step, or of no training at all: a solver, an iterator, a line search
    if any(event.cause is Cause.INPLACE_LEAF for event in interp.events):
        return  # no step comes to its end
    held_before = [
        (name, node)
        for name, held in state[0][1].items()
        if isinstance(held, Tensor) and name in interp.stores
        for node in interp.nodes([held])
    ]
    # Between two whole steps nobody starts anew, unless the file says so.
    text = interp.module.text if is_whole_step(getattr(function.node, "name", "")) else None
    kept = [
        (owner, name)
        for owner, before in state
        for name, held in owner.attributes.items()
        if (name in before or _is_cached(owner, name) or _is_asked_for(function, name))
        and any(_holds_graph(node, owners) for node in interp.nodes([held]))
        and (held is not before.get(name) or grows(owner, name))
        and not is_reset(owner, name, text if owner is instance else interp.module.text)
    ]
    if not held_before and not kept:
        return
    passed = [each.node for each in interp.backwards] or interp.nodes([loss_part(value, function.node)])
    freed = {key for loss in passed for key in saving_nodes(interp, loss, owners)}
    for name, node in held_before:
        if freed & saving_nodes(interp, node).keys() and _holds_graph(node, owners):
            _tell(interp, instance, name, node)
            return
    if not kept:
        return

    def held_in(owner: Instance, name: str) -> list[Node]:
        return interp.nodes([owner.attributes[name]])

    told, hazards, backwards = len(interp.events), len(interp.hazards), len(interp.backwards)
    interp.freed, before_next = dict(interp.freed), interp.freed
    again = call_function(interp, function, given, keywords, function.node)
    interp.freed = before_next
    late = [event for event in interp.events[told:] if event.cause is Cause.GRAPH_KEPT]
    del interp.events[told:], interp.hazards[hazards:], interp.backwards[backwards:]
    if interp.away > MAX_AWAY:
        return  # lost in a library: what that would have set anew is not seen
    reached = [event.node for event in late if event.node is not None]
    if not backwards:
        losses = interp.nodes([loss_part(again, function.node)])
        reached.extend(loss for loss in losses if freed & saving_nodes(interp, loss, owners).keys())
    if reached:
        holding = (
            each for each in kept if any(freed & saving_nodes(interp, n).keys() for n in held_in(*each))
        )
        guilty = next(holding, None if backwards else kept[0])
        if guilty is not None:
            owner, name = guilty
            interp.stores[name] = grows(owner, name) or interp.stores[name]
            _tell(interp, owner, name, reached[0])


def _is_internal(function: Function) -> bool:
    """Whether others than a training loop call a method: by its name, or as that of an optimizer."""
    name = getattr(function.node, "name", "")
    external = function.owner.externals() if function.owner is not None else []
    private = name.startswith("_") and name != "__call__"
    return private or any(base.endswith("Optimizer") for base in external)


def _is_asked_for(function: Function, name: str) -> bool:
    """Whether a method makes `self.name` where the object has none yet: `if not hasattr(self, name)`."""
    return re.search(rf"hasattr\(\s*self,\s*[\"']{re.escape(name)}[\"']", function.block.text) is not None


def _tell(interp: Interpreter, owner: Instance, name: str, node: Node) -> None:
    block, at = interp.stores[name]
    if any(event.at is at for event in interp.events):
        return  # told for another reason
    leaves = [each for each in behind(node) if "fresh-leaf" in each.tags]
    held = {id(each) for each in interp.nodes(owner.attributes.values())}
    if leaves and not any(id(leaf) in held for leaf in leaves):
        # No optimiser can train what `__init__` left behind: that is so from the first step on.
        interp.events.append(Event(Cause.NON_LEAF, block, at, node, f"self.{name}"))
    else:
        for each in interp.nodes([owner.attributes.get(name, NONE)]):
            if each.op in _IN_PLACE and _is_edited(owner, name, at, each.at):
                block, at = each.block, each.at
        interp.events.append(Event(Cause.GRAPH_KEPT, block, at, node, f"self.{name}"))


def _is_edited(owner: Instance, name: str, stored: ast.AST, edit: ast.AST) -> bool:
    """Whether an edit is of `self.name` where it stands, and not of what a method then stores as that."""
    start = owner.cls.methods.get("__init__") if owner.cls is not None else None
    begun = start is not None and any(each is stored for each in walk_tree(start))
    return begun or f".{name}" in ast.unparse(edit)


def _is_cached(instance: Instance, name: str) -> bool:
    """Whether `self.name` is computed by a method once for all: a cached_property, an lru_cache."""
    method = name.removesuffix(CALLED)
    return instance.cls is not None and any(method in cls.methods for cls in instance.cls.lineage())


def _holds_graph(node: Node, owners: frozenset[str]) -> bool:
    """Whether a value is certainly computed from something trained: not by code that was not followed."""
    pending, seen = [node], {id(node)}
    while pending:
        current = pending.pop()
        if current.source is not None:
            if current is not node and current.source.role in owners:
                return True
        elif current.op != "call" or "module-call" in current.tags:
            parents = [parent for parent, gate in current.edges if gate is None and id(parent) not in seen]
            seen.update(map(id, parents))
            pending.extend(parents)
    return False
