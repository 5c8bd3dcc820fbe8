"""Cuts that are meant, whoever waits for the gradient: what the code does with the value says so."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import OPTIMISED, Node
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.roles import LEARNS, role_of
from chainrule.flow.core.titles import tells_fakes
from chainrule.flow.core.trace import Graph, Place, Trace
from chainrule.flow.effects.lifetime import LEFT
from chainrule.flow.judgement.balanced import is_balanced
from chainrule.flow.judgement.calibrated import is_calibrated
from chainrule.flow.judgement.moved import is_moved
from chainrule.flow.judgement.overruled import LABELS, STOPS, is_in_constructor
from chainrule.flow.judgement.scene import Cut, Scene
from chainrule.flow.judgement.ways import (
    becomes_leaf,
    drops_a_derivative,
    gates_after,
    is_cast_back,
    is_stopped_again,
    only_selects,
)
from chainrule.flow.numbers.single import pools
from chainrule.flow.operations.leaves import DIFFERENTIATED, LEAF

# What makes the number of a cell of a continuous feature.
_CELLS = frozenset(("bucketize", "searchsorted", "long", "int"))
# What takes places or numbers of a value: where the result is stopped as well, it is an estimate.
_TAKES = frozenset((Cause.INDEX, Cause.REBUILD))
# What comes before a new leaf that derivatives are asked for.
_MADE_LEAVES = STOPS | {Cause.NUMPY, Cause.REBUILD}


def is_excused(cut: Cut, scene: Scene) -> bool:
    """Whether the code shows that a cut is meant, or is none."""
    source, gate, behind, graph = cut.source, cut.gate, cut.behind, scene.graph
    if gate.is_doubtful and not is_cast_back(behind, graph):
        return True
    missing = gate.raises or gate.cause is Cause.CREATE_GRAPH
    if scene.passed is not None and not missing and id(behind) not in scene.passed:
        return True  # what is returned beside a backward pass is a report
    if gate.cause in STOPS and scene.passed is None and _is_stepped(cut, scene):
        return True
    if is_moved(gate, behind, graph):
        return True
    if gate.note == "one class, if 2-D" and pools(behind, graph):
        return True
    if gate.cause is Cause.CREATE_GRAPH and (_is_only_read(cut, scene) or is_balanced(behind, graph)):
        return True
    if gate.cause in STOPS and tells_fakes(scene.trace.root.name, source.name):
        if scene.trained or _is_judged(behind, graph):
            return True
    if gate.cause in _MADE_LEAVES and becomes_leaf(behind, graph, DIFFERENTIATED):
        return source.role not in LEARNS or not drops_a_derivative(behind)
    if gate.cause in STOPS and source.role not in LEARNS and is_calibrated(cut, scene):
        return True
    if gate.cause in STOPS and is_in_constructor(gate) and becomes_leaf(behind, graph, LEAF):
        return True  # the object has a new leaf, and trains that
    if gate.cause is Cause.REWRAP and becomes_leaf(behind, graph, OPTIMISED):
        return True
    if (
        gate.cause is Cause.REWRAP
        and source.role not in LEARNS
        and becomes_leaf(behind, graph, DIFFERENTIATED)
    ):
        return True  # an image as a parameter, to look at its gradient
    if gate.cause in _TAKES and source.role in LEARNS and is_stopped_again(behind, graph):
        return True
    return _selects(cut, scene)


def _is_judged(stopped: Node, graph: Graph) -> bool:
    """Whether a stopped value goes into a network, which learns to tell it: it is no score of one."""
    used = [child for child, _ in graph.children.get(id(stopped), ())]
    return any(child.op == "call" or "module-call" in child.tags for child in used)


def _is_stepped(cut: Cut, scene: Scene) -> bool:
    """Whether the gradient that is left in the source goes into this: an optimiser's step."""
    return any(child.op == "grad" for child, _ in scene.graph.children.get(id(cut.node), ()))


def _is_only_read(cut: Cut, scene: Scene) -> bool:
    """Whether a derivative without graph is no term of what is trained, but a map of saliency or a weight."""
    if scene.trace.root.kind is Kind.LOSS:
        return False
    if (cut.gate.note == LEFT or scene.trace.backwards) and not _is_trained(cut.behind, scene.trace):
        return True
    return bool(gates_after(cut.behind, scene.graph))  # `(norm / other).detach()`


def _is_trained(node: Node, trace: Trace) -> bool:
    """Whether a backward pass goes through `node`: what is only returned may be a map of saliency."""
    trained = Graph([backward.node for backward in trace.backwards])
    return id(node) in trained.flowing


def _trains(scene: Scene) -> bool:
    """Whether parameters get gradient: the arguments of such a method are rather its data."""
    graph = scene.graph
    return any(
        node.source is not None and node.source.role == "parameter" and id(node) in graph.flowing
        for node in graph.source_nodes
    )


def _is_scaled(way: Sequence[Place]) -> bool:
    """Whether a value is multiplied or divided on its way: no index that somebody was given."""
    return any(isinstance(at, ast.BinOp) and isinstance(at.op, (ast.Mult, ast.Div)) for _, at in way)


def _selects(cut: Cut, scene: Scene) -> bool:
    """Whether what is cut only chooses what is learnt: crops, labels, an order."""
    source, gate, behind = cut.source, cut.gate, cut.behind
    if source.role == "prediction":
        # A confidence that comes beside what is learnt chooses where to learn it.
        beside = gate.cause is Cause.COMPARISON and source.position > 0 and not scene.whole
        # Pairs of places that are read out as Python numbers: only their place made them a prediction.
        listed = gate.cause is Cause.PYTHON_SCALAR and role_of(source.name) != "prediction"
        # A feature of a row of data, looked up in a table that is learnt; a place, in a map of others.
        looked_up = behind.op in _CELLS and role_of(source.name) != "prediction"
        listed = listed or (looked_up and (_trains(scene) or (scene.trained and source.position > 0)))
        beside = beside or (listed and not scene.whole and not source.stated)
        # A share of an image that becomes a place in it, and nothing else that learns.
        alone = not scene.trained and source.position == 0 and _is_scaled(cut.way)
        if not alone and only_selects(behind, scene.graph, by_slices=not beside):
            return True
    labels = gate.cause in LABELS and source.role == "callable"
    # Suppression and curricula put things in order, and nobody waits for a gradient of the order.
    ordered = gate.cause is Cause.INDEX and behind.op in ("argsort", "sort") and scene.trained
    return (labels or ordered) and only_selects(behind, scene.graph)
