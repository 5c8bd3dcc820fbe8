"""From a trace to the breaks that are worth telling.

The graph says what is true; this page says what is a fault. Correct losses cut gradients on purpose
(targets, teachers, masks, indices, metrics beside the loss), so a cut counts only where somebody must be
waiting for the gradient: nothing at all gets any, or a prediction or a parameter gets none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.alternatives import dead_alternatives
from chainrule.flow.causes import Cause
from chainrule.flow.evidence import is_scalar, looks_like_loss, only_reports, settle_roles
from chainrule.flow.graph import Gate, Node, Source
from chainrule.flow.roles import LEARNS, STRONG, WAITING, Kind, are_alike, is_teacher, words
from chainrule.flow.trace import Break, Graph, Place, Trace
from chainrule.flow.ways import (
    NEVER,
    also_selects,
    compared_to_nothing,
    gates_after,
    is_cast_back,
    is_round_trip,
    is_term,
    is_torch_loss,
    keeps_value,
    only_selects,
)

# Ways to stop a gradient on purpose.
STOPS = frozenset((Cause.DETACH, Cause.NO_GRAD, Cause.VARIABLE))
# Ways to use a value that are fine for everything but the thing to learn.
SELECTS = frozenset((Cause.BRANCH,))
GLOBAL_OFF = "set_grad_enabled(False)"
# Ways to make labels or choices of a model's output.
_LABELS = frozenset((Cause.INDEX, Cause.COMPARISON, Cause.DETACH, Cause.NO_GRAD))
# What functions on plain data do all the time.
_FIGURES = frozenset((Cause.NUMPY, Cause.PYTHON_SCALAR, Cause.EXTERNAL, Cause.COMPARISON))
_ON_PREDICTIONS = frozenset((Cause.ROUNDING, Cause.PYTHON_SCALAR, Cause.REBUILD, Cause.NUMPY))
_CERTAIN = frozenset((Cause.REBUILD, Cause.REWRAP, Cause.DEGENERATE))
_SILENCERS = frozenset((Cause.REQUIRES_GRAD, Cause.FRESH_LEAF))


def breaks(trace: Trace) -> Iterator[Break]:
    """The breaks of a trace, best evidence first; the same place may come from several sources."""
    graph = Graph(trace.losses)
    settle_roles(trace, graph)
    named = trace.root.kind is Kind.LOSS or bool(trace.backwards)
    learning = trains(trace)
    yield from _events(trace, graph, learning)
    if not trace.losses or (trace.root.kind is Kind.METRIC and not learning):
        return
    whole = _nothing_flows(graph)
    if learning:
        yield from _cuts(trace, graph, whole, named, not named and only_reports(trace, graph))
        if not whole:
            yield from _other_passes(trace)
            yield from _terms(graph)
            yield from dead_alternatives(graph, STOPS, named)
            yield from _constants(trace, graph, named)
            yield from _samples(graph)
        yield from _hazards(trace, graph)
    else:
        yield from _certain_cuts(graph, whole)


def trains(trace: Trace) -> bool:
    """Whether the root computes a loss: by its name, by a backward pass, or by what it returns."""
    return trace.root.kind is Kind.LOSS or bool(trace.backwards) or looks_like_loss(trace)


def _nothing_flows(graph: Graph) -> bool:
    waiting = [node for node in graph.source_nodes if node.source and node.source.role in WAITING]
    strong = [node for node in waiting if node.source and node.source.role in STRONG]
    if not waiting or any(id(node) in graph.flowing for node in strong):
        return False
    # Where a prediction is cut, the value that it is compared with makes no loss.
    reached = compared_to_nothing(graph) if strong else graph.flowing
    if any(id(node) in reached for node in waiting):
        return False
    return not any(node.is_opaque and id(node) in reached for node in graph.reached.values())


def _cuts(trace: Trace, graph: Graph, whole: bool, named: bool, figure: bool) -> Iterator[Break]:
    found: dict[tuple[int, str], Found] = {}
    # A frozen network that gets the gradient, and another that is detached: the wrong side was stopped.
    teacher = any(
        node.source is not None and node.source.role in LEARNS and is_teacher(node.source.name)
        for node in graph.source_nodes
        if id(node) in graph.flowing
    )
    trained = any(n.source and n.source.role in STRONG for n in graph.source_nodes if id(n) in graph.flowing)
    predictions = [
        n.source.name
        for n in graph.source_nodes
        if id(n) in graph.flowing and n.source and n.source.role == "prediction" and not n.source.guessed
    ]
    for node in graph.source_nodes:
        source = node.source
        if source is None or source.role not in WAITING or source.name.startswith("<"):
            continue
        for gate, behind, way in graph.gates(node):
            if id(node) in graph.flowing and not (_raises(gate, behind, graph) and source.role in STRONG):
                continue
            named_after = (
                gate.cause in STOPS and source.role in LEARNS and _named_after(trace.root.name, source.name)
            )
            raising = gate.raises and (source.role in STRONG or source.position == 0)
            swapped = (
                teacher and gate.cause in STOPS and source.role in LEARNS and not is_teacher(source.name)
            )
            first = trace.root.kind is Kind.LOSS and _is_first(source, gate)
            waits = whole or raising or named_after or swapped or first
            waits = waits or _waits_for(source, gate, behind, graph, predictions)
            if gate.cause is None or not waits:
                continue
            if gate.is_doubtful and not is_cast_back(behind, graph):
                continue
            labels = gate.cause in _LABELS and (source.layer or source.role == "callable")
            # Suppression and curricula put things in order, and nobody waits for a gradient of the order.
            labels = labels or (gate.cause is Cause.INDEX and behind.op in ("argsort", "sort") and trained)
            crops = source.role == "prediction" and only_selects(behind, graph, by_slices=True)
            if crops or (labels and only_selects(behind, graph)):
                continue
            key = (id(gate.at), gate.cause.value)
            if key in found:
                if source not in found[key][3]:
                    found[key][3].append(source)
            else:
                found[key] = (gate, behind, way, [source])
    if (
        figure
        and whole
        and all(g.cause is Cause.NO_GRAD and g.note != GLOBAL_OFF for g, *_ in found.values())
    ):
        return
    if whole:
        _drop_scores(found, graph)
        _drop_overruled(found, graph)
        _drop_stops(found)
    data_only = whole and not any(
        source.role in STRONG or source.role == "unknown"
        for _, _, _, sources in found.values()
        for source in sources
    )
    for gate, behind, way, sources in found.values():
        if gate.cause is Cause.BRANCH and (len(found) > 1 or not named):
            continue
        if data_only and (gate.cause in SELECTS or (not named and gate.cause in _FIGURES)):
            continue
        assert gate.cause is not None
        yield Break(
            gate.cause,
            gate.block,
            gate.at,
            Verdict.ZERO if gate.zero else Verdict.CUT,
            tuple(sources),
            gate.note,
            whole,
            gate.raises,
            (*way, (gate.block, gate.at), *graph.way_out(behind)),
        )


def _is_first(source: Source, gate: Gate) -> bool:
    """Whether the first argument of a loss is cut by what nobody does to a target."""
    return source.role == "unknown" and source.position == 0 and gate.cause in _ON_PREDICTIONS


def _named_after(function: str, source: str) -> bool:
    """Whether a step is called after what it trains: `generator_step(gen, disc, z)`."""
    of = source.removeprefix("self.").partition(".")[0].lower()
    return len(of) > 2 and any(
        len(word) > 2 and (word.startswith(of) or of.startswith(word))
        for word in words(function.rpartition(".")[2])
    )


Found = tuple[Gate, Node, list[Place], list[Source]]


def _drop_stops(found: dict[tuple[int, str], Found]) -> None:
    """Where something else cuts the same sources, a stop-gradient beside it was meant."""
    others = {
        id(source) for gate, _, _, sources in found.values() if gate.cause not in STOPS for source in sources
    }
    for key, (gate, _, _, sources) in list(found.items()):
        if gate.cause in STOPS and all(id(source) in others for source in sources):
            del found[key]


def _drop_scores(found: dict[tuple[int, str], Found], graph: Graph) -> None:
    """Where a score function is used, a sample has no gradient by design; something else cuts."""
    scored = any(node.op == "log_prob" for node in graph.reached.values())
    samples = [
        key
        for key, (gate, behind, _, _) in found.items()
        if gate.cause is Cause.SAMPLING and (scored or also_selects(behind, graph))
    ]
    if len(samples) < len(found):
        for key in samples:
            del found[key]


def _drop_overruled(found: dict[tuple[int, str], Found], graph: Graph) -> None:
    """Keep the breaks whose repair alone brings gradient back, where there are such.

    A choice by index or a stop-gradient on the way to a place where everything ends was meant.
    """
    left = {key: gates_after(behind, graph) for key, (_, behind, _, _) in found.items()}
    nearest: dict[int, int] = {}
    for key, (_, _, _, sources) in found.items():
        for source in sources:
            nearest[id(source)] = min(left[key], nearest.get(id(source), NEVER))
    first = min(left.values(), default=NEVER)
    for key, (gate, _, _, sources) in list(found.items()):
        better = all(nearest[id(source)] < left[key] for source in sources)
        if better or (left[key] > first and gate.cause in _LABELS):
            del found[key]


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
    if gate.cause is Cause.CREATE_GRAPH:
        return source.role in STRONG and is_term(behind, graph)
    if gate.cause in STOPS and source.role in STRONG and is_round_trip(behind, graph):
        return True
    if source.role in LEARNS:
        return gate.cause not in STOPS or gate.note in ("state_dict", "written", ".data")
    if source.role == "prediction":
        chosen = any(not are_alike(name, source.name) for name in others)
        first = (source.position == 0 and not source.guessed and not chosen) or source.stated
        return gate.cause not in STOPS or first or gate.note in (".data", "written")
    if source.role in ("unknown", "data"):
        return gate.note in (".data", "written")
    return False


def _certain_cuts(graph: Graph, whole: bool) -> Iterator[Break]:
    """What is a fault in any function: parameters rebuilt, re-wrapped or written behind autograd's back."""
    for node in graph.source_nodes:
        source = node.source
        if source is None or id(node) in graph.flowing:
            continue
        for gate, behind, way in graph.gates(node):
            certain = gate.note == "written" or (
                gate.cause in _CERTAIN
                and source.role in ("parameter", "leaf")
                and gate.note != "one class, if 2-D"
                and not source.name.startswith("<")
            )
            if certain and gate.cause is not None:
                yield Break(
                    gate.cause,
                    gate.block,
                    gate.at,
                    Verdict.ZERO if gate.zero else Verdict.CUT,
                    (source,),
                    gate.note,
                    whole,
                    gate.raises,
                    (*way, (gate.block, gate.at), *graph.way_out(behind)),
                )


def _other_passes(trace: Trace) -> Iterator[Break]:
    """Backward passes from which nothing gets gradient although another one is sound."""
    if len(trace.backwards) < 2:
        return
    for backward in trace.backwards:
        below = Graph([backward.node])
        if _nothing_flows(below):
            for found in _cuts(trace, below, True, True, False):
                if found.cause not in STOPS and found.cause not in _FIGURES:
                    yield found


def _terms(graph: Graph) -> Iterator[Break]:
    """Terms of the loss that contribute nothing to any gradient although they depend on a prediction."""
    pending = list(graph.losses)
    seen: set[int] = set()
    if len(pending) > 1 and any(_learns(graph, node) for node in pending):
        for node in pending:
            if is_torch_loss(node) and not _learns(graph, node):
                yield from _dead_term(graph, node)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.op in ("add", "sub", "iadd", "isub", "phi"):
            parents = [parent for parent, gate in node.edges if gate is None and is_scalar(parent)]
            alive = [parent for parent in parents if _learns(graph, parent)]
            for parent in parents:
                if alive and parent not in alive and node.op != "phi" and not keeps_value(parent, alive):
                    yield from _dead_term(graph, parent)
            pending.extend(alive)
        elif node.op in ("mult", "div", "neg", "mul", "imult", "idiv"):
            pending.extend(parent for parent, gate in node.edges if gate is None and _learns(graph, parent))


def _learns(graph: Graph, node: Node) -> bool:
    return graph.has_source(node, WAITING - {"data"}) or (
        not node.edges and node.op in ("call", "attribute", "argument")
    )


def _dead_term(graph: Graph, term: Node) -> Iterator[Break]:
    below = Graph([term])
    for node in below.source_nodes:
        source = node.source
        if source is None or source.role not in WAITING - {"data"}:
            continue
        for gate, _, way in below.gates(node):
            if gate.cause is None or gate.cause in SELECTS or term.op in ("detach", "data"):
                continue
            if gate.cause in STOPS and source.role not in STRONG:
                continue
            yield Break(
                gate.cause,
                gate.block,
                gate.at,
                Verdict.ZERO if gate.zero else Verdict.CUT,
                (source,),
                "term",
                False,
                gate.raises,
                (*way, (gate.block, gate.at), *below.way_out(term)),
            )
            return


def _constants(trace: Trace, graph: Graph, named: bool) -> Iterator[Break]:
    """A branch that data decides and on which the loss is a fresh constant."""
    for node in graph.reached.values():
        constant = "constant-return" in node.tags
        if not constant and not {"constant-alternative", "data-branch"} <= node.tags:
            continue
        if id(node) not in graph.flowing or isinstance(node.at, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        fresh = any("fresh-leaf" in each.tags for each in Graph([node]).reached.values())
        if constant and not fresh and not (named and "own-return" in node.tags):
            continue
        if constant:
            yield Break(Cause.CONSTANT_BRANCH, node.block, node.at, Verdict.CUT, (), "return")
        elif not _flows_without(graph, node):
            yield Break(Cause.CONSTANT_BRANCH, node.block, node.at, Verdict.CUT, (), node.op)


def _samples(graph: Graph) -> Iterator[Break]:
    """`sample()` where `rsample()` was meant: the sample itself enters the loss, no score function does."""
    nodes = graph.reached.values()
    if any(node.op == "log_prob" for node in nodes):
        return
    for node in nodes:
        if node.op != "sample" or id(node) not in graph.flowing or "rsample" not in node.tags:
            continue
        learnt = [n.source for n in Graph([node]).source_nodes if n.source and n.source.role in STRONG]
        for gate in {id(gate): gate for _, gate in node.edges if gate is not None and gate.cause}.values():
            if learnt and gate.cause is Cause.SAMPLING:
                yield Break(gate.cause, gate.block, gate.at, Verdict.CUT, tuple(learnt), "reparametrised")


def _flows_without(graph: Graph, without: Node) -> bool:
    seen: set[int] = {id(without)}
    pending = list(graph.losses)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.source is not None or node.is_opaque:
            return True
        pending.extend(parent for parent, gate in node.edges if gate is None)
    return False


def _hazards(trace: Trace, graph: Graph) -> Iterator[Break]:
    predicted = any(
        n.source and n.source.role == "prediction" for n in graph.source_nodes if id(n) in graph.flowing
    )
    for hazard in trace.hazards:
        # What is masked or divided by beside a prediction, and is none itself, is data.
        beside = predicted and hazard.cause in (Cause.BAD_BRANCH, Cause.DIVISION)
        roles = STRONG if beside else WAITING
        if id(hazard.node) not in graph.flowing or not graph.has_source(hazard.operand, roles):
            continue
        sources = tuple(
            node.source
            for node in Graph([hazard.operand]).source_nodes
            if node.source and node.source.role in WAITING
        )
        way = graph.way_out(hazard.node)
        yield Break(
            hazard.cause,
            hazard.block,
            hazard.at,
            Verdict.NONFINITE,
            sources,
            hazard.note,
            path=((hazard.block, hazard.at), *way),
        )


def _events(trace: Trace, graph: Graph, learning: bool) -> Iterator[Break]:
    owners = STRONG if learning else STRONG - {"prediction"}
    for event in trace.events:
        node = event.node
        sources: tuple[Source, ...] = ()
        if node is not None:
            below = Graph([node])
            sources = tuple({id(n.source): n.source for n in below.source_nodes if n.source}.values())
            if event.cause in _SILENCERS:
                gated = [n for n in below.source_nodes if id(n) not in below.flowing and below.gates(n)]
                alive = any(id(n) in below.flowing for n in below.source_nodes)
                opaque = any(
                    not n.edges and n.op in ("call", "attribute", "name") for n in below.reached.values()
                )
                stopped = all(gate.cause in STOPS for n in gated for gate, _, _ in below.gates(n))
                if not gated or alive or opaque or not (learning and id(node) in graph.reached):
                    continue
                if stopped and id(node) not in {id(loss) for loss in graph.losses}:
                    continue
            elif (
                event.cause is Cause.INPLACE_SAVED and not any(source.role in owners for source in sources)
            ) or (event.cause is Cause.OVERWRITTEN and (trace.root.kind is Kind.METRIC or not sources)):
                continue
        yield Break(event.cause, event.block, event.at, Verdict.CUT, sources, event.note)
