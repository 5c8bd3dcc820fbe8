"""Which cuts of a gradient somebody is waiting for, and which of several is to blame.

Correct losses cut gradients on purpose (targets, teachers, masks, indices, metrics beside the loss), so a cut
counts only where nothing at all gets gradient, or a prediction or a parameter gets none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.roles import LEARNS, STRONG, WAITING, are_alike, is_teacher, role_of
from chainrule.flow.core.titles import tells_fakes
from chainrule.flow.core.trace import Break, Graph, Trace, broken_at
from chainrule.flow.effects.lifetime import LEFT
from chainrule.flow.judgement.compared import compared_to_nothing
from chainrule.flow.judgement.overruled import (
    LABELS,
    STOPS,
    Found,
    drop_further,
    drop_initial,
    drop_overruled,
    drop_scores,
    drop_stops,
)
from chainrule.flow.judgement.stopped import is_named_after
from chainrule.flow.judgement.ways import (
    becomes_leaf,
    gates_after,
    is_cast_back,
    is_coefficient,
    is_read_through,
    is_round_trip,
    is_stopped_again,
    is_term,
    only_selects,
)
from chainrule.flow.numbers.single import pools
from chainrule.flow.operations.contexts import INVERTED
from chainrule.flow.operations.copies import COPY
from chainrule.flow.operations.leaves import DIFFERENTIATED, LEAF, OPTIMISED

# Ways to use a value that are fine for everything but the thing to learn.
SELECTS = frozenset((Cause.BRANCH,))
# Notes of stops that nobody means.
_MISTAKES = frozenset(("state_dict", "written", ".data", INVERTED))
# What functions on plain data do all the time.
FIGURES = frozenset((Cause.NUMPY, Cause.PYTHON_SCALAR, Cause.EXTERNAL, Cause.COMPARISON))
# What comes before a new leaf that derivatives are asked for.
_MADE_LEAVES = STOPS | {Cause.NUMPY, Cause.REBUILD}
_GLOBAL_OFF = "set_grad_enabled(False)"
# Marks of a copy of data that the derivative is asked by: what an attack starts with.
_STARTED = frozenset((LEAF, DIFFERENTIATED))
_ON_PREDICTIONS = frozenset((Cause.ROUNDING, Cause.PYTHON_SCALAR, Cause.REBUILD, Cause.NUMPY))
_CERTAIN = frozenset((Cause.REBUILD, Cause.REWRAP, Cause.DEGENERATE))


def nothing_flows(graph: Graph) -> bool:
    waiting = [
        node
        for node in graph.source_nodes
        if node.source and node.source.role in WAITING and not is_read_through(node, graph)
    ]
    strong = [node for node in waiting if node.source and node.source.role in STRONG]
    if any(node.source and node.source.fitted and id(node) in graph.flowing for node in graph.source_nodes):
        return False
    if not waiting or any(id(node) in graph.flowing for node in strong):
        return False
    # An attack: what it moves is a leaf of its own, which gets the gradient that is asked for.
    if not strong and any(
        DIFFERENTIATED in node.tags and id(node) in graph.flowing for node in graph.reached.values()
    ):
        return False
    # Where a prediction is cut, the value that it is compared with makes no loss.
    reached = compared_to_nothing(graph) if strong else graph.flowing
    if any(id(node) in reached and not (strong and _is_fed(node, graph)) for node in waiting):
        return False
    return not any(
        (node.is_opaque or node.tags >= _STARTED) and id(node) in reached for node in graph.reached.values()
    )


def _is_fed(node: Node, graph: Graph) -> bool:
    """Whether an argument goes into layers only: it is their data."""
    uses = [child for child, _ in graph.children.get(id(node), ())]
    return bool(uses) and all(use.op[:1].isupper() for use in uses)


def cuts(trace: Trace, graph: Graph, whole: bool, named: bool, figure: bool) -> Iterator[Break]:
    found: dict[tuple[int, str], Found] = {}
    # A frozen network that gets the gradient, and another that is detached: the wrong side was stopped.
    teacher = any(
        node.source is not None and node.source.role in LEARNS and is_teacher(node.source.name)
        for node in graph.source_nodes
        if id(node) in graph.flowing
    )
    trained = any(n.source and n.source.role in STRONG for n in graph.source_nodes if id(n) in graph.flowing)
    raising_gates = any(gate.raises or gate.cause is Cause.CREATE_GRAPH for gate in graph.closed)
    predictions = [
        n.source.name
        for n in graph.source_nodes
        if id(n) in graph.flowing and n.source and n.source.role == "prediction" and not n.source.guessed
    ]
    for node in graph.source_nodes:
        source = node.source
        if source is None or source.role not in WAITING or source.name.startswith("<"):
            continue
        if id(node) in graph.flowing and not raising_gates:
            continue
        gates = graph.gates(node)
        flows = id(node) in graph.flowing or any(_lets_pass(gate, behind, graph) for gate, behind, _ in gates)
        for gate, behind, way in gates:
            if flows and not (_raises(gate, behind, graph) and source.role in STRONG):
                continue
            named_after = (
                gate.cause in STOPS and source.role in LEARNS and is_named_after(trace.root.name, source.name)
            )
            raising = gate.raises and (source.role in STRONG or (source.position == 0 and not trained))
            swapped = (
                teacher and gate.cause in STOPS and source.role in LEARNS and not is_teacher(source.name)
            )
            first = trace.root.kind is Kind.LOSS and not predictions and _is_first(source, gate)
            first = first and not _learns_less(graph)
            waits = whole or raising or named_after or swapped or first
            waits = waits or _waits_for(source, gate, behind, graph, predictions)
            if not whole and source.role == "parameter":
                waits = _is_optimised(node, gate, trace, waits)
            elif source.role in ("callable", "leaf") and gate.cause in STOPS:
                waits = waits or id(source) in trace.optimised
            if gate.cause is None or not waits:
                continue
            if gate.cause is Cause.CREATE_GRAPH and trace.root.kind is not Kind.LOSS:
                if (gate.note == LEFT or trace.backwards) and not _is_trained(behind, trace):
                    continue
                if gates_after(behind, graph):
                    continue  # a weight: `(norm / other).detach()`
            if gate.is_doubtful and not is_cast_back(behind, graph):
                continue
            if trained and gate.cause in STOPS and tells_fakes(trace.root.name, source.name):
                continue
            if gate.cause in _MADE_LEAVES and becomes_leaf(behind, graph, DIFFERENTIATED):
                continue
            if gate.cause is Cause.REWRAP and becomes_leaf(behind, graph, OPTIMISED):
                continue
            labels = gate.cause in LABELS and source.role == "callable"
            # Suppression and curricula put things in order, and nobody waits for a gradient of the order.
            labels = labels or (gate.cause is Cause.INDEX and behind.op in ("argsort", "sort") and trained)
            if gate.cause is Cause.INDEX and source.role in LEARNS and is_stopped_again(behind, graph):
                continue
            if gate.note == "one class, if 2-D" and pools(behind, graph):
                continue
            # A confidence that comes beside what is learnt chooses where to learn it.
            beside = gate.cause is Cause.COMPARISON and source.position > 0 and not whole
            # Pairs of places that are read out as Python numbers: only their place made them a prediction.
            listed = gate.cause is Cause.PYTHON_SCALAR and role_of(source.name) != "prediction"
            beside = beside or (listed and not whole and not source.stated)
            crops = source.role == "prediction" and only_selects(behind, graph, by_slices=not beside)
            if crops or (labels and only_selects(behind, graph)):
                continue
            key = (id(gate.at), gate.cause.value)
            if key in found:
                if source not in found[key][3]:
                    found[key][3].append(source)
            else:
                found[key] = (gate, behind, way, [source])
    if figure and whole and _is_meant_off(trace, [gate for gate, *_ in found.values()]):
        return
    drop_initial(found, whole)
    if whole:
        drop_scores(found, graph)
        drop_overruled(found, graph)
    else:
        drop_further(found, graph)
    drop_stops(found, graph)
    data_only = whole and not any(
        source.role in STRONG or source.role == "unknown"
        for _, _, _, sources in found.values()
        for source in sources
    )
    flowing = {id(node.source) for node in graph.source_nodes if id(node) in graph.flowing}
    for gate, behind, way, sources in found.values():
        if gate.cause is Cause.BRANCH and (len(found) > 1 or not named):
            continue
        if data_only and (gate.cause in SELECTS or (not named and gate.cause in FIGURES)):
            continue
        assert gate.cause is not None
        # A derivative without graph is one term; where others train the same, only this one does not.
        partly = gate.cause is Cause.CREATE_GRAPH and all(id(source) in flowing for source in sources)
        yield broken_at(graph, gate, behind, way, sources, note="term" if partly else None, whole=whole)


def _lets_pass(gate: Gate, behind: Node, graph: Graph) -> bool:
    """Whether gradient comes back to a cast like another value that nobody says to be of integers."""
    return gate.is_doubtful and id(behind) in graph.flowing and not is_cast_back(behind, graph)


def _is_optimised(parameter: Node, gate: Gate, trace: Trace, waits: bool) -> bool:
    """Whether a parameter that gets nothing, while others do, is to be trained: an optimiser tells.

    Without one, a layer that is no part of an object may be a teacher or a labeller. What a script or a
    function makes for itself is trained there or nowhere: `waits` need not say so.
    """
    source = parameter.source
    assert source is not None
    if not any(id(each) in trace.optimised for each in trace.sources if each.role != "callable"):
        return waits and (source.held or not source.layer)
    own = gate.cause not in SELECTS and gate.cause is not Cause.CREATE_GRAPH and _is_made_by(trace, parameter)
    return id(source) in trace.optimised and (waits or own)


def _is_made_by(trace: Trace, node: Node) -> bool:
    """Whether `node` is made by the statements of a root that runs a backward pass itself."""
    root = trace.root.node
    if not trace.backwards or isinstance(root, ast.Module):
        return bool(trace.backwards)
    end = root.end_lineno or root.lineno
    return node.block is trace.root.block and root.lineno <= getattr(node.at, "lineno", 0) <= end


def _is_meant_off(trace: Trace, gates: list[Gate]) -> bool:
    """Whether gradients are off and nothing else cuts, or off for the whole function by its decorator."""
    decorators = getattr(trace.root.node, "decorator_list", ())
    off = [gate.cause is Cause.NO_GRAD and gate.note != _GLOBAL_OFF for gate in gates]
    return all(off) or any(gate.at is each for gate in gates for each in decorators)


def _is_first(source: Source, gate: Gate) -> bool:
    """Whether the first argument of a loss is cut by what nobody does to a target."""
    return source.role == "unknown" and source.position == 0 and gate.cause in _ON_PREDICTIONS


def _learns_less(graph: Graph) -> bool:
    """Whether a parameter is cut too: then it is what makes the prediction, and an argument is data."""
    return any(
        node.source is not None and node.source.role in LEARNS and id(node) not in graph.flowing
        for node in graph.source_nodes
    )


def _is_trained(node: Node, trace: Trace) -> bool:
    """Whether a backward pass goes through `node`: what is only returned may be a map of saliency."""
    trained = Graph([backward.node for backward in trace.backwards])
    return id(node) in trained.flowing


def _raises(gate: Gate, behind: Node, graph: Graph) -> bool:
    """Whether backward raises at `gate` although gradient reaches the source another way."""
    return (gate.raises and id(behind) in graph.flowing) or (
        gate.cause is Cause.CREATE_GRAPH and is_term(behind, graph)
    )


def _waits_for(source: Source, gate: Gate, behind: Node, graph: Graph, others: list[str]) -> bool:
    """Whether a cut of `source` alone, while others get gradient, is a fault.

    `others`: the predictions that get gradient.
    """
    if gate.cause in SELECTS:
        return False
    if gate.cause is Cause.DEGENERATE:
        return True
    if gate.note == COPY:
        return id(behind) in graph.flowing
    if gate.cause is Cause.CREATE_GRAPH:
        return source.role in STRONG and is_term(behind, graph)
    if gate.cause in STOPS and source.role in STRONG and is_round_trip(behind, graph):
        return True
    if source.role in LEARNS:
        return gate.cause not in STOPS or gate.note in _MISTAKES
    if source.role == "prediction":
        chosen = any(not are_alike(name, source.name) for name in others)
        # The noise of a generator, the prompt of a network.
        fed = ("module-call" in behind.tags or behind.op == "call") and bool(graph.flowing)
        first = source.position == 0 and not source.guessed and not chosen and not fed
        if gate.cause not in STOPS or source.stated or gate.note in (".data", "written"):
            return True
        return first and not is_coefficient(behind, graph)
    if source.role in ("unknown", "data"):
        # Beside what learns, a batch by its old name for `detach`.
        batch = source.role == "data" or source.name.endswith("dict")
        given = batch and any(
            node.source is not None and node.source.role in STRONG and id(node) in graph.flowing
            for node in graph.source_nodes
        )
        return gate.note == "written" or (gate.note == ".data" and not given)
    return False


def certain_cuts(graph: Graph) -> Iterator[Break]:
    """What is a fault in any function: parameters rebuilt, re-wrapped or written behind autograd's back."""
    if not any(gate.note == "written" or gate.cause in _CERTAIN for gate in graph.closed):
        return
    whole = nothing_flows(graph)
    ends = {id(loss) for loss in graph.losses}
    for node in graph.source_nodes:
        source = node.source
        if source is None or id(node) in graph.flowing:
            continue
        for gate, behind, way in graph.gates(node):
            if gate.note == COPY and id(behind) in ends:
                continue  # a function that makes a copy: what is done with it is said elsewhere
            # Steps, starts and averages are written into parameters: nobody waits for the gradient of those.
            certain = (gate.note == "written" and source.role in STRONG and not source.guessed) or (
                gate.cause in _CERTAIN
                and gate.note != COPY
                and source.role in ("parameter", "leaf")
                and gate.note != "one class, if 2-D"
                and not source.name.startswith("<")
            )
            if certain and gate.cause is not None:
                yield broken_at(graph, gate, behind, way, (source,), whole=whole)
