"""Logarithms of what can be 0 or infinite: saturated probabilities, squares, densities, sums of exponentials.

A logarithm's slope is infinite at 0. Which values a loss must accept is read off the way its operand is made:
two equal tensors, a score of 200 under a sigmoid, a point far from every kernel. Of an arbitrary tensor
nothing is claimed.
"""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import padded
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.numbers.asked import found_above_zero
from chainrule.flow.numbers.exponentials import of_exponentials, overflows
from chainrule.flow.numbers.pairs import pairs_others
from chainrule.flow.numbers.raw_outputs import NEGATIVE, is_raw
from chainrule.flow.numbers.spectra import is_spectrum
from chainrule.flow.numbers.starts import starts_at_zero
from chainrule.flow.numbers.zeros import saturates, scales_a_zero, vanishes

_DIVISIONS = frozenset(("div", "true_divide", "divide"))
_SAMPLES = frozenset(("multinomial", "sample"))
_SHAPES = frozenset(("select", "neg", "unsqueeze", "squeeze", "view", "reshape", "flatten"))
_PICKS = (_SHAPES - {"neg"}) | {"gather", "index", "take_along_dim", "index_select"}


def check_log(interp: Interpreter, name: str, made: Node, operand: Node, at: ast.AST) -> None:
    """`log(operand)`, `log1p(operand)`."""
    if name == "log1p":
        if operand.bounds.low == -1 and operand.bounds.soft:
            interp.hazard(Cause.LOG_ZERO, at, made, operand)
        elif operand.op == "exp" and overflows(operand):
            interp.hazard(Cause.LOG_ZERO, at, made, operand, "overflow")
        return
    note = "zero" if starts_at_zero(interp, operand) else danger(operand)
    if note is None and operand.op == "relu":
        note = "relu"
    if note is None and is_raw(interp, operand):
        note = NEGATIVE
    if note in ("", "zero", NEGATIVE) and found_above_zero(interp, operand, at):
        return
    if note is not None and not (note == "zero" and pairs_others(interp, operand)):
        interp.hazard(Cause.LOG_ZERO, at, made, operand, note)


def danger(operand: Node) -> str | None:
    """Why the logarithm of `operand` is not finite; "" for a saturated probability."""
    if _is_drawn(operand) or padded(operand):
        return None
    if saturates(operand):  # the share of a density is 0 with the density
        return "underflow" if of_exponentials(operand) == "underflow" else ""
    if operand.bounds.low > 0:
        return of_exponentials(operand)
    if _is_gated(operand):
        return ""
    if _one_minus_probability(operand) or _is_mixture(operand):
        return ""
    if operand.op in _DIVISIONS and len(operand.edges) > 1:
        above, below = operand.edges[0][0], operand.edges[1][0]
        if saturates(above) or saturates(below) or _is_sum_of_shares(above):
            return ""
        if vanishes(above) or vanishes(below):
            return "zero"
    elif operand.op in _DIVISIONS and operand.edges:
        above = operand.edges[0][0]
        if _is_sum_of_shares(above):
            return ""
        if vanishes(above):
            return "zero"
    if vanishes(operand) or scales_a_zero(operand) or is_spectrum(operand):
        return "zero"
    shared = operand.op == "sum" and bool(operand.edges) and _is_share(operand.edges[0][0])
    if shared or _is_of_either(operand):
        return ""
    return of_exponentials(operand)


def _is_drawn(node: Node) -> bool:
    """Whether probabilities are selected by a sample: what has probability 0 is never drawn."""
    while node.op in _SHAPES and len(node.edges) == 1:
        node = node.edges[0][0]
    indices = [index for index, gate in node.edges if gate is not None and gate.cause is None]
    return any(each.op in _SAMPLES for index in indices for each in behind(index))


def _is_sum_of_shares(node: Node) -> bool:
    """`p.sum(0)`, which is divided to a mean: 0 where no row has a share of it."""
    return node.op == "sum" and bool(node.edges) and saturates(node.edges[0][0])


def _is_gated(node: Node) -> bool:
    """`sigmoid * amount`: 0 where the gate is closed."""
    while node.op in _SHAPES and node.op != "neg":
        node = node.edges[0][0]
    return node.op in ("mult", "mul") and node.bounds.low == 0 and any(saturates(p) for p, _ in node.edges)


def _is_mixture(node: Node) -> bool:
    """`g * p + (1 - g) * q` of saturated probabilities: what none of the parts allows has probability 0."""
    while node.op in _PICKS and node.edges:
        node = node.edges[0][0]
    if node.op != "add" or len(node.edges) != 2:
        return False
    terms = [[factor for factor, _ in term.edges] for term, _ in node.edges if term.op in ("mult", "mul")]
    return (
        len(terms) == 2
        and any(all(map(saturates, term)) for term in terms)
        and all(
            len(term) == 2 and all(saturates(factor) or _is_placed(factor) for factor in term)
            for term in terms
        )
    )


def _is_placed(node: Node) -> bool:
    """Whether probabilities are put at places of a tensor of zeros: elsewhere it is 0."""
    return node.op in ("scatter_add", "index_add", "scatter") and node.bounds.low == 0


def _is_share(node: Node) -> bool:
    """`softmax * mask`: what is left of it may all be 0."""
    if node.op not in ("mult", "mul") or len(node.edges) != 2:
        return False
    one, other = node.edges[0][0], node.edges[1][0]
    return any(
        saturates(part)
        and ("one-hot" in mask.tags or (mask.source is not None and mask.source.role == "target"))
        for part, mask in ((one, other), (other, one))
    )


def _is_of_either(node: Node) -> bool:
    """`y * p + (1 - y) * (1 - p)`: what a saturated probability `p` says of the label `y`."""
    if node.op != "add" or len(node.edges) != 2:
        return False
    terms = [[parent for parent, _ in term.edges] for term, _ in node.edges if term.op in ("mult", "mul")]
    return len(terms) == 2 and any(
        saturates(p) and saturates(q) and (_is_complement(p, q) or _is_complement(q, p))
        for p, y in _orders(terms[0])
        for q, z in _orders(terms[1])
        if _is_complement(y, z) or _is_complement(z, y)
    )


def _orders(pair: list[Node]) -> list[tuple[Node, Node]]:
    return [(pair[0], pair[1]), (pair[1], pair[0])] if len(pair) == 2 else []


def _is_complement(node: Node, other: Node) -> bool:
    """Whether `node` is `1 - other`."""
    return node.op == "sub" and len(node.edges) == 1 and node.edges[0][0] is other


def _one_minus_probability(node: Node) -> bool:
    """`1 - p` under a logarithm: `p` is a probability, and an argument may be exactly 1."""
    if node.op != "sub" or len(node.edges) != 1 or not isinstance(node.at, ast.BinOp):
        return False
    one = isinstance(node.at.left, ast.Constant) and node.at.left.value == 1
    inner = node.edges[0][0]
    while inner.op in _SHAPES and inner.op != "neg":
        inner = inner.edges[0][0]
    return one and inner.source is not None and inner.source.role not in ("parameter", "leaf", "setting")
