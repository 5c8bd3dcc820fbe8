"""Sums of `exp`: of raw scores they overflow, of distances to something else all terms underflow."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.bounds import INF
from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.words import words
from chainrule.flow.numbers.zeros import apart

# What moves, adds or scales values: a sum of zeros is 0, one of infinities infinite.
_CARRIES = frozenset(
    """sum mean mult mul div add sub select index gather squeeze unsqueeze reshape view flatten float to
    amax max amin min permute transpose matmul matmult mm bmm einsum prod cumsum stack cat diagonal diag
    expand iadd imult idiv clone contiguous""".split()
)
# Names of what may be any number; `logvar` and `sim` are known to be small.
_SCORES = frozenset(
    """logit logits score scores risk risks energy x input inputs out output outputs pred preds prediction
    predictions""".split()
)
_SMALL = frozenset("sim sims similarity similarities cos cosine prob probs p logp logprob logprobs".split())
# Whose exponentials are added up: in the order of time only those of a prediction.
_SUMMED = {"sum": ("prediction",), "cumsum": ("prediction", "unknown")}
_ORDERS = frozenset("select index gather squeeze unsqueeze view reshape flatten flip sort".split())
_SCALES = frozenset(("mult", "mul", "div"))
_EXTREMES = frozenset(("amax", "max", "amin", "min", "logsumexp", "cummax"))
_SHAPES = frozenset(("select", "neg", "unsqueeze", "squeeze", "view", "reshape", "flatten"))


def of_exponentials(node: Node) -> str | None:
    """Sums of `exp`: of raw scores they overflow, of distances to something else all terms underflow."""
    for each, guarded in _terms(node, 6):
        if each.op == "exp" and each.edges:
            if not guarded and _underflows(each):
                return "underflow"
            if overflows(each) or _is_own_sum(node, each):
                return "overflow"
    return None


def _is_own_sum(total: Node, exponential: Node) -> bool:
    """`log(exp(x).cumsum(0))`: a logsumexp that does not take the largest out, of a prediction as it came."""
    while total.op in _ORDERS and len(total.edges) == 1:
        total = total.edges[0][0]
    exponent = exponential.edges[0][0]
    while exponent.op in _ORDERS and exponent.edges:
        exponent = exponent.edges[0][0]
    source = exponent.source
    if source is None or source.role not in _SUMMED.get(total.op, ()):
        return False
    return exponent.bounds.high == INF and _SMALL.isdisjoint(words(source.name))


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
    return any(apart(each) for each in below)


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


def overflows(exponential: Node) -> bool:
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
