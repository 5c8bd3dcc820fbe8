"""Gradients that stay switched off where something leaves a function before they are on again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.switches import Leak
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.syntax import parse_block, walk_tree

RAISED = "an exception that is caught"
LEAVES = "leaves: "
"""What the note begins with of gradients that are left off; what leaves them so follows."""


def left_off(trace: Trace, graph: Graph) -> Iterator[Break]:
    """The calls that switch gradients off, of functions that are left before they switch them on again."""
    told: set[int] = set()
    for leak in trace.switches.leaks:
        gate, function = leak.gate, leak.function
        if id(gate.at) in told or any(each is not function for each in trace.switches.on):
            continue
        if "enable_grad(" in trace.root.block.text or not _computes(leak):
            continue
        if trace.backwards and leak.passes == len(trace.backwards):
            continue  # nothing is trained after it
        flowing = (n.source for n in graph.source_nodes if id(n) in graph.flowing)
        sources = tuple({id(s): s for s in flowing if s is not None and s.role in STRONG}.values())
        if sources:
            told.add(id(gate.at))
            left = RAISED if isinstance(leak.at, ast.ExceptHandler) else f"`{ast.unparse(leak.at)}`"
            place = (gate.block, gate.at)
            yield Break(Cause.NO_GRAD, *place, Verdict.CUT, sources, f"{LEAVES}{left}", path=(place,))


def _computes(leak: Leak) -> bool:
    """Whether something is computed with gradients off before they are left so: no mode is set for others."""
    first = getattr(leak.gate.at, "lineno", 0)
    whole = isinstance(leak.at, (ast.ExceptHandler, ast.Call))
    last = getattr(leak.function if whole else leak.at, "end_lineno", None) or first
    return any(
        isinstance(node, ast.Call) and (node.args or node.keywords) and first < node.lineno < last + whole
        for node in walk_tree(parse_block(leak.gate.block))
    )
