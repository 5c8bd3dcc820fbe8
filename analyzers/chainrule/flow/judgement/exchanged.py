"""Optimisers that go on with parameters which their network has exchanged for others."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.flow.operations.exchanged import EXCHANGED


def exchanged(trace: Trace, graph: Graph) -> Iterator[Break]:
    """The exchanges after which a loss trains parameters that no optimiser has, in place of those it has."""
    if not trace.exchanged:
        return
    flowing = {id(node.source) for node in graph.source_nodes if id(node) in graph.flowing}
    for each in trace.exchanged:
        learning = any(id(source) in flowing for source in each.new)
        known = any(id(source) in trace.optimised for source in each.new)
        if learning and not known and not any(id(source) in flowing for source in each.old):
            place = (each.block, each.at)
            yield Break(Cause.REWRAP, *place, Verdict.CUT, each.old, EXCHANGED, path=(place,))
