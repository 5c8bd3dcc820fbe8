"""Functions that give an adversarial example and no loss: an input after a step along its gradient."""

from __future__ import annotations

from chainrule.flow.core.graph import Node
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.trace import Trace
from chainrule.flow.judgement.overruled import STOPS
from chainrule.flow.operations.leaves import DIFFERENTIATED

# What is done to an example after a step.
_KEEPS = frozenset("detach clamp clip min max minimum maximum phi where select clone".split())
_STEPS = frozenset(("add", "sub", "iadd", "isub", "addcmul"))
# What makes a step of a gradient.
_SCALES = _KEEPS | frozenset("mult div neg sign normalize renorm view reshape imult idiv".split())


def gives_example(trace: Trace) -> bool:
    """Whether all that a root returns is what it differentiated by, after a step along that gradient."""
    return bool(trace.losses) and all(not is_scalar(loss) and _is_moved(loss) for loss in trace.losses)


def _is_moved(node: Node) -> bool:
    return any(
        _is_gradient(step) and any(_is_start(other) for other, _ in each.edges if other is not step)
        for each in _through(node, _KEEPS)
        if each.op in _STEPS
        for step, _ in each.edges
    )


def _is_gradient(node: Node) -> bool:
    return any(each.op == "grad" for each in _through(node, _SCALES))


def _is_start(node: Node) -> bool:
    return any(DIFFERENTIATED in each.tags for each in _through(node, _KEEPS))


def _through(node: Node, ops: frozenset[str]) -> list[Node]:
    """What a value is made of by nothing but `ops`, those included, with or without its gradient."""
    found, seen = [node], {id(node)}
    for each in found:
        if each.op in ops:
            for parent, gate in each.edges:
                stopped = gate is None or gate.zero or gate.cause in STOPS
                if stopped and id(parent) not in seen:
                    seen.add(id(parent))
                    found.append(parent)
    return found
