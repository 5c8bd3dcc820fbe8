"""Whether a function can train anything at all, by its decorators and by what it is handed and uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.roles import role_of
from chainrule.syntax import children

NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# Ways to a network's parameters, and what keeps a whole function from recording a graph.
_LEARNT = frozenset(("nn", "parameters", "named_parameters", "state_dict", "load_state_dict"))
_SWITCHES = frozenset(("no_grad", "inference_mode"))


def records_graph(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether no decorator keeps a whole function from recording a graph."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr in _SWITCHES:
            return False
    return True


def may_train(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function outside of classes is handed a network, or makes one."""
    spec = function.args
    taken = {each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg) if each}
    if any(role_of(name) == "callable" for name in taken):
        return True
    for node in own_nodes(function):
        if isinstance(node, ast.Attribute):
            if node.attr in _LEARNT or (isinstance(node.value, ast.Name) and node.value.id == "nn"):
                return True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in taken or node.func.id[:1].isupper():
                return True
    return False


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions in it."""
    pending = children(function)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, NESTED):
            pending += children(node)
