"""Conversions to integers and booleans, which carry no gradient."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, External, Tensor, Value

_INTEGER_DTYPES = frozenset(
    """torch.long torch.int torch.int64 torch.int32 torch.int16 torch.int8 torch.uint8 torch.short
    torch.LongTensor torch.IntTensor torch.ByteTensor torch.bool torch.BoolTensor torch.cuda.LongTensor
    torch.ShortTensor builtins.int builtins.bool""".split()
)


def cast(interp: Interpreter, owner: Tensor, name: str, dtype: str, at: ast.AST) -> Tensor:
    """A conversion to an integer or boolean dtype: the result can't require grad."""
    node = owner.node
    integral = node.dtype in ("int", "bool")
    gate = None if integral else interp.gate(Cause.INTEGER_CAST, at, note=dtype)
    made = interp.node(name, at, ((node, gate),), kind=node.kind, dtype=dtype, within=node.bounds)
    made.tags = node.tags
    if dtype == "bool" and not integral:
        made.tags |= {"comparison"}
    return Tensor(made)


def dtype_of(value: Value | None) -> str | None:
    """ "int" or "float" for a dtype argument that can be read off, else None."""
    if isinstance(value, External):
        if value.dotted in _INTEGER_DTYPES:
            return "int"
        if value.dotted.startswith("torch.") and any(
            w in value.dotted for w in ("float", "double", "half", "Float")
        ):
            return "float"
    if isinstance(value, Const) and value.known and isinstance(value.value, str):
        text = value.value
        if text.endswith(("LongTensor", "IntTensor", "ByteTensor", "BoolTensor")) or text in (
            "int64",
            "int32",
            "long",
        ):
            return "int"
    return None
