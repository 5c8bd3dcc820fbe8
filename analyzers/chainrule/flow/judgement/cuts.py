"""Which cuts of a gradient are faults, and which of several is to blame.

Correct losses cut gradients on purpose (targets, teachers, masks, indices, metrics beside the loss), so a cut
counts only where nothing at all gets gradient, or a prediction or a parameter gets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.trace import Break, Graph, Trace, broken_at
from chainrule.flow.judgement.evidence import is_module_call
from chainrule.flow.judgement.excused import is_excused
from chainrule.flow.judgement.lost import nothing_flows
from chainrule.flow.judgement.masks import drop_masks
from chainrule.flow.judgement.overruled import (
    STOPS,
    Found,
    drop_further,
    drop_given,
    drop_initial,
    drop_opposed,
    drop_overruled,
    drop_scores,
    drop_stops,
)
from chainrule.flow.judgement.scene import Cut, Scene
from chainrule.flow.judgement.waited import SELECTS, is_waited_for
from chainrule.flow.judgement.ways import gates_after, is_coefficient
from chainrule.flow.operations.contexts import LEFT_OFF
from chainrule.flow.operations.copies import COPY

# What functions on plain data do all the time.
FIGURES = frozenset((Cause.NUMPY, Cause.PYTHON_SCALAR, Cause.EXTERNAL, Cause.COMPARISON))
_MEANT_OFF = frozenset((Cause.DETACH, Cause.NO_GRAD))
_CERTAIN = frozenset((Cause.REBUILD, Cause.REWRAP, Cause.DEGENERATE))


def cuts(trace: Trace, graph: Graph, whole: bool, named: bool, figure: bool) -> Iterator[Break]:
    """The cuts that are faults.

    `whole`: nothing gets gradient. `named`: the function is a loss, or trains. `figure`: it may be a report.
    """
    scene = Scene.of(trace, graph, whole)
    found = _faults(scene)
    if figure and whole and _is_meant_off(trace, [gate for gate, *_ in found.values()]):
        return
    if not named and whole and not is_module_call(trace.root):
        if _reads_parameters(found) or _takes_values(found):
            return
    drop_initial(found, whole)
    drop_given(found, graph)
    if len(found) > 1 and len(trace.backwards) > 1:
        drop_opposed(found, [Graph([backward.node]) for backward in trace.backwards])
    if any(gate.cause is Cause.COMPARISON for gate, *_ in found.values()):
        drop_masks(found, _stops(scene), graph)
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
        if gate.cause is Cause.BRANCH and (not named or (whole and len(found) > 1)):
            continue
        if data_only and (gate.cause in SELECTS or (not named and gate.cause in FIGURES)):
            continue
        assert gate.cause is not None
        # A derivative without graph is one term; where others train the same, only this one does not.
        partly = gate.cause is Cause.CREATE_GRAPH and all(id(source) in flowing for source in sources)
        yield broken_at(graph, gate, behind, way, sources, note="term" if partly else None, whole=whole)


def _faults(scene: Scene) -> dict[tuple[int, str], Found]:
    """The cuts that somebody waits for, each once with its sources, by place and cause."""
    cuts = [cut for cut in scene.cuts() if cut.gate.cause is not None]
    told = [cut for cut in cuts if is_waited_for(cut, scene) and not is_excused(cut, scene)]
    found = told if scene.whole or not told else [*told, *_nearer(cuts, told, scene)]
    return _gathered(found, scene.graph)


def _nearer(cuts: list[Cut], told: list[Cut], scene: Scene) -> Iterator[Cut]:
    """The stop-gradients whose repair alone brings gradient to what is told of, where no other repair does.

    `round_pass(level).detach()`: for what is rounded in there, the gradient is passed straight through.
    """
    graph = scene.graph

    def reconnects(cut: Cut) -> bool:
        return gates_after(cut.behind, graph, cut.gate) == 0

    open_ = {id(cut.source) for cut in told if reconnects(cut)}
    waiting = {id(cut.source) for cut in told} - open_
    for cut in cuts:
        if id(cut.source) in waiting and cut.gate.cause in STOPS and reconnects(cut):
            if not is_excused(cut, scene) and not is_coefficient(cut.behind, graph):
                yield cut


def _stops(scene: Scene) -> dict[tuple[int, str], Found]:
    """The stop-gradients before what certainly learns, whether somebody waits for it or not."""
    cuts = (cut for cut in scene.cuts() if cut.gate.cause in STOPS and cut.source.role in STRONG)
    return _gathered((cut for cut in cuts if not is_excused(cut, scene)), scene.graph)


def _gathered(cuts: Iterable[Cut], graph: Graph) -> dict[tuple[int, str], Found]:
    """The cuts by place and cause, with all their sources; the nearest of one that several calls meet."""
    found: dict[tuple[int, str], Found] = {}
    for cut in cuts:
        gate = cut.gate
        assert gate.cause is not None
        key = (id(gate.at), gate.cause.value)
        _, behind, _, sources = found.setdefault(key, (gate, cut.behind, cut.way, []))
        if cut.source not in sources:
            sources.append(cut.source)
        if behind is not cut.behind and gates_after(cut.behind, graph) < gates_after(behind, graph):
            found[key] = (gate, cut.behind, cut.way, sources)
    return found


def _is_meant_off(trace: Trace, gates: list[Gate]) -> bool:
    """Whether gradients are off and nothing else cuts, or off for the whole function by its decorator.

    What a call switches off is not meant to stay so: another one has to switch it on again.
    """
    decorators = getattr(trace.root.node, "decorator_list", ())
    ended = {id(span.gate) for span in trace.switches.spans}
    off = [gate.cause is Cause.NO_GRAD and (gate.note != LEFT_OFF or id(gate) in ended) for gate in gates]
    return all(off) or any(gate.at is each for gate in gates for each in decorators)


def _reads_parameters(found: dict[tuple[int, str], Found]) -> bool:
    """Whether nothing but parameters is cut, each as it is read: `w = self.weight.detach()` for a figure."""
    return all(
        gate.cause in _MEANT_OFF and not way and all(source.role == "parameter" for source in sources)
        for gate, _, way, sources in found.values()
    )


def _takes_values(found: dict[tuple[int, str], Found]) -> bool:
    """Whether several arguments are all stopped as they come in: a reward, which is computed of values."""
    return len(found) > 1 and all(
        gate.cause in _MEANT_OFF and not way and all(source.role != "parameter" for source in sources)
        for gate, _, way, sources in found.values()
    )


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
