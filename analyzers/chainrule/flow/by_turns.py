"""Parameters of a class that one of its losses reads as a number, and another one trains.

`alpha = self.log_alpha.exp().item()` weighs what the actor learns by; `alpha_loss` trains `self.log_alpha`.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.program import Module
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.flow.forgotten import flows, others
from chainrule.flow.judgement.ways import is_coefficient, only_scales

# Ways to make a number of a parameter; that its gradient stops there is not what they are for.
_NUMBERS = frozenset((Cause.PYTHON_SCALAR, Cause.NUMPY, Cause.REBUILD))


def weighing(found: Break, trace: Trace) -> frozenset[str]:
    """The attributes that a break makes a weight of what else learns; none where it does anything else."""
    if found.cause not in _NUMBERS or found.whole or trace.root.owner is None:
        return frozenset()
    if not all(each.role == "parameter" and each.name.startswith("self.") for each in found.sources):
        return frozenset()
    graph = Graph(trace.losses)
    made = [
        node
        for node in graph.reached.values()
        if any(gate is not None and gate.at is found.at for _, gate in node.edges)
    ]
    if not made or not all(only_scales(node, graph) or is_coefficient(node, graph) for node in made):
        return frozenset()
    return frozenset(each.name.split(".")[1] for each in found.sources)


def trained_by_turns(
    attributes: frozenset[str], trace: Trace, module: Module, traces: Sequence[Trace]
) -> bool:
    """Whether each of some attributes gets gradient from another method of its class.

    `traces`: those of the block's functions that train something.
    """
    own = [each for each in traces if each.root.owner is trace.root.owner]
    return all(
        flows(name, own) or flows(name, others(module, trace.root.block, f"self.{name}", False))
        for name in attributes
    )
