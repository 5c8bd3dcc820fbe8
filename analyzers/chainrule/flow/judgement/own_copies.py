"""Losses of a copy of a network that is trained by an optimiser of its own, and that nobody has afterwards.

`learner = deepcopy(self.net)`, some steps, and the loss of `learner` is returned: whoever goes back from it
reaches the copy, and neither the network nor anything that an optimiser holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Source, behind
from chainrule.flow.core.kinds import Kind, is_called_loss
from chainrule.flow.core.roles import LEARNS, STRONG
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.flow.operations.copies import TRAINED


def own_copies(trace: Trace) -> Iterator[Break]:
    """The copies of networks that a returned loss trains in their place."""
    if trace.kept is None or trace.root.kind is Kind.METRIC or not is_called_loss(trace.root.name):
        return
    passed = {id(node) for each in trace.backwards for node in behind(each.node)}
    returned = [node for node in trace.losses if id(node) not in passed]
    if any(node.kind != "tensor" for node in returned):
        return  # a report
    below = Graph(returned)
    for node in below.reached.values():
        source = node.source
        learns = source is not None and source.role in STRONG and not source.guessed
        if id(node) in below.flowing and (learns or node.is_opaque):
            return
    told: dict[int, tuple[Gate, list[Source]]] = {}
    for node in below.source_nodes:
        if node.source is None or node.source.role not in LEARNS:
            continue
        for child, gate in below.children.get(id(node), ()):
            if gate is None or gate.note != TRAINED or id(child) in trace.kept:
                return  # it is no copy alone that has it, or somebody has the copy
            told.setdefault(id(gate.at), (gate, []))[1].append(node.source)
    for gate, sources in told.values():
        place = (gate.block, gate.at)
        yield Break(Cause.REWRAP, *place, Verdict.CUT, tuple(sources), TRAINED, True, path=(place,))
