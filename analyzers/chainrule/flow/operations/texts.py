"""Numbers that are written down as text and read again: `float(f"{price:.2f}")`."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Seq, Value

_WRITERS = frozenset(("str", "repr", "format"))


def shown(interp: Interpreter, at: ast.AST) -> Value | None:
    """What the text shows that the call `at` reads a number from; None where it is no text made here."""
    text = at.args[0] if isinstance(at, ast.Call) and at.args else None
    parts: list[ast.expr] = []
    if isinstance(text, ast.JoinedStr):
        parts = [each.value for each in text.values if isinstance(each, ast.FormattedValue)]
    elif isinstance(text, ast.BinOp) and isinstance(text.op, ast.Mod):
        parts = [text.right] if isinstance(text.left, ast.Constant) else []
    elif isinstance(text, ast.Call):
        name = text.func.attr if isinstance(text.func, ast.Attribute) else getattr(text.func, "id", "")
        parts = list(text.args) if name in _WRITERS else []
    values = [interp.evaluate(part) for part in parts]
    return Seq(values) if interp.nodes(values) else None
