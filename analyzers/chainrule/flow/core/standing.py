"""Where a value is computed, seen from the function that runs now."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.state import State
from chainrule.flow.core.values import Tensor
from chainrule.syntax import Block, parse_block


def stands_here(run: State, node: Node) -> bool:
    """Whether `node` is computed by the running function itself, or by one that is defined in it."""
    function = run.frame.function
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return not _defines(node.block)  # the statements of the module
    line = getattr(node.at, "lineno", function.lineno)
    last = function.end_lineno or function.lineno
    return node.block is run.frame.block and function.lineno <= line <= last


def was_given(run: State, node: Node) -> bool:
    """Whether what the running function was given is made of `node`."""
    function = run.frame.function
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    arguments = function.args
    values = (
        run.frame.scope.names.get(each.arg)
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    )
    return any(each is node for value in values if isinstance(value, Tensor) for each in behind(value.node))


def _defines(block: Block) -> bool:
    return any(
        isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        for each in parse_block(block).body
    )
