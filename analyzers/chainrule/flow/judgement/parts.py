"""Parts of a prediction that are compared with a target and get no gradient, beside parts that learn.

`torch.stack([x, y.round()], dim=1) - target`: each part is to come near its own target, so that one without
gradient is wrong about it for ever. What is chosen or stopped on purpose is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Break, Graph
from chainrule.flow.judgement.terms import dead_term

# What nobody does to a part of a prediction to stop its gradient.
_LOSES = frozenset(
    (Cause.ROUNDING, Cause.INDEX, Cause.PYTHON_SCALAR, Cause.REBUILD, Cause.NUMPY, Cause.INTEGER_CAST)
)
_JOINS = frozenset(("stack", "cat", "concat", "hstack", "vstack", "column_stack", "dstack", "setitem"))
_SUMS = frozenset(("add", "iadd", "mean", "sum", "phi", "stack"))
_SCALES = frozenset(("mult", "div", "neg", "mul"))
# What is done to a difference, and what changes the shape of a value.
_ONWARD = frozenset(
    """abs pow square sqrt norm smooth_l1 huber clamp view reshape unsqueeze squeeze permute transpose
    float flatten""".split()
)


def dead_parts(graph: Graph) -> Iterator[Break]:
    """The cuts of what a prediction is put together of, where only some of it gets gradient."""
    pending = [(loss, False) for loss in graph.losses]
    seen: set[tuple[int, bool]] = set()
    while pending:
        node, compared = pending.pop()
        if (id(node), compared) in seen:
            continue
        seen.add((id(node), compared))
        parents = [parent for parent, gate in node.edges if gate is None]
        alive = [parent for parent in parents if graph.learns(parent)]
        if compared and node.op in _JOINS:
            for part in parents if alive else ():
                if part not in alive:
                    yield from (found for found in dead_term(part, graph) if found.cause in _LOSES)
            pending.extend((parent, True) for parent in alive)
        elif node.op in ("sub", "isub") or is_torch_loss(node):
            pending.extend((parent, True) for parent in alive if len(alive) == 1)
        elif node.op in _SUMS or node.op in _ONWARD or (node.op in _SCALES and len(alive) == 1):
            pending.extend((parent, compared and node.op in _ONWARD) for parent in alive)
