"""Logarithms of what can be 0 or infinite: saturated probabilities, squares, densities, sums of exponentials.

A logarithm's slope is infinite at 0. Which values a loss must accept is read off the way its operand is made:
two equal tensors, a score of 200 under a sigmoid, a point far from every kernel. Of an arbitrary tensor
nothing is claimed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.bounds import INF, LOSSES, UNIT
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import chain, padded
from chainrule.flow.core.graph import SATURATED, Node, behind, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.words import words
from chainrule.flow.numbers.asked import found_above_zero
from chainrule.flow.numbers.pairs import pairs_others
from chainrule.flow.numbers.starts import starts_at_zero

LOGS = frozenset(("log", "log2", "log10"))
LENGTHS = frozenset(("norm", "vector_norm"))
_GREATER = frozenset(("max", "maximum"))
_DIVISIONS = frozenset(("div", "true_divide", "divide"))
# What moves, adds or scales values: a sum of zeros is 0, one of infinities infinite.
_CARRIES = frozenset(
    """sum mean mult mul div add sub select index gather squeeze unsqueeze reshape view flatten float to
    amax max amin min permute transpose matmul matmult mm bmm einsum prod cumsum stack cat diagonal diag
    expand iadd imult idiv clone contiguous""".split()
)
# What is exactly 0 where a prediction is right.
_ZEROES = LOSSES | {"pow", "square", "abs", "clamp", "clip", "clamp_min", "max", "maximum", *LENGTHS}
_SIZES = LENGTHS | {"abs", "pow"}
_SQUARES = frozenset(("mult", "mul", "einsum", "dot", "vdot", "inner"))
# Names of what may be any number; `logvar` and `sim` are known to be small.
_SCORES = frozenset(
    """logit logits score scores risk risks energy x input inputs out output outputs pred preds prediction
    predictions""".split()
)
_SCALES = frozenset(("mult", "mul", "div"))
_SAMPLES = frozenset(("multinomial", "sample"))
_EXTREMES = frozenset(("amax", "max", "amin", "min", "logsumexp", "cummax"))
_ADDS = frozenset(("sum", "mean", "squeeze", "unsqueeze", "view", "reshape", "flatten", "transpose"))
_WEIGHTED = frozenset(("mult", "mul", "matmult", "matmul", "mm", "bmm", "einsum"))
_ROUNDS = 4
_SHAPES = frozenset(("select", "neg", "unsqueeze", "squeeze", "view", "reshape", "flatten"))
_PICKS = (_SHAPES - {"neg"}) | {"gather", "index", "take_along_dim", "index_select"}


def check_log(interp: Interpreter, name: str, made: Node, operand: Node, at: ast.AST) -> None:
    """`log(operand)`, `log1p(operand)`."""
    if name == "log1p":
        if operand.bounds.low == -1 and operand.bounds.soft:
            interp.hazard(Cause.LOG_ZERO, at, made, operand)
        elif operand.op == "exp" and _overflows(operand):
            interp.hazard(Cause.LOG_ZERO, at, made, operand, "overflow")
        return
    note = "zero" if starts_at_zero(interp, operand) else danger(operand)
    if note is None and operand.op == "relu":
        note = "relu"
    if note in ("", "zero") and found_above_zero(interp, operand, at):
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
    if vanishes(operand) or scales_a_zero(operand):
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


def saturates(node: Node) -> bool:
    """Whether an exact zero of `node` comes from a saturated softmax, sigmoid or tanh."""
    return node.bounds.low == 0 and node.bounds.soft == SATURATED


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
    return all(
        term.op in ("mult", "mul") and len(term.edges) == 2 and all(saturates(p) for p, _ in term.edges)
        for term, _ in node.edges
    )


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


def vanishes(node: Node, depth: int = 8, of_errors: bool = True) -> bool:
    """Whether `node` is exactly 0 where tensors are 0 or (`of_errors`) equal, or nothing overlaps.

    What is 0 there comes from something that is; the bounds say through which operators that goes.
    """
    if node.bounds.low != 0 or node.bounds.soft or not depth:
        return False
    if node.edges and node.op in _ZEROES and _is_zero_with(node, node.edges[0][0], of_errors):
        return True
    if node.op == "sub" and len(node.edges) == 1:
        return of_errors and any(each.bounds is UNIT for each in chain(node.edges[0][0], _ROUNDS))
    if of_errors and ("range" in node.tags or _is_square(node)):
        return True
    return any(vanishes(parent, depth - 1, of_errors) for parent, gate in node.edges if not gate)


def _is_zero_with(node: Node, inner: Node, of_errors: bool) -> bool:
    """Whether a size, a loss or a clamp is 0 for ordinary data, made of `inner`."""
    if not of_errors:
        return node.op in ("abs", "pow", "square") and inner.source is not None
    if node.op in _SIZES:
        # The size of an argument itself is the scale of a flow, which is not 0.
        return _can_be_zero(inner) and (node.op == "pow" or inner.source is None)
    return node.op not in _GREATER or any(part.bounds.high == 0 for part, _ in node.edges)


def _is_square(node: Node) -> bool:
    """`x * x`, `(d * d).sum()`, `einsum("ij,ij->i", d, d)`: none below 0, though its factors may be."""
    if node.op in ("mult", "mul") and len(node.edges) == 1 and "by-number" not in node.tags:
        return True
    factors = [parent for parent, _ in node.edges]
    return node.op in _SQUARES and all(each.bounds.low < 0 and _can_be_zero(each) for each in factors)


def scales_a_zero(node: Node) -> bool:
    """`(w * (x - y) ** 2).sum()`, `bands @ power`: 0 where `x` is `y`, whatever sign the weights may have."""
    for _ in range(_ROUNDS):
        if node.op not in _ADDS or len(node.edges) != 1:
            break
        node = node.edges[0][0]
    if node.op not in _WEIGHTED or len(node.edges) != 2 or node.bounds.low >= 0:
        return False
    one, other = node.edges[0][0], node.edges[1][0]
    return vanishes(one) != vanishes(other)


def _can_be_zero(node: Node) -> bool:
    """Whether 0 is an ordinary value: of a difference of tensors, of an argument, of a spectrum."""
    if node.op in ("sub", "source", "rfft", "fft", "stft", "rfft2", "fft2"):
        return "by-number" not in node.tags
    return node.op in (
        "select",
        "index",
        "mean",
        "sum",
        "add",
        "real",
        "imag",
        "view_as_real",
        "abs",
    ) and any(_can_be_zero(parent) for parent, gate in node.edges if gate is None)


def of_exponentials(node: Node) -> str | None:
    """Sums of `exp`: of raw scores they overflow, of distances to something else all terms underflow."""
    for each, guarded in _terms(node, 6):
        if each.op == "exp" and each.edges:
            if not guarded and _underflows(each):
                return "underflow"
            if _overflows(each):
                return "overflow"
    return None


def _terms(node: Node, depth: int) -> Iterator[tuple[Node, bool]]:
    """What `node` adds up and scales; and whether a number was added to it, as a guard or as `1 + exp(x)`."""
    pending = [(node, False, 0)]
    count = 0
    while pending and count < 40:
        current, padded, level = pending.pop()
        count += 1
        yield current, padded
        if level < depth and current.op in _CARRIES:
            padded = padded or (current.op == "add" and len(current.edges) == 1)
            pending.extend((parent, padded, level + 1) for parent, gate in current.edges if gate is None)


def _underflows(exponential: Node) -> bool:
    """`exp(-d ** 2)` of a distance between two things, or the density `exp(log_prob)`."""
    exponent = exponential.edges[0][0]
    if exponent.op in ("log_prob", "neg", "sub", "add", "mult", "div", "sum") and any(
        each.op == "log_prob" for each, _ in _terms(exponent, 4)
    ):
        return True
    return any(_is_distance(part) for part in _falling(exponent, 1, 5))


def _is_distance(node: Node) -> bool:
    """Whether it is made of how far two things are apart, without bounds."""
    below = list(walk(node, _before_layers))
    if any(each.op in ("normalize", "cosine_similarity", "sigmoid", "softmax", "tanh") for each in below):
        return False
    return any(_apart(each) for each in below)


def _before_layers(node: Node) -> list[Node]:
    """What `node` is made of, up to the layers of a network, whose results have no bounds."""
    return [] if "module-call" in node.tags else [parent for parent, _ in node.edges]


def _falling(exponent: Node, sign: int, depth: int) -> Iterator[Node]:
    """What makes a sum fall below every bound: a part that is never positive, whatever is added to it."""
    if (exponent.bounds.high <= 0) if sign > 0 else (exponent.bounds.low >= 0):
        yield exponent
    elif any(each.op in _EXTREMES for each in walk(exponent, lambda node: [part for part, _ in node.edges])):
        return  # `d - d.amin().detach()`: one of them is 0
    elif depth and (exponent.op in ("add", "sub") or (exponent.op in _SCALES and len(exponent.edges) == 1)):
        for place, (part, gate) in enumerate(exponent.edges):  # of a scale, that it is positive
            if gate is None:
                yield from _falling(part, -sign if exponent.op == "sub" and place else sign, depth - 1)


def _apart(node: Node) -> bool:
    """A difference (or distance) of two tensors that are not made from one another."""
    if node.op not in ("sub", "cdist", "pairwise_distance") or len(node.edges) != 2:
        return False
    left, right = ({id(n) for n in walk(parent, _values) if not n.edges} for parent, _ in node.edges)
    return bool(left) and bool(right) and not left & right


def _values(node: Node) -> list[Node]:
    """What the numbers of `node` are made of: not what it has its shape or its places from."""
    return [parent for parent, gate in node.edges if gate is None or gate.cause is not None]


def _overflows(exponential: Node) -> bool:
    """`exp` of raw scores: an argument or a layer's output, neither scaled down nor shifted."""
    exponent = exponential
    for _ in range(5):
        if exponent.source is not None:
            return not _SCORES.isdisjoint(words(exponent.source.name)) and exponent.bounds.high == INF
        scaled = exponent.op in _SCALES and len(exponent.edges) == 1
        inward = exponent is exponential or exponent.op in _SHAPES or scaled
        if not inward or not exponent.edges:
            return exponent.op == "Linear"
        exponent = exponent.edges[0][0]
    return False
