"""Steps of an optimiser before which no backward pass has reached any of its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Backward, Step
from chainrule.flow.core.trace import Break, Graph, Trace, broken_at
from chainrule.flow.judgement.overruled import Found
from chainrule.flow.judgement.waited import SELECTS
from chainrule.flow.judgement.ways import gates_after
from chainrule.flow.operations.copies import COPY

# Gradients that are put in place by hand.
_OWN_GRADIENTS = re.compile(r"\._?grad(?:\.data)?\s*[-+*/]?=(?!=)|\._?grad\.(?:data\.)?(?:copy|add)_\(")


def idle_steps(trace: Trace) -> Iterator[Break]:
    """The cuts on the way to the parameters of optimisers that step with nothing in any gradient.

    Of the passes between two steps, the later step is made for those since the one before.
    """
    if len(trace.taken) == 0 or _OWN_GRADIENTS.search(trace.root.block.text):
        return
    told: set[int] = set()
    for step, since in _with_passes(trace.taken):
        if not step.sources or not step.passes or _is_reached(step, trace.backwards):
            continue
        for found in _cuts(step, Graph([each.node for each in trace.backwards[since : step.passes]])):
            if id(found.at) not in told:
                told.add(id(found.at))
                yield found


def _with_passes(taken: list[Step]) -> Iterator[tuple[Step, int]]:
    """Each step with how many passes there were before the last ones that it may be made for."""
    before = last = 0
    for step in taken:
        if step.passes > last:
            before, last = last, step.passes
        yield step, before


def _is_reached(step: Step, backwards: list[Backward]) -> bool:
    """Whether gradient reached one of its parameters, or something that was not followed."""
    graph = Graph([each.node for each in backwards[: step.passes]])
    return any(
        node.is_opaque or (node.source is not None and id(node.source) in step.sources)
        for node in graph.reached.values()
        if id(node) in graph.flowing
    )


def _cuts(step: Step, graph: Graph) -> Iterator[Break]:
    """Where the ways from its parameters end that are the easiest to open."""
    found: dict[int, tuple[int, Found]] = {}
    for node in graph.source_nodes:
        assert node.source is not None
        if id(node.source) not in step.sources:
            continue
        for gate, behind, way in graph.gates(node):
            if gate.cause is None or gate.cause in SELECTS or gate.cause is Cause.CREATE_GRAPH:
                continue
            if gate.note == COPY:
                return
            if id(gate.at) in found:
                found[id(gate.at)][1][3].append(node.source)
            else:
                found[id(gate.at)] = (gates_after(behind, graph), (gate, behind, way, [node.source]))
    nearest = min((distance for distance, _ in found.values()), default=0)
    for distance, (gate, behind, way, sources) in found.values():
        if distance == nearest:
            yield broken_at(graph, gate, behind, way, sources)
