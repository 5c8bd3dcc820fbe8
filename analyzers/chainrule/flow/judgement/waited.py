"""Whether somebody waits for the gradient that a cut stops.

Where nothing gets gradient, everybody does. Where something does, a prediction or a parameter that gets none
must be meant to learn, and must be cut by what nobody does on purpose.
"""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import OPTIMISED, Gate, Node, Source
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.roles import LEARNS, STRONG, are_alike, is_teacher
from chainrule.flow.core.trace import REENTRANT, Graph, Trace
from chainrule.flow.judgement.fed import is_fed
from chainrule.flow.judgement.overruled import STOPS
from chainrule.flow.judgement.raised import is_raised
from chainrule.flow.judgement.scene import Cut, Scene
from chainrule.flow.judgement.stopped import is_named_after
from chainrule.flow.judgement.ways import drops_a_derivative, is_coefficient, is_round_trip, is_term
from chainrule.flow.operations.contexts import INVERTED
from chainrule.flow.operations.copies import COPY
from chainrule.flow.operations.leaves import DIFFERENTIATED

# Ways to use a value that are fine for everything but the thing to learn.
SELECTS = frozenset((Cause.BRANCH,))
# Notes of stops that nobody means.
_MISTAKES = frozenset(("state_dict", "written", ".data", INVERTED, REENTRANT))
_ON_PREDICTIONS = frozenset((Cause.ROUNDING, Cause.PYTHON_SCALAR, Cause.REBUILD, Cause.NUMPY))


def is_waited_for(cut: Cut, scene: Scene) -> bool:
    """Whether the source of a cut is meant to get the gradient that ends there."""
    source, gate = cut.source, cut.gate
    waits = (
        scene.whole
        or (gate.raises and (source.role in STRONG or (source.position == 0 and not scene.trained)))
        or (gate.cause in STOPS and source.role in LEARNS and _is_the_wrong_side(source, scene))
        or (scene.trace.root.kind is Kind.LOSS and _is_what_learns(source, gate, scene))
        or _waits_alone(cut, scene)
    )
    if source.role == "parameter" and not scene.whole:
        return _is_optimised(cut, scene, waits)
    if source.role in ("callable", "leaf") and gate.cause in STOPS:
        return waits or id(source) in scene.trace.optimised or _is_stepped(cut, scene.trace)
    return waits


def _is_the_wrong_side(source: Source, scene: Scene) -> bool:
    """Whether the network to train is the one that is stopped: the step's own, or a teacher's student."""
    if is_named_after(scene.trace.root.name, source.name):
        return True
    return scene.teacher and not is_teacher(source.name)


def _is_what_learns(source: Source, gate: Gate, scene: Scene) -> bool:
    """Whether the first argument of a loss, with no prediction beside it, is cut by what no target meets.

    Where a parameter is cut too, that makes the prediction, and the argument is data.
    """
    if scene.predictions or source.role != "unknown" or source.position != 0:
        return False
    return gate.cause in _ON_PREDICTIONS and not any(
        node.source is not None and node.source.role in LEARNS and id(node) not in scene.graph.flowing
        for node in scene.graph.source_nodes
    )


def _waits_alone(cut: Cut, scene: Scene) -> bool:
    """Whether a cut of one source, while others get gradient, is a fault."""
    source, gate, behind, graph = cut.source, cut.gate, cut.behind, scene.graph
    if gate.cause in SELECTS:
        return _only_decides(cut, scene)
    if gate.cause is Cause.DEGENERATE:
        return True
    if gate.note == COPY:
        return id(behind) in graph.flowing
    if gate.cause is Cause.CREATE_GRAPH:
        return source.role in STRONG and is_term(behind, graph)
    if gate.cause in STOPS and source.role in STRONG and is_round_trip(behind, graph):
        return True
    if source.role == "callable" and gate.cause is Cause.COMPARISON and not _is_called(cut, scene):
        return False  # a model that only says which labels are padding
    if source.role in LEARNS:
        meant = gate.cause in STOPS and gate.note not in _MISTAKES
        return not meant or drops_a_derivative(behind) or is_raised(gate, behind, graph)
    if source.role == "prediction":
        if gate.cause not in STOPS or source.stated or gate.note in (".data", "written"):
            return True
        return _comes_first(cut, scene) and not is_coefficient(behind, graph)
    if _is_lost_in_leaf(cut, scene):
        return True
    # Beside what learns, a batch by its old name for `detach`.
    batch = source.role == "data" or source.name.endswith("dict")
    return gate.note == "written" or (gate.note == ".data" and not (batch and scene.trained))


def _is_lost_in_leaf(cut: Cut, scene: Scene) -> bool:
    """Whether an argument is copied into a parameter of one run: nobody optimises that or reads its gradient.

    A function with a backward pass may read it, and what it returns or keeps in an object is for others.
    """
    if cut.source.role != "unknown" or cut.source.held or scene.trace.backwards:
        return False
    made = [cut.behind, *(child for child, _ in scene.graph.children.get(id(cut.behind), ()))]
    leaf = next((node for node in made if any(_is_rewrap(gate) for _, gate in node.edges)), None)
    if leaf is None or leaf.source is None or leaf.source.held or leaf in scene.graph.losses:
        return False
    return not leaf.tags & {OPTIMISED, DIFFERENTIATED} and id(leaf.source) not in scene.trace.optimised


def _is_rewrap(gate: Gate | None) -> bool:
    return gate is not None and gate.cause is Cause.REWRAP


def _only_decides(cut: Cut, scene: Scene) -> bool:
    """Whether all that a parameter does is to decide which branch runs: a threshold that nothing moves."""
    if cut.source.role != "parameter" or cut.source.layer:
        return False
    return all(gate.cause in SELECTS for gate, _, _ in scene.graph.gates(cut.node))


def _is_called(cut: Cut, scene: Scene) -> bool:
    """Whether a network is itself called, and not only asked by its methods."""
    return any("module-call" in child.tags for child, _ in scene.graph.children.get(id(cut.node), ()))


def _comes_first(cut: Cut, scene: Scene) -> bool:
    """Whether a prediction is what the loss takes first, and no other prediction is chosen to learn."""
    source, behind = cut.source, cut.behind
    if source.position != 0 or (source.guessed and not _has_twin(source, scene)):
        return False
    if any(not are_alike(name, source.name) for name in scene.predictions):
        return False
    # The noise of a generator, the prompt of a network, the features that a probe is to read.
    fed = behind.op == "call" or "module-call" in behind.tags or is_fed(behind, scene.graph)
    return not (fed and scene.graph.flowing)


def _has_twin(source: Source, scene: Scene) -> bool:
    """Whether a source is the first of two alike, of which the second is trained: `loss(z1, z2)`."""
    others = (node.source for node in scene.graph.source_nodes if id(node) in scene.graph.flowing)
    return any(other is not None and are_alike(source.name, other.name) for other in others)


def _is_optimised(cut: Cut, scene: Scene, waits: bool) -> bool:
    """Whether a parameter that gets nothing, while others do, is to be trained: an optimiser tells.

    Without one, a layer that is no part of an object may be a teacher or a labeller. What a script or a
    function makes for itself is trained there or nowhere: `waits` need not say so.
    """
    source, gate, trace = cut.source, cut.gate, scene.trace
    if not any(id(each) in trace.optimised for each in trace.sources if each.role != "callable"):
        return waits and (source.held or not source.layer or _is_differentiated(cut, scene))
    own = gate.cause not in SELECTS and gate.cause is not Cause.CREATE_GRAPH
    own = own and (_is_made_by(trace, cut.node) or _is_stepped(cut, trace))
    # An optimiser of all that a step holds has its teacher too, and moves it by nothing.
    own = own and not (gate.cause in STOPS and is_teacher(source.name))
    return id(source) in trace.optimised and (waits or own)


def _is_stepped(cut: Cut, trace: Trace) -> bool:
    """Whether an optimiser moves the source by the very backward pass that the cut keeps from it."""
    passes = {step.passes for step in trace.taken if id(cut.source) in step.sources and step.passes}
    return any(id(cut.behind) in Graph([trace.backwards[last - 1].node]).reached for last in passes)


def _is_differentiated(cut: Cut, scene: Scene) -> bool:
    """Whether a term is the derivative of a layer that other terms train, or of the only one there is."""
    if cut.gate.cause is not Cause.CREATE_GRAPH:
        return False
    graph = scene.graph
    learning = {id(n) for n in graph.source_nodes if n.source is not None and n.source.role in LEARNS}
    trained = learning & graph.flowing
    return id(cut.node) in trained or not trained


def _is_made_by(trace: Trace, node: Node) -> bool:
    """Whether `node` is made by the statements of a root that runs a backward pass itself."""
    root = trace.root.node
    if not trace.backwards or isinstance(root, ast.Module):
        return bool(trace.backwards)
    end = root.end_lineno or root.lineno
    return node.block is trace.root.block and root.lineno <= getattr(node.at, "lineno", 0) <= end
