"""autograd used inside of an autograd.Function's `backward`, where nothing is recorded."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.values import Class
from chainrule.flow.effects.faults import Fault
from chainrule.flow.effects.function_runs import Method
from chainrule.syntax import walk_tree


def recorded_in_backward(cls: Class, backward: Method) -> list[Fault]:
    """autograd used inside backward, where gradients are off unless they are switched on."""
    for node in walk_tree(backward):
        if not isinstance(node, ast.Call):
            continue
        dotted = cls.module.names.resolve(node.func)
        method = isinstance(node.func, ast.Attribute) and node.func.attr == "backward" and not dotted
        method = method and len(node.args) <= 1 and not ast.unparse(node.func).startswith("_")
        if dotted == "torch.autograd.grad" or (method and not _is_super(node.func)):
            if _records(cls, backward):
                return []
            unused = any(each.arg == "allow_unused" for each in node.keywords)
            happens = "gives None or raises" if unused else "raises"
            text = f"gradients are off in `backward`: this {happens} outside of `with torch.enable_grad():`"
            return [Fault(Cause.FUNCTION_GRAD_MODE, node, text)]
    return []


def _records(cls: Class, backward: Method) -> bool:
    """Whether gradients are on somewhere in `backward`, or were for the graph that it goes through."""
    for node in walk_tree(backward):
        if isinstance(node, ast.With) and any(
            "enable_grad" in ast.unparse(i.context_expr) for i in node.items
        ):
            return True
        if isinstance(node, ast.Call) and "set_grad_enabled" in ast.unparse(node.func):
            return True
    if any("enable_grad" in ast.unparse(decorator) for decorator in backward.decorator_list):
        return True
    forward = cls.methods.get("forward")
    return forward is not None and "enable_grad" in ast.unparse(forward)


def _is_super(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and not isinstance(
        func.value, (ast.Name, ast.Call, ast.Attribute, ast.BinOp)
    )
