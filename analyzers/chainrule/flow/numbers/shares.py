"""Parts of a whole: `x / x.sum()` where all of it can be 0, and `p * log(p)` where a part can.

An entropy takes 0 * log(0) for 0; PyTorch computes NaN. The same holds for mean resistances, `1 / (1 / r)`:
the value at 0 is a limit that the intermediate infinities do not have in their derivative.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import equal, padded, same, unviewed
from chainrule.flow.core.graph import SATURATED, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.words import words
from chainrule.flow.numbers.domains import LOGS
from chainrule.flow.numbers.logarithms import danger
from chainrule.flow.numbers.precision import adds_nothing
from chainrule.flow.numbers.spectra import is_spectrum
from chainrule.flow.numbers.starts import is_never_zero
from chainrule.flow.numbers.zeros import vanishes

_DIVISIONS = frozenset(("div", "true_divide", "divide"))
_PRODUCTS = frozenset(("mult", "mul", "multiply"))
_TOTALS = frozenset(("sum", "amax", "max", "mean", "nansum"))
_INNER = _PRODUCTS | {"matmult", "matmul", "mm", "bmm", "einsum", "dot", "inner", "sum", "mean", "diagonal"}
_NORMS = frozenset(("norm", "vector_norm"))
# What leaves the elements of a tensor as they are.
_VIEWS = frozenset(
    """unsqueeze squeeze view reshape expand expand_as float double to contiguous clone transpose permute
    keepdim""".split()
)
# What is near 0 like its operand: `sin(t) / t` of an angle.
_LIKE_ITSELF = frozenset(("sin", "tan", "sinh", "tanh", "expm1", "log1p", "atan"))
# What a sum of reciprocals goes through.
_SCALES = _VIEWS | {"sum", "mean", "add", "mult", "mul", "div", "select", "cumsum", "reciprocal", "pow"}
# Arguments that say how likely something is.
_PROBABLE = frozenset(
    "p q prob probs probability probabilities attn attention alpha alphas pi posterior posteriors".split()
)


def vanishing_whole(above: Node, below: Node) -> bool:
    """Whether `above / below` divides a tensor by its own sum, maximum or length, which can be 0."""
    feared = False
    while below.edges and (below.op in _VIEWS or adds_nothing(below)):
        feared = feared or below.op not in _VIEWS
        below = below.edges[0][0]
    below = unviewed(below)
    if below.bounds.low != 0 or not below.edges:
        return False
    if below.op == "sqrt" and below.bounds.soft:
        return _is_length_of_shut_off(above, below)
    part = below.edges[0][0]
    if below.op == "std":
        return _is_centred(above, part)
    if below.op in _TOTALS:
        part = unviewed(_masked(part))
        return _is_measure(part) and _same(above, part)
    if above.op in _LIKE_ITSELF and above.edges and above.edges[0][0] is below:
        return not below.bounds.soft
    return (
        below.op in _NORMS
        and below.kind == "tensor"
        and _same(above, part)
        and (feared or _can_be_zero(part))
    )


def of_cosine(above: Node, below: Node) -> str | None:
    """The note of `(a * b).sum() / (a.norm() * b.norm())` where `a` can be 0: a difference, behind a relu."""
    if below.bounds.low != 0:
        return None
    lengths = [each for each in _inside(below, _PRODUCTS | _VIEWS) if each.op in _NORMS and each.edges]
    parts = [length.edges[0][0] for length in lengths if length.kind == "tensor"]
    inner = list(_inside(above, _INNER))
    for part in parts:
        difference = part.op == "sub" and len(part.edges) == 2
        if (difference or is_shut_off(part)) and any(_same(each, part) for each in inner):
            return "lengths" if difference else "whole"
    return None


def _inside(node: Node, through: frozenset[str]) -> Iterator[Node]:
    """`node` and what it is made of through these operators."""
    pending = [node]
    for _ in range(12):
        if not pending:
            return
        each = pending.pop()
        yield each
        if each.op in through:
            pending.extend(parent for parent, gate in each.edges if gate is None)


def _masked(part: Node) -> Node:
    """`x` of `x * (1 - torch.eye(n))`: some of its elements count, and those can be 0 as well."""
    if part.op in ("mult", "mul") and len(part.edges) == 2:
        for (one, _), (mask, _) in (part.edges, part.edges[::-1]):
            given = all(each.source is None and not each.is_opaque for each in behind(mask))
            if given and mask.bounds.low == 0 and mask.bounds.high == 1:
                return one
    return part


def _is_measure(part: Node) -> bool:
    """Whether all of it can be 0, and it is no mask, the sum of which is a count."""
    if part.bounds.low != 0 or part.bounds.soft == SATURATED or is_spectrum(part):
        return False
    return part.bounds.high > 1 or vanishes(part)


def _is_length_of_shut_off(above: Node, below: Node) -> bool:
    """`w / w.pow(2).sum().sqrt()` of what a relu leaves: the NaN stops there, but the loss is NaN."""
    total = below.edges[0][0]
    square = total.edges[0][0] if total.op in ("sum", "mean") and total.edges else total
    if square.op not in ("pow", "square") or not square.edges or not is_shut_off(square.edges[0][0]):
        return False
    part = square.edges[0][0]
    return _same(above, part) or (above.op in ("sum", "mean") and _same(above.edges[0][0], part))


def is_moment(above: Node, below: Node) -> bool:
    """`m3 / m2 ** 1.5`: moments of what its own mean was taken from, 0 where all values are equal."""
    if below.bounds.low != 0:
        return False
    if below.op == "pow" and "fractional" not in below.tags and below.edges:
        below = below.edges[0][0]
    if below.op not in ("mean", "sum") or not below.edges or below.edges[0][0].op not in ("pow", "square"):
        return False
    centred = below.edges[0][0].edges[0][0]
    return (
        centred.op == "sub"
        and len(centred.edges) == 2
        and _is_centred(centred, centred.edges[0][0])
        and any(each is centred for each in behind(above))
    )


def is_trade_off(above: Node, below: Node) -> bool:
    """`v / (1 - iou + v)` of a square `v`: both are 0 where a prediction is right."""
    if below.op != "add" or len(below.edges) != 2 or above.bounds.low != 0 or above.bounds.soft:
        return False
    one, other = below.edges[0][0], below.edges[1][0]
    for rest, same_one in ((one, other), (other, one)):
        at = rest.at
        if rest.op != "sub" or len(rest.edges) != 1 or not isinstance(at, ast.BinOp):
            continue
        if isinstance(at.left, ast.Constant) and at.left.value == 1 and _same(above, same_one):
            return True
    return False


def check_entropy(interp: Interpreter, made: Node, one: Node, other: Node) -> None:
    """`p * log(p)`, `p * (log(p) - log(q))` where `p` can be exactly 0."""
    for part, rest in ((one, other), (other, one)):
        if _is_probability(part) or (part.bounds.low == 0 and not is_never_zero(interp, part)):
            for log in _logarithms(rest, 3):
                operand = log.edges[0][0]
                divided = (
                    operand.op in _DIVISIONS and bool(operand.edges) and _same(operand.edges[0][0], part)
                )
                if (divided or _same(operand, part)) and danger(operand) is None and not padded(part):
                    interp.hazard(Cause.LOG_ZERO, log.at, made, part, "entropy")


def check_harmonic(interp: Interpreter, made: Node, below: Node, at: ast.AST) -> bool:
    """`1 / sum(1 / r)` of an `r` that is a square or a magnitude; whether it was told."""
    for inner in _reciprocals(below):
        operand = inner.edges[0][0]
        if operand.bounds.low == 0 and not operand.bounds.soft and not padded(operand):
            interp.hazard(Cause.DIVISION, at, made, operand, "harmonic")
            return True
    return False


def _reciprocals(node: Node) -> Iterator[Node]:
    """The `1 / r` that `node` adds up."""
    pending = [(node, 0)]
    while pending:
        current, depth = pending.pop()
        if depth and _is_reciprocal(current):
            yield current
        elif depth < 6 and current.op in _SCALES:
            pending.extend((parent, depth + 1) for parent, gate in current.edges if gate is None)
    if _is_reciprocal(node):
        yield node


def _is_reciprocal(node: Node) -> bool:
    """`1 / x`, `x.reciprocal()`, `x ** -1`."""
    if len(node.edges) != 1:
        return False
    at = node.at
    if node.op == "reciprocal":
        return True
    if node.op == "div" and isinstance(at, ast.BinOp):
        return isinstance(at.left, ast.Constant)
    return node.op == "pow" and "inverse" in node.tags


def is_shut_off(node: Node) -> bool:
    """Whether `node` is what a relu leaves: exactly 0 for every second score."""
    while node.op in _VIEWS and node.edges:
        node = node.edges[0][0]
    return node.op in ("relu", "relu_") and node.bounds.low == 0


def _logarithms(node: Node, depth: int) -> Iterator[Node]:
    """The logarithms in a sum or difference of some."""
    if node.op in LOGS and node.edges:
        yield node
    elif node.op in ("sub", "add", "neg", "mult", *_VIEWS) and depth:
        for parent, gate in node.edges:
            if gate is None:
                yield from _logarithms(parent, depth - 1)


def _is_centred(above: Node, part: Node) -> bool:
    """`x - x.mean()`, over `x.std()`: both are 0 where all values are equal."""
    if above.op != "sub" or len(above.edges) != 2:
        return False
    mean = above.edges[1][0]
    averaged = mean.edges[0][0] if mean.op == "mean" and mean.edges else None
    return averaged is not None and _same(above.edges[0][0], part) and _same(averaged, part)


def _same(left: Node, right: Node) -> bool:
    return same(left, right) or equal(left, right)


def _is_probability(node: Node) -> bool:
    """An argument that is called one: the loss must accept a 0 in it."""
    source = node.source
    return source is not None and source.role == "prediction" and not _PROBABLE.isdisjoint(words(source.name))


def _can_be_zero(node: Node) -> bool:
    """Whether all of a vector is 0 for ordinary data: a difference of two tensors, what a relu shut off."""
    if node.op == "sub":
        return len(node.edges) == 2
    return node.bounds.low == 0
