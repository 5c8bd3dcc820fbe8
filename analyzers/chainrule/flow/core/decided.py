"""Who decides a branch: the data of a batch, or a setting that is the same for all of them."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node
from chainrule.flow.core.roles import role_of
from chainrule.flow.core.words import words

# What code that is not followed gives, and what a condition makes of it: none of this needs a tensor.
_PLAIN = frozenset(
    """attribute call name argument self phi select element index number branch len compare not and or eq ne
    lt le gt ge is bool int controlled to cuda cpu module-call""".split()
)
# Arguments that say where in a training a call stands, or how much a term counts.
_SCHEDULED = frozenset(
    """idx index step steps epoch weight weights coef coefficient lambda factor flag mode phase stage
    rank""".split()
)


def asks_data(condition: Node) -> bool:
    """Whether another batch may answer `condition` differently."""
    seen: set[int] = set()
    pending = [condition]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.source is not None:
            name = node.source.name.rpartition(".")[2]
            asked_plainly = isinstance(condition.at, (ast.Compare, ast.Name, ast.UnaryOp))
            scheduled = asked_plainly and words(name)[-1:] and words(name)[-1] in _SCHEDULED
            if role_of(name) != "setting" and not scheduled:
                return True
        elif node.op not in _PLAIN:
            return True
        pending.extend(parent for parent, _ in node.edges)
    return False
