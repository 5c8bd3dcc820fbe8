"""Parameters that are exchanged for others after an optimiser was made for them."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Exchange
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Instance, Tensor, Value
from chainrule.flow.operations.objects import ready_parts, sources_of

EXCHANGED = "exchanged"
"""The note of parameters that an optimiser goes on with, and their network does not."""


def exchange(interp: Interpreter, old: Value | None, new: Value, at: ast.AST) -> None:
    """`at` puts `new` where an object had `old`: note it if an optimiser has the parameters of `old`.

    A layer that is wrapped holds them still.
    """
    if not interp.optimised or old is None or not isinstance(new, (Instance, Tensor)):
        return
    before = tuple(s for s in sources_of(interp.tensors([old])) if id(s) in interp.optimised)
    if not before:
        return
    if isinstance(new, Instance):
        ready_parts(interp, new)
    held = [tensor for tensor in interp.tensors([new]) if tensor.leaf]
    after = tuple(source for source in sources_of(held) if source.role == "parameter")
    if after and not any(source in before for source in sources_of(interp.tensors([new]))):
        interp.exchanged.append(Exchange(*interp.place(at), before, after))
