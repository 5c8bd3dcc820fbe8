"""Functions whose results are figures to print, by how their own file calls them.

`delta1(pred, gt).item()` under `no_grad` beside a loss that is trained: nobody waits for its gradient.
"""

from __future__ import annotations

import ast

from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Module
from chainrule.flow.core.trace import Root
from chainrule.syntax import Block, children, parse_block

_OFF = ("no_grad", "inference_mode")
_NUMBERS = frozenset(("item", "tolist"))
_CONVERTERS = frozenset(("float", "int", "round"))


def only_a_figure(module: Module, root: Root) -> bool:
    """Whether every call of `root`, a function that no name calls a loss, wants nothing but its number.

    Calls under no_grad do; where the file trains something else, so do those whose result becomes a Python
    number at once.
    """
    if root.kind is not Kind.NEUTRAL or root.owner is not None or "backward(" not in module.text:
        return False
    name = root.name
    mentions = module.text.count(name)
    if mentions < 2 or root.name not in module.bindings:
        return False
    called = 0
    for block in module.blocks:
        if block is root.block or name not in block.text:
            continue
        named, figures = _uses(block, name)
        if named != figures:
            return False
        called += figures
    return called > 0


def _uses(block: Block, name: str) -> tuple[int, int]:
    """How often `name` stands in a block, and how often as a call that wants a number."""
    key = f"uses of {name}"
    known = block.notes.get(key)
    if not isinstance(known, tuple):
        known = block.notes[key] = _counted(block, name)
    return known


def _counted(block: Block, name: str) -> tuple[int, int]:
    named = figures = 0
    pending: list[tuple[ast.AST, bool]] = [(parse_block(block), False)]
    while pending:
        node, wanted = pending.pop()
        if isinstance(node, ast.Name) and node.id == name:
            named += 1
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            wanted = wanted or any(_switches_off(item.context_expr) for item in node.items)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            wanted = any(map(_switches_off, node.decorator_list))
        elif isinstance(node, ast.Call):
            func = node.func
            if isinstance(func, ast.Name) and func.id == name:
                figures += wanted
            elif isinstance(func, ast.Attribute) and func.attr in _NUMBERS:
                figures += not wanted and _calls(func.value, name)
            elif isinstance(func, ast.Name) and func.id in _CONVERTERS and node.args:
                figures += not wanted and _calls(node.args[0], name)
        pending.extend((child, wanted) for child in children(node))
    return named, figures


def _calls(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _switches_off(context: ast.expr) -> bool:
    """Whether a context or a decorator is `torch.no_grad()`, with or without its parentheses."""
    made = context.func if isinstance(context, ast.Call) else context
    return (made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")) in _OFF
