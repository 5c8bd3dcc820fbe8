"""Reading smoothed one-hot targets: which `label_smoothing` gives the same share to every class."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chainrule.fixes.calls import integer, number
from chainrule.fixes.usage import Scope, same

_TRIALS = (0.31, 0.77, 0.57)
"""Numbers that stand for what a text does not tell, when two expressions are compared."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """`amount` is the argument for `label_smoothing`, `count` what is taken for the number of classes."""

    amount: ast.expr
    count: ast.expr


def smoothing_of(scope: Scope, off: ast.expr, on: ast.expr) -> Smoothing | None:
    """The smoothing of a target with `on` at its class and `off` everywhere else; None where it is none.

    PyTorch gives `1 - e + e / C` and `e / C`; the paper's `1 - e` and `e / (C - 1)` are those of
    `e * C / (C - 1)`.
    """
    match scope.value_of(off):
        case ast.BinOp(left=share, op=ast.Div(), right=divisor):
            pass
        case _:
            return None
    divisor = scope.value_of(divisor)
    match divisor:
        case ast.BinOp(left=count, op=ast.Sub(), right=ast.Constant(value=1)):
            wanted = _minus(ast.Constant(1), share)
            amount: ast.expr = ast.BinOp(ast.BinOp(share, ast.Mult(), count), ast.Div(), divisor)
        case _:
            count, amount = divisor, share
            wanted = ast.BinOp(_minus(ast.Constant(1), share), ast.Add(), ast.BinOp(share, ast.Div(), count))
    return Smoothing(amount, count) if _equal(scope, on, wanted) else None


def counts_classes(scope: Scope, count: ast.expr, written: ast.expr | None) -> bool:
    """Whether an expression is the number of classes for certain: as `written`, or a tensor's size."""
    if written is not None and same(written, count):
        return True
    match scope.value_of(count):
        case (
            ast.Call(func=ast.Attribute(attr="size"), args=[dim])
            | ast.Subscript(value=ast.Attribute(attr="shape"), slice=dim)
        ):
            return integer(dim) in (1, -1)
        case _:
            return False


def is_one_minus(node: ast.expr, amount: ast.expr) -> bool:
    """Whether an expression is `1 - amount`, also of numbers."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            return same(right, amount)
        case ast.Constant(value=float() as kept):
            share = number(amount)
            return share is not None and abs(kept + share - 1) < 1e-9
        case _:
            return False


def _minus(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Sub(), right)


def _equal(scope: Scope, one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions have the same value, whatever their names stand for."""
    for trial in _TRIALS:
        known: dict[str, float] = {}
        first, second = _value(scope, one, known, trial), _value(scope, other, known, trial)
        if abs(first - second) > 1e-9:
            return False
    return True


def _value(scope: Scope, node: ast.expr, known: dict[str, float], trial: float) -> float:
    """The value of an arithmetic expression; what is no arithmetic gets a number of its own."""
    value = scope.value_of(node) if isinstance(node, ast.Name) else node
    if (literal := number(value)) is not None:
        return literal
    match value:
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(scope, left, known, trial), _value(scope, right, known, trial)
            match op:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case ast.Div() if other:
                    return one / other
                case _:
                    pass
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(scope, inner, known, trial)
        case _:
            pass
    return known.setdefault(ast.dump(value), trial + 1.37 * len(known))
