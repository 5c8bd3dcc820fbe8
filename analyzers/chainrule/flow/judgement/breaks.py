"""From a trace to the breaks that are worth telling.

The graph says what is true; what is a fault is said here, and where the parts of the question are answered.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Event, Hazard, Node, Source, behind
from chainrule.flow.core.kinds import Kind, may_be_called_loss
from chainrule.flow.core.roles import LEARNS, STRONG, WAITING
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.trace import CUT_BEFORE, REFUSED, STARTS, Break, Graph, Trace
from chainrule.flow.judgement.alternatives import dead_alternatives
from chainrule.flow.judgement.constant_branches import constant_branches, constant_items
from chainrule.flow.judgement.cuts import certain_cuts, cuts
from chainrule.flow.judgement.derivatives import dead_derivatives
from chainrule.flow.judgement.evidence import looks_like_loss, only_reports, settle_roles
from chainrule.flow.judgement.examples import gives_example
from chainrule.flow.judgement.exchanged import exchanged
from chainrule.flow.judgement.factors import dead_factors
from chainrule.flow.judgement.idle_steps import idle_steps
from chainrule.flow.judgement.infinite import makes_infinite
from chainrule.flow.judgement.left_off import left_off
from chainrule.flow.judgement.lost import nothing_flows
from chainrule.flow.judgement.normalised import dead_numerators
from chainrule.flow.judgement.one_way import lost_on_one_way
from chainrule.flow.judgement.overruled import STOPS
from chainrule.flow.judgement.own_copies import own_copies
from chainrule.flow.judgement.parts import dead_parts
from chainrule.flow.judgement.positives import counts_positives
from chainrule.flow.judgement.rounds import earlier_rounds
from chainrule.flow.judgement.spoiled import weighed_by_group
from chainrule.flow.judgement.starved import starved_terms
from chainrule.flow.judgement.terms import other_passes, plain_samples, terms
from chainrule.flow.judgement.unlearned import unlearned
from chainrule.flow.numbers.divisors import ALONE, POSITIVES
from chainrule.flow.operations.inplace import ARGUMENT, WEIGHT
from chainrule.flow.operations.leaves import DIFFERENTIATED, RESULT
from chainrule.syntax import parse_block, walk_tree

# Causes that what is paired with itself meets.
_DISTANCES = frozenset((Cause.SQRT_ZERO, Cause.LOG_ZERO, Cause.POW_ZERO))
# … and what may be asked of a target that stands first, where nothing else is to learn.
_OF_FIRST = _DISTANCES | {Cause.DOMAIN_END}
# What is infinite at 0 whatever the gradient is.
_INFINITE = frozenset((Cause.LOG_ZERO, Cause.DIVISION))
_EDITS = frozenset((Cause.INPLACE_SAVED, Cause.INPLACE_VIEW))
_SILENCERS = frozenset((Cause.REQUIRES_GRAD, Cause.FRESH_LEAF))


def breaks(trace: Trace) -> Iterator[Break]:
    """The breaks of a trace, best evidence first; the same place may come from several sources."""
    graph = Graph(trace.losses)
    settle_roles(trace, graph)
    if trace.root.kind is Kind.MODEL:
        yield from unlearned(trace, graph)
        return
    named = trace.root.kind is Kind.LOSS or bool(trace.backwards)
    learning = trains(trace) or _is_asked_for(trace)
    named = named or (learning and may_be_called_loss(trace.root.name))
    if any(node.op == "hooked" for node in graph.reached.values()):
        learning = False  # a hook brings gradient to what autograd does not reach
    yield from _events(trace, graph, learning)
    if not trace.losses or (trace.root.kind is Kind.METRIC and not learning):
        return
    if learning:
        whole = nothing_flows(graph)
        yield from cuts(trace, graph, whole, named, not named and only_reports(trace, graph))
        yield from idle_steps(trace)
        yield from own_copies(trace)
        # What is returned beside a backward pass is a report.
        trained = Graph([each.node for each in trace.backwards]) if trace.backwards else graph
        if not whole:
            yield from other_passes(trace)
            yield from terms(trained)
            yield from dead_parts(trained)
            yield from starved_terms(trace, trained)
            yield from earlier_rounds(trained)
            yield from dead_alternatives(trained, named)
            if named:
                yield from lost_on_one_way(trained)
            yield from dead_derivatives(trained)
            yield from dead_numerators(trained, named)
            yield from dead_factors(trained)
            yield from constant_branches(trace, trained, named)
            yield from constant_items(trained)
            yield from exchanged(trace, trained)
            yield from left_off(trace, trained)
            yield from plain_samples(graph)
        hazards = list(_hazards(trace, trained))
        # What is said of a place whose value is not used at 0 says it all.
        masked = {id(each.at) for each in hazards if each.cause is Cause.BAD_BRANCH}
        yield from (each for each in hazards if each.cause not in _DISTANCES or id(each.at) not in masked)
    else:
        certain = list(certain_cuts(graph))
        yield from certain
        told = {id(each.at) for each in certain}
        yield from (each for each in unlearned(trace, graph) if id(each.at) not in told)


def trains(trace: Trace) -> bool:
    """Whether the root computes a loss: by its name, by a backward pass, or by what it returns."""
    if trace.root.kind is Kind.MODEL or gives_example(trace):
        return False
    return trace.root.kind is Kind.LOSS or bool(trace.backwards) or looks_like_loss(trace)


def _is_asked_for(trace: Trace) -> bool:
    """Whether what is returned is a number that was made to require grad: somebody wants to train by it."""
    ends = {id(loss) for loss in trace.losses}
    return any(
        event.node is not None
        and event.cause is Cause.FRESH_LEAF
        and id(event.node) in ends
        and all(is_scalar(parent) for parent, _ in event.node.edges)
        for event in trace.events
    )


def _is_first(node: Node, role: str = "") -> bool:
    """Whether gradient that reaches `node` goes on to the function's first argument (of that `role`)."""
    return any(
        each.source is not None and each.source.position == 0 and role in ("", each.source.role)
        for each in behind(node)
    )


def _weighs_by(node: Node) -> bool:
    """Whether a prediction went into a weight that is computed without a graph: its NaN is a factor."""
    sources = (each.source for each in Graph([node]).source_nodes)
    return any(source is not None and source.role == "prediction" for source in sources)


def _hazards(trace: Trace, graph: Graph) -> Iterator[Break]:
    if not trace.hazards:
        return
    predicted = any(
        n.source and n.source.role == "prediction" for n in graph.source_nodes if id(n) in graph.flowing
    )
    learnt = any(n.source and n.source.role in STRONG for n in graph.source_nodes if id(n) in graph.flowing)
    # `embedding_loss(y, distances)`: what stands first, where nothing is called a prediction.
    named = trace.root.kind is not Kind.LOSS or any(
        n.source and ((n.source.role == "prediction" and not n.source.guessed) or n.source.role in LEARNS)
        for n in graph.source_nodes
    )
    masked = {id(each.at) for each in trace.hazards if each.cause is Cause.BAD_BRANCH}
    for hazard in trace.hazards:
        if hazard.note == "entropy" and id(hazard.at) in masked:
            continue
        if hazard.note == POSITIVES and not counts_positives(hazard, graph):
            continue
        # What is masked or divided by beside a prediction, and is none itself, is data.
        beside = predicted and hazard.cause in (Cause.BAD_BRANCH, Cause.DIVISION)
        roles = STRONG if beside else WAITING
        if not named and hazard.cause in _OF_FIRST and _is_first(hazard.operand, "target"):
            roles |= {"target"}
        operand = hazard.operand
        by_place = _is_in_a_derivative(hazard, graph)
        if by_place:
            roles |= {"local"}
        spoiled = weighed_by_group(graph, hazard)
        if spoiled is not None:
            operand = spoiled
        elif id(hazard.node) not in graph.flowing or not (
            graph.has_source(operand, roles)
            or (hazard.note == "overflow" and _is_first(hazard.operand, "unknown"))
            or (hazard.note == "right" and _weighs_by(hazard.operand))
        ):
            continue
        if _is_shut_off(hazard) and not makes_infinite(graph, hazard.node):
            continue
        certain = graph.has_source(operand, STRONG) or hazard.note == "right" or by_place
        if learnt and not certain and not _is_first(operand):
            continue  # a step, a time, a noise level: drawn, not learnt
        below = Graph([operand])
        found = [node for node in below.source_nodes if node.source and node.source.role in roles]
        flowing = [node for node in found if id(node) in below.flowing]
        sources = tuple(node.source for node in flowing or found if node.source)
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


def _is_grid(operand: Node) -> bool:
    """Whether a value is a new leaf, or a multiple of it, that somebody differentiates by."""
    return any(
        DIFFERENTIATED in node.tags and node.source is not None and node.source.role == "local"
        for node in behind(operand)
    )


def _is_in_a_derivative(hazard: Hazard, graph: Graph) -> bool:
    """Whether the loss takes the derivative by the places where it is infinite: a grid that begins at 0."""
    if hazard.cause not in _DISTANCES or not _is_grid(hazard.operand):
        return False
    return any(
        node.op == "grad" and id(node) in graph.flowing and any(each is hazard.node for each in behind(node))
        for node in graph.reached.values()
    )


def _is_shut_off(hazard: Hazard) -> bool:
    """Whether a relu stops the gradient where the value is infinite, so that only the loss is spoiled."""
    return hazard.note == (ALONE if hazard.cause is Cause.DIVISION else "relu") and hazard.cause in _INFINITE


def _events(trace: Trace, graph: Graph, learning: bool) -> Iterator[Break]:
    owners = STRONG if learning else STRONG - {"prediction"}
    for event in trace.events:
        node, note = event.node, event.note
        sources: tuple[Source, ...] = ()
        if node is not None:
            below = Graph([node])
            sources = tuple({id(n.source): n.source for n in below.source_nodes if n.source}.values())
            result = note == RESULT and isinstance(event.at, ast.Assign)
            if event.cause is Cause.REQUIRES_GRAD and DIFFERENTIATED in node.tags and not result:
                continue
            if event.cause in _SILENCERS:
                gated = [n for n in below.source_nodes if id(n) not in below.flowing and below.gates(n)]
                alive = any(id(n) in below.flowing for n in below.source_nodes)
                opaque = any(
                    not n.edges and n.op in ("call", "attribute", "name") for n in below.reached.values()
                )
                last = [gate.cause for n in behind(node) for _, gate in n.edges if gate is not None]
                stopped = all(cause in STOPS for cause in last if cause is not None)
                computed = node.op not in ("parameters", "phi", "element")  # a parameter is a leaf
                if note == RESULT and event.cause is Cause.REQUIRES_GRAD and not result:
                    continue  # `requires_grad_()` leaves what requires grad already as it is
                refusing = event.cause is Cause.REQUIRES_GRAD and learning and computed
                if refusing and _is_refused(event, below):
                    yield Break(
                        event.cause, event.block, event.at, Verdict.CUT, sources, REFUSED, raises=True
                    )
                    continue
                if not gated or alive or opaque or not (learning and id(node) in graph.reached):
                    continue
                if stopped and id(node) not in {id(loss) for loss in graph.losses}:
                    continue
                if event.cause is Cause.FRESH_LEAF and not _was_alive(node):
                    note = CUT_BEFORE
            elif event.note == STARTS:
                if not learning or not any(s.role in STRONG for s in sources):
                    continue
            elif event.cause is Cause.INPLACE_LEAF and event.note.startswith(WEIGHT):
                if not learning:
                    continue
            elif event.note == ARGUMENT:
                expected = any(s.role == "prediction" and (not s.guessed or s.position == 0) for s in sources)
                if not learning or not expected:
                    continue
            elif (event.cause in _EDITS and not any(source.role in owners for source in sources)) or (
                event.cause is Cause.OVERWRITTEN and (trace.root.kind is Kind.METRIC or not sources)
            ):
                continue
        yield Break(event.cause, event.block, event.at, Verdict.CUT, sources, note)


def _is_refused(event: Event, below: Graph) -> bool:
    """Whether `loss.requires_grad = True` is always run, and gradient reaches what is to learn."""
    sources = ((node, node.source) for node in below.source_nodes if node.source is not None)
    learnt = (node for node, source in sources if source.role in STRONG and not source.guessed)
    if not isinstance(event.at, ast.Assign):
        return False
    if event.note != RESULT and not any(id(n) in below.flowing for n in learnt):
        return False
    guards = (node for node in walk_tree(parse_block(event.block)) if isinstance(node, ast.If))
    return all(event.at not in walk_tree(guard) for guard in guards)


def _was_alive(node: Node) -> bool:
    """Whether what `node` copies is a tensor that has its graph."""
    before = Graph([parent for parent, _ in node.edges])
    return any(id(n) in before.flowing for n in before.source_nodes if n.source is not None)
