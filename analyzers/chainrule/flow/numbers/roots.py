"""Roots and fractional powers of what is 0 where a prediction is right, or a vector is short."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import padded, zero_replaced
from chainrule.flow.core.graph import STOPPED, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import STRONG
from chainrule.flow.numbers.asked import found_above_zero
from chainrule.flow.numbers.divisors import counts_classes
from chainrule.flow.numbers.domains import UNEVEN
from chainrule.flow.numbers.pairs import paired_with_itself, pairs_others
from chainrule.flow.numbers.precision import kind_of
from chainrule.flow.numbers.raw_outputs import NEGATIVE, is_raw
from chainrule.flow.numbers.shares import check_harmonic
from chainrule.flow.numbers.starts import starts_at_zero
from chainrule.flow.numbers.zeros import saturates, scales_a_zero

_CLAMPS = frozenset(("clamp", "clip", "clamp_", "clamp_min", "clamp_max", "minimum", "min"))
_PRODUCTS = frozenset(("mult", "mul", "matmult", "matmul", "bmm", "mm", "einsum", "dot", "inner", "bilinear"))
_QUOTIENTS = frozenset(("div", "divide", "mult", "mul"))
# What leaves the elements of a vector as they are, up to their order.
_MOVES = frozenset(
    """sum squeeze unsqueeze select view reshape flatten t T mT transpose permute diagonal diag contiguous
    clone float to double""".split()
)
_AVERAGES = frozenset(("mean", "sum", "avg_pool2d", "avg_pool1d", "conv2d", "conv1d", "div", "mult"))
_SOME_ROOT = 1 / 3
_SQUARES = frozenset(("pow", "square", "mult"))


def check_root(interp: Interpreter, made: Node, operand: Node, at: ast.AST) -> None:
    """`sqrt(operand)`, `operand ** 0.5` and their inverses."""
    if starts_at_zero(interp, operand):
        dangerous = True
    elif operand.bounds.low == 0:
        kept_off = padded(operand) or zero_replaced(operand) or _is_of_shifted(operand)
        dangerous = operand.bounds.soft < STOPPED and not kept_off
    else:
        dangerous = (
            _has_saturated_factor(operand)
            or _cosine_to_sine(operand)
            or _is_quadratic_form(operand)
            or _is_variance(operand)
            or scales_a_zero(operand)
        )
    if is_raw(interp, operand) and not found_above_zero(interp, operand, at):
        interp.hazard(Cause.SQRT_ZERO, at, made, operand, NEGATIVE)
        return
    dangerous = dangerous or _spoils_factor(operand)
    if dangerous and not pairs_others(interp, operand) and not found_above_zero(interp, operand, at):
        interp.hazard(Cause.SQRT_ZERO, at, made, operand, kind_of(operand))


def check_power(interp: Interpreter, made: Node, base: Node, exponent: object, at: ast.AST) -> None:
    """`base ** exponent` with an exponent between 0 and 1."""
    if exponent is None and _takes_root(at):
        exponent = _SOME_ROOT
    if not isinstance(exponent, (int, float)):
        return
    if exponent == -1:
        made.tags |= {"inverse"}
        check_harmonic(interp, made, base, at)
    if exponent < 0 and base.bounds.low == 0 and paired_with_itself(base):
        interp.hazard(Cause.DIVISION, at, made, base, "pairs")
    elif exponent < 0 and counts_classes(base):
        made.tags |= {"reciprocal"}
    elif exponent > 0 and "class-count" in base.tags:
        made.tags |= {"class-count"}
    if exponent % 1:
        made.tags |= UNEVEN
    if exponent < 1:
        made.tags |= {"fractional"}
    if abs(exponent) == 0.5:
        check_root(interp, made, base, at)
    elif 0 < exponent < 1 and _spoils_factor(base):
        interp.hazard(Cause.POW_ZERO, at, made, base)
    elif 0 < exponent < 1 and base.bounds.low <= 0 and base.bounds.soft < STOPPED:
        # Negative numbers are what makes an unknown base a hazard, and those have complex powers.
        if (
            not _shifted(base)
            and not found_above_zero(interp, base, at)
            and all(each.op != "complex" for each in behind(base))
        ):
            interp.hazard(Cause.POW_ZERO, at, made, base)


def _takes_root(at: ast.AST) -> bool:
    """`product ** (1 / len(scores))`: a root, whatever the number turns out to be."""
    given = at.right if isinstance(at, ast.BinOp) else None
    if isinstance(at, ast.Call):
        named = [each.value for each in at.keywords if each.arg == "exponent"]
        given = next(iter([*named, *at.args[-1:]]), None)
    if not isinstance(given, ast.BinOp) or not isinstance(given.op, ast.Div):
        return False
    return isinstance(given.left, ast.Constant) and given.left.value == 1


def _is_of_shifted(node: Node) -> bool:
    """`((a - b + eps) ** 2).sum()`: where `a` and `b` are equal, `eps` remains."""
    while node.op in _MOVES | _AVERAGES and len(node.edges) == 1 and node.op not in _SQUARES:
        node = node.edges[0][0]
    if node.op not in _SQUARES or not node.edges:
        return False
    base = node.edges[0][0]
    shifted = base.op == "add" and "by-number" in base.tags and len(base.edges) == 1
    return shifted and base.edges[0][0].op == "sub" and len(base.edges[0][0].edges) == 2


def _shifted(node: Node) -> bool:
    """`1 - score + eps`: what a number or a setting was added to as a guard."""
    if node.op != "add" or not node.edges:
        return False
    settings = [p for p, _ in node.edges if p.source is not None and p.source.role == "setting"]
    return len(node.edges) - len(settings) == 1


def check_learnt_power(interp: Interpreter, made: Node, base: Node, exponent: Node, at: ast.AST) -> None:
    """`base ** (1 / p)` of a `p` that is no number; a learnt exponent that starts below 1."""
    if any(each.source is not None and each.source.role in STRONG for each in behind(exponent)):
        made.tags |= UNEVEN
    begun = interp.starts.get(exponent)
    fraction = exponent.op in ("div", "reciprocal") and len(exponent.edges) == 1
    if (
        (fraction or (begun is not None and begun.low > 0 and begun.high < 1))
        and base.bounds.low == 0
        and (base.bounds.soft < STOPPED or _was_raised(interp, base, exponent))
    ):
        interp.hazard(Cause.POW_ZERO, at, made, base)


def _was_raised(interp: Interpreter, base: Node, exponent: Node) -> bool:
    """`relu(x) ** p`, then to the power `1 / p`: its slope at 0 is 0 before the relu, if `p` is above 1."""
    learnt = {id(each) for each in behind(exponent) if each.source is not None}
    for each in behind(base):
        if each.op == "pow" and len(each.edges) == 2 and id(each.edges[1][0]) in learnt:
            begun = interp.starts.get(each.edges[1][0])
            return each.edges[0][0].bounds.low == 0 and (begun is None or begun.low > 1)
    return False


def inside(node: Node) -> bool:
    """Whether ±1 is out of reach: clamped or scaled to less, or bounds that cannot be read off."""
    low, high = node.bounds.low, node.bounds.high
    if low > -1 and high < 1:
        return True
    if node.op in _CLAMPS and not (low == -1 or high == 1):
        return True
    return node.op in ("sin", "cos", "where") or "asked" in node.tags


def _has_saturated_factor(node: Node) -> bool:
    """`softmax * q`, `x.clamp(min=0) * y`: 0 where one factor is, whatever the other."""
    return node.op in ("mult", "mul") and any(
        saturates(parent) or (parent.bounds.low == 0 and not parent.bounds.soft and parent.op in _CLAMPS)
        for parent, _ in node.edges
    )


def _cosine_to_sine(node: Node) -> bool:
    """`1 - c ** 2` of a cosine that can be 1: its root is a sine."""
    if node.op != "sub" or len(node.edges) != 1 or node.bounds.high != 1:
        return False
    square = node.edges[0][0]
    if square.op not in _SQUARES or len(square.edges) != 1 or square.bounds.low != 0:
        return False
    base = square.edges[0][0]
    return not inside(base) and base.kind == "tensor"


def _spoils_factor(node: Node) -> bool:
    """`relu(x) / y`: where the relu is off, the infinite slope stops at it and reaches `y` times 0."""
    if node.op not in _QUOTIENTS or len(node.edges) != 2:
        return False
    one, other = node.edges[0][0], node.edges[1][0]
    pairs = ((one, other),) if node.op.startswith("div") else ((one, other), (other, one))
    return any(
        off.op in ("relu", "relu_") and off.bounds.low == 0 and any(n.source for n in behind(scale))
        for off, scale in pairs
    )


def _is_quadratic_form(node: Node) -> bool:
    """`d @ P @ d` of a difference `d`: a squared distance, whatever the metric `P`."""
    while node.op in _MOVES and node.edges:
        node = node.edges[0][0]
    if node.op not in _PRODUCTS:
        return False
    differences = [id(each) for each in _vectors(node, 5) if each.op == "sub" and len(each.edges) == 2]
    return len(differences) > len(set(differences))


def _vectors(node: Node, depth: int) -> Iterator[Node]:
    """What is multiplied in a product of vectors and matrices, each as often as it is."""
    if (node.op in _PRODUCTS or node.op in _MOVES) and depth:
        for parent, _ in node.edges:
            yield from _vectors(parent, depth - 1)
    else:
        yield node


def _is_variance(node: Node) -> bool:
    """`mean(x ** 2) - mean(x) ** 2`: 0 where `x` is the same everywhere."""
    if node.op != "sub" or len(node.edges) != 2:
        return False
    squares, square = node.edges[0][0], node.edges[1][0]
    if square.op not in _SQUARES or square.bounds.low != 0 or not square.edges:
        return False
    below = {id(each) for each in behind(square) if each.source is not None}
    return any(each.op in _SQUARES and each.bounds.low == 0 for each in _averaged(squares)) and any(
        id(each) in below for each in behind(squares)
    )


def _averaged(node: Node) -> Iterator[Node]:
    yield node
    if (
        node.op in ("mean", "sum", "avg_pool2d", "avg_pool1d", "conv2d", "conv1d", "div", "mult")
        and node.edges
    ):
        yield from _averaged(node.edges[0][0])
