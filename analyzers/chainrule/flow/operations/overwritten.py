"""Parameters whose numbers are replaced: the new numbers arrive, what they were computed from does not."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.values import Tensor, Value
from chainrule.flow.operations.inplace import leads_to_source

WRITTEN = "parameters"
"""The note of a gate on the way into parameters."""


def overwrite(
    interp: Interpreter, parameters: Iterable[Tensor], values: Iterable[Value], at: ast.AST
) -> bool:
    """`module.load_state_dict(values)`, `parameter.data = value`; True if a computed value is cut so.

    Checkpoints, averages of parameters and other parameters are no computed values: those are meant so.
    """
    computed = [
        node for node in interp.nodes(values) if node.source is None and leads_to_source(node, STRONG)
    ]
    if not computed:
        return False
    gate = interp.gate(Cause.REWRAP, at, note=WRITTEN)
    cut: list[Edge] = [(node, gate) for node in computed]
    for parameter in parameters:
        network = parameter.node.edges[0][0] if parameter.node.op == "parameters" else None
        if network is not None and network.source is not None:  # of a network that came from outside
            network.edges = (*network.edges, *cut)
        else:
            made = Node("load", interp.block, at, ((parameter.node, None), *cut), parameter.node.kind)
            interp.put_node(parameter, made)
    return True


def is_parameter(tensor: Tensor) -> bool:
    """Whether a tensor is what a module or an optimiser trains."""
    return tensor.leaf or tensor.node.op in ("parameters", "load")
