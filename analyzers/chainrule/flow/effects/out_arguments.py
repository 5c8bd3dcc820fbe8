"""`out=`: the result is written into a tensor that exists, which autograd does not follow."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Tensor, Value

OUT = "out"
"""The note of a cut by `out=`."""


def write(interp: Interpreter, made: Value, out: Value, at: ast.AST) -> Value:
    """`torch.add(a, b, out=out)`, where the call without `out` gives `made`.

    With gradients on, torch raises at the call if an argument requires grad.
    """
    if not isinstance(out, Tensor):
        return made
    gate = interp.gate(Cause.NONDIFFERENTIABLE, at, raises=True, note=OUT) if interp.mode is None else None
    node = interp.node("out", at, [(node, gate) for node in interp.nodes([made])])
    node.dtype = out.node.dtype
    interp.put_node(out, node)
    return out
