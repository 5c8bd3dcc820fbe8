"""Roots and logarithms that run only where an `if` has found their operand above 0."""

from __future__ import annotations

import ast

from chainrule.flow.core.conditions import same, tested
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.syntax import walk_tree

_READS = frozenset(("item", "float", "detach", "data", "number", "cpu"))
_ABOVE = (ast.Gt, ast.GtE, ast.NotEq)
_BELOW = (ast.Lt, ast.LtE, ast.Eq)


def found_above_zero(interp: Interpreter, operand: Node, at: ast.AST) -> bool:
    """Whether `at` runs under an `if` that asks about `operand` itself, on the side where it is not 0."""
    for frame in interp.frames:
        if any(_asks(condition, operand) for condition in frame.asked):
            return True
        for condition, test in frame.controls:
            if condition is not None and _asks(condition, operand):
                wanted = _side_above(test)
                if wanted is None or _side_of(frame.function, test, at) in (wanted, None):
                    return True
    return False


def _asks(condition: Node, operand: Node) -> bool:
    for node, _ in tested(condition):
        while node.op in _READS and node.edges and not same(node, operand):
            node = node.edges[0][0]
        if same(node, operand):
            return True
    return False


def _side_above(test: ast.AST) -> bool | None:
    """On which side of `test` what it asks about is above 0: `x > c`, `x == 0`; None if it does not say."""
    for each in walk_tree(test):
        if isinstance(each, ast.Compare) and len(each.ops) == 1:
            op = each.ops[0]
            number_first = isinstance(each.left, ast.Constant)
            if isinstance(op, (ast.Eq, ast.NotEq)):
                return isinstance(op, ast.NotEq)
            if isinstance(op, _ABOVE + _BELOW):
                return isinstance(op, _ABOVE) != number_first
    return None


def _side_of(function: ast.AST | None, test: ast.AST, at: ast.AST) -> bool | None:
    """Whether `at` stands where `test` holds; None where it is run from somewhere else."""
    for each in walk_tree(function) if function is not None else ():
        if isinstance(each, (ast.If, ast.IfExp)) and each.test is test:
            body = each.body if isinstance(each, ast.If) else [each.body]
            if any(part is at for statement in body for part in walk_tree(statement)):
                return True
            assert function is not None
            return False if any(part is at for part in walk_tree(function)) else None
    return None
