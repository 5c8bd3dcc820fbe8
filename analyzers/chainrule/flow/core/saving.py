"""The memory that backward formulas read."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node, Saved
from chainrule.flow.core.values import Const, Tensor, Value


def saved(tensor: Tensor, needed_by: Node | None = None) -> Saved:
    """`tensor`'s memory as it is now."""
    return Saved(tensor.storage, tensor.storage.state["version"], needed_by)


def save_operands(op: ast.operator, made: Node, left: Value, right: Value) -> None:
    """What the backward of an arithmetic operator reads."""
    keep: list[Saved] = []
    if isinstance(op, (ast.Mult, ast.MatMult)):
        if isinstance(left, Tensor) and isinstance(right, Tensor):
            keep = [saved(left, right.node), saved(right, left.node)]
    elif isinstance(op, ast.Div):
        if isinstance(right, Tensor):
            keep = [saved(right)]
            if isinstance(left, Tensor):
                keep.append(saved(left, right.node))
    elif isinstance(op, ast.Pow) and isinstance(left, Tensor):
        if not (isinstance(right, Const) and right.value == 1):
            keep = [saved(left)]
        if isinstance(right, Tensor):
            keep.append(saved(right))
    made.saved = tuple(keep)
