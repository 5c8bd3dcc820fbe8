"""Values computed where they are not used: masks, `torch.where`, clamps and nan_to_num after the fact.

The mask sends the unused elements a zero gradient, and zero times the infinite derivative behind it is NaN.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import ELEMENTWISE, chain, factors, padded, same, tested
from chainrule.flow.core.graph import STOPPED, Node, Source, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import is_mask, role_of
from chainrule.flow.core.standing import stands_here, was_given
from chainrule.flow.core.values import Tensor, Value
from chainrule.flow.core.words import words
from chainrule.flow.numbers.clamped import OVERFLOWS, may_be_large
from chainrule.flow.numbers.domains import (
    DIVISIONS,
    LOGS,
    asks_order,
    ends_at_one,
    ends_where,
    is_capped,
    is_shifted,
    leaves_power,
)
from chainrule.flow.numbers.never import check_rows, check_shares

# What puts other values where a branch is not used.
_SAFE = frozenset(("where", "masked_fill", "nan_to_num"))
_ROOTS = frozenset(("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal"))
# Nonlinear operators: the derivative of each reads its operand, so a NaN operand gives a NaN derivative.
_LOSSES = frozenset(
    """mse_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits
    kl_div""".split()
)
_NONLINEAR = _LOSSES | {"pow", "square", "mult", "mul", "exp", "log", "sqrt", "div"}
_SPREADING = frozenset(("matmult", "matmul", "mm", "bmm", "einsum"))
_PRODUCTS = frozenset(("mult", "mul", "imult"))
# What is taken out of an argument: `batch["y"]`, `batch.y`.
_PARTS = frozenset(("select", "attribute", "element"))
_FROM_ONE = frozenset(("acosh", "arccosh"))
_WEIGHTS = frozenset(("weight", "weights", "w", "mask", "masks", "valid"))
# What puts numbers in the place of NaN.
_FILLS = frozenset(("nan_to_num", "masked_fill"))
# Ways to look at a tensor that leave its elements as they are.
_VIEWS = frozenset(("select", "index", "unsqueeze", "squeeze", "view", "reshape", "float", "to", "double"))


def check_selection(interp: Interpreter, condition: Value, branches: list[Value], at: ast.AST) -> None:
    """What `torch.where(condition, a, b)`, `a.masked_fill(condition, …)` or `a[condition]` leaves out."""
    if isinstance(condition, Tensor):
        for branch in branches:
            if isinstance(branch, Tensor):
                check_masked(interp, condition.node, branch.node, at)
                _check_padding(interp, branch.node)
                check_rows(interp, condition.node, branch.node)
                check_shares(interp, condition.node, branch.node)


def check_masked(interp: Interpreter, condition: Node, value: Node, at: ast.AST) -> None:
    """Elements of `value` are dropped at `at` by `condition`, which tests an operand that makes them NaN."""
    about = list(tested(condition))
    values = [node for node, _ in about]
    asked = [node for node, asks in about if asks == "isnan"]
    holes = [node for node in asked if node.source is not None or node.op in _PARTS]
    made_of = list(chain(value, 6))
    # `log1p(-exp(x))` is written for x below 0 alone.
    small = {id(each.edges[0][0]) for each in made_of if each.op == "neg" and each.edges}
    for risky in made_of:
        operand = dangerous_operand(risky)
        if operand is not None and not _guarded(risky, operand):
            ends = is_shifted(operand, condition) or asks_order(risky, operand, condition)
            if ends or any(same(part, node) for part in factors(operand) for node in values):
                interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "where")
        if operand is not None and not _guarded(risky, operand) and ends_where(risky, operand, condition):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "where")
        if risky.op == "log1p" and ends_at_one(risky, condition):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "where")
        if leaves_power(risky, condition):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "nan")
        if (
            risky.op in OVERFLOWS
            and risky.edges
            and id(risky) not in small
            and may_be_large(risky.edges[0][0])
        ):
            if any(same(risky.edges[0][0], node) for node in values) or is_capped(risky, condition):
                interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "overflow")
        if risky.op in _PRODUCTS and len(risky.edges) == 2:
            _check_xlogy(interp, risky, values)
    for part in _chosen(value) if holes else ():
        for risky in chain(part, 6):
            if risky.op in _NONLINEAR and any(_below(risky, hole) for hole in holes):
                _tell_gaps(interp, risky, risky, at)
    if len(holes) < len(asked):
        for risky in _nan_makers(value):
            _tell_gaps(interp, risky, risky, at)
    for computed, asks in about:
        if asks != "value" and computed not in holes:
            _check_hidden(interp, computed, at)


def _tell_gaps(interp: Interpreter, risky: Node, operand: Node, at: ast.AST) -> None:
    """Data with gaps went into `risky`, and what is NaN is dropped at `at`.

    A helper that computes with what it is given is right: told is the place that drops what comes back.
    """
    if any(known.cause is Cause.BAD_BRANCH and known.node is risky for known in interp.hazards):
        return
    if stands_here(interp, risky) or was_given(interp, risky):
        interp.hazard(Cause.BAD_BRANCH, risky.at, risky, operand, "nan")
    elif all(known.at is not at for known in interp.hazards):
        interp.hazard(Cause.BAD_BRANCH, at, risky, operand, "dropped")


def _check_xlogy(interp: Interpreter, product: Node, asked: list[Node]) -> None:
    """`x * log(y)` is masked where x is 0: whoever does that has met 0 * log(0)."""
    one, other = product.edges[0][0], product.edges[1][0]
    for factor, rest in ((one, other), (other, one)):
        inner = rest.edges[0][0] if rest.op in LOGS and rest.edges else None
        if inner is not None and not _guarded(rest, inner) and any(factor is n for n in asked):
            interp.hazard(Cause.BAD_BRANCH, rest.at, rest, rest, "where")


def _check_padding(interp: Interpreter, value: Node) -> None:
    """The logarithm of data, masked afterwards: it is padded with zeros, and -inf meets what is learnt."""
    for each in chain(value, 6):
        if len(each.edges) == 2 and each.op in _PRODUCTS:
            pairs = [(each.edges[0][0], each.edges[1][0]), (each.edges[1][0], each.edges[0][0])]
        elif each.op in _NONLINEAR and each.op not in _PRODUCTS and each.edges:
            pairs = [(parent, each) for parent, _ in each.edges]
        else:
            continue
        for inner, learnt in pairs:
            for risky in chain(inner, 3):
                if risky.op in LOGS and risky.edges and _is_padded(risky.edges[0][0], learnt):
                    interp.hazard(Cause.BAD_BRANCH, risky.at, each, learnt, "padding")


def _is_padded(node: Node, learnt: Node) -> bool:
    """Whether `node` is data that stands beside a prediction, or that a parameter learns from."""
    source = _data(node)
    if source is None:
        return False
    others = [n.source for n in behind(learnt) if n.source is not None and n.source is not source]
    if any(other.role == "parameter" for other in others):
        return True
    return source.position > 0 and any(other.role not in ("target", "setting") for other in others)


def _data(node: Node) -> Source | None:
    """The argument that `node` is (a part of), where no name says that it is a prediction."""
    while node.op in _VIEWS and node.edges:
        node = node.edges[0][0]
    source = node.source
    if source is None or source.role in ("parameter", "leaf", "callable"):
        return None
    return source if role_of(source.name) in ("target", "data", "unknown") else None


def _chosen(value: Node) -> Iterator[Node]:
    """`value`, and what it is chosen from by conditions of its own: `where(e.abs() < 1, e ** 2, e.abs())`."""
    pending, seen = [value], 0
    while pending and seen < 6:
        part = pending.pop()
        seen += 1
        yield part
        choices = [each for each in chain(part, 6) if each.op == "where"]
        pending += [branch for each in choices for branch, gate in each.edges if gate is None]


def _collected(value: Node) -> Iterator[Node]:
    """`value`, and what was put beside each other in it: `stack([a, b])`, `x[0] = a`."""
    yield value
    pending, seen = [value], 0
    while pending and seen < 12:
        node = pending.pop()
        seen += 1
        if node.op in ("stack", "cat", "write", "setitem"):
            parents = [parent for parent, gate in node.edges if gate is None]
            yield from parents
            pending.extend(parents)


def _check_hidden(interp: Interpreter, value: Node, at: ast.AST) -> None:
    """Whoever asks whether `value` is finite has met that it is not."""
    for risky in (each for part in _collected(value) for each in chain(part, 6)):
        operand = dangerous_operand(risky)
        if (operand is not None and not _guarded(risky, operand)) or _leaves_domain(risky):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "hidden")
        scaled = _scales_gaps(risky, value) if risky.op in _PRODUCTS and len(risky.edges) == 2 else None
        if scaled is not None:
            _tell_gaps(interp, risky, scaled, at)


def _mixed(value: Node) -> Iterator[Node]:
    """`value` and what was multiplied to it as a matrix: a NaN in there is in every sum."""
    yield value
    for each in chain(value, 3):
        if each.op in _SPREADING:
            yield from (parent for parent, gate in each.edges if gate is None)


def _leaves_domain(node: Node) -> bool:
    """`acosh(x)` of an `x` that nothing keeps above 1: NaN below, and its slope with it."""
    if node.op not in _FROM_ONE or not node.edges:
        return False
    operand = node.edges[0][0]
    return operand.bounds.low <= 1 and operand.op not in ("where", *_FILLS)


def check_replaced(interp: Interpreter, value: Node, at: ast.AST) -> None:
    """`nan_to_num`, `nansum`: whoever writes them has met NaN; the gradient behind them stays NaN."""
    for part in _mixed(value):
        _check_hidden(interp, part, at)
    for risky in chain(value, 6):
        told = any(known.node is risky for known in interp.hazards)
        if risky.op in _PRODUCTS and len(risky.edges) == 2 and not told and _weighs_itself(risky):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "hidden")
        if risky.op == "softmax" and risky.edges and risky.edges[0][0].op in ("add", "iadd"):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "mask")
    products = (each for each in chain(value, 6) if each.op in _PRODUCTS and len(each.edges) == 2)
    last = next(products, None)
    scaled = None if last is None else _scales_gaps(last, value)
    if last is not None and scaled is not None:
        _tell_gaps(interp, last, scaled, at)
    if interp.excluding:
        made_of = {id(each) for each in behind(value)}
        for softmax in interp.excluding:
            if id(softmax) in made_of:
                interp.hazard(Cause.BAD_BRANCH, softmax.at, softmax, softmax, "mask")
    for risky in _nan_makers(value):
        _tell_gaps(interp, risky, risky, at)


def _scales_gaps(product: Node, value: Node) -> Node | None:
    """The `f(x)` of `y * f(x)`, if `y` is data with gaps, which is its slope: not a mask or a weight.

    What `value` is divided by the total of is a weight.
    """
    totals = [each.edges[1][0] for each in chain(value, 6) if each.op in DIVISIONS and len(each.edges) == 2]
    one, other = product.edges[0][0], product.edges[1][0]
    for data, learnt in ((one, other), (other, one)):
        source = _data(data)
        if source is None or data.dtype in ("bool", "int") or is_mask(source.name):
            continue
        if any(node.source is source for total in totals for node in behind(total)):
            continue
        if _WEIGHTS.isdisjoint(words(source.name)) and _is_padded(data, learnt):
            return learnt
    return None


def _weighs_itself(product: Node) -> bool:
    """`exp(logp) * logp`: 0 * -inf where a score is -inf, in the entropy and in its slope."""
    one, other = product.edges[0][0], product.edges[1][0]
    for share, log in ((one, other), (other, one)):
        if log.op == "log_softmax" and share.edges:
            made_of = share.edges[0][0]
            if made_of is log if share.op == "exp" else share.op == "softmax" and made_of is log.edges[0][0]:
                return True
    return False


def _nan_makers(value: Node) -> Iterator[Node]:
    """Element-wise errors against data whose slope is NaN where the data is: squares, torch's own losses."""
    pending = [value]
    for _ in range(20):
        if not pending:
            return
        node = pending.pop()
        gaps = [parent for parent, _ in node.edges]
        if node.op in ("pow", "square") and gaps:
            gaps = [parent for parent, _ in gaps[0].edges] if gaps[0].op == "sub" else []
        if node.op in ("pow", "square", *_LOSSES):
            found = [_data(_before(gap)) for gap in gaps]
            if not _reduces(node) and any(source is not None and source.position > 0 for source in found):
                yield node
        elif node.op == "where" or (node.op in ELEMENTWISE and node.op not in ("sum", "mean", "sub")):
            pending.extend(parent for parent, gate in node.edges if gate is None)


def _before(data: Node) -> Node:
    """What `data` was before each element was scaled, or bent by a logarithm: a gap stays one."""
    while len(data.edges) == 1 and data.op in ELEMENTWISE and data.op not in ("sum", "mean", *_FILLS):
        data = data.edges[0][0]
    return data


def _reduces(node: Node) -> bool:
    """Whether one of torch's losses returns a single number."""
    return node.op in _LOSSES and not any(
        keyword.arg == "reduction" and getattr(keyword.value, "value", "") == "none"
        for keyword in getattr(node.at, "keywords", ())
    )


def dangerous_operand(node: Node) -> Node | None:
    """The operand at whose zero the derivative of `node` is infinite."""
    if node.op in DIVISIONS and "by-number" not in node.tags:
        return node.edges[-1][0] if node.edges else None
    if node.op in _ROOTS or "fractional" in node.tags:
        return node.edges[0][0] if node.edges else None
    return None


def _guarded(risky: Node, operand: Node) -> bool:
    if padded(operand):
        return True
    if operand.op == "add" and len(operand.edges) == 1 and risky.op in (*DIVISIONS, *LOGS):
        return True  # `x + eps`, where x is 0; the slope of a logarithm below 0 is finite
    if operand.bounds.low == 0 and operand.bounds.soft == STOPPED:
        if risky.op not in DIVISIONS or len(risky.edges) == 1:
            return True  # backward stops at the relu behind it
    if risky.op in LOGS and operand.op == "div" and len(operand.edges) == 2:
        (above, _), (below, _) = operand.edges  # the slope of log(a / b) is that of log(a) - log(b)
        return above.op in _SAFE and below.bounds.low > 0
    return operand.bounds.low > 0 or operand.op in _SAFE


def _below(node: Node, ancestor: Node) -> bool:
    return any(same(each, ancestor) for parent, _ in node.edges for each in chain(parent, 4, _FILLS))
