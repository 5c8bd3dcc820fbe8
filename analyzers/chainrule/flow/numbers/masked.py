"""Values computed where they are not used: masks, `torch.where`, clamps and nan_to_num after the fact.

The mask sends the unused elements a zero gradient, and zero times the infinite derivative behind it is NaN.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import chain, factors, padded, same, tested
from chainrule.flow.core.graph import STOPPED, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Tensor, Value
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
from chainrule.flow.numbers.gaps import (
    FILLS,
    NONLINEAR,
    PRODUCTS,
    SPREADING,
    check_gaps,
    is_given,
    is_padded,
    nan_makers,
    scales_gaps,
    tell_gaps,
)
from chainrule.flow.numbers.never import check_rows, check_shares

# What puts other values where a branch is not used.
_SAFE = frozenset(("where", "masked_fill", "nan_to_num"))
_ROOTS = frozenset(("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal"))
_FROM_ONE = frozenset(("acosh", "arccosh"))


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
    holes = [node for node in asked if is_given(node)]
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
        if risky.op in PRODUCTS and len(risky.edges) == 2:
            _check_xlogy(interp, risky, values)
    check_gaps(interp, asked, holes, value, at)
    for computed, asks in about:
        if asks != "value" and computed not in holes:
            _check_hidden(interp, computed, at)


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
        if len(each.edges) == 2 and each.op in PRODUCTS:
            pairs = [(each.edges[0][0], each.edges[1][0]), (each.edges[1][0], each.edges[0][0])]
        elif each.op in NONLINEAR and each.op not in PRODUCTS and each.edges:
            pairs = [(parent, each) for parent, _ in each.edges]
        else:
            continue
        for inner, learnt in pairs:
            for risky in chain(inner, 3):
                if risky.op in LOGS and risky.edges and is_padded(risky.edges[0][0], learnt):
                    interp.hazard(Cause.BAD_BRANCH, risky.at, each, learnt, "padding")


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
        scaled = scales_gaps(risky, value) if risky.op in PRODUCTS and len(risky.edges) == 2 else None
        if scaled is not None:
            tell_gaps(interp, risky, scaled, at)


def _mixed(value: Node) -> Iterator[Node]:
    """`value` and what was multiplied to it as a matrix: a NaN in there is in every sum."""
    yield value
    for each in chain(value, 3):
        if each.op in SPREADING:
            yield from (parent for parent, gate in each.edges if gate is None)


def _leaves_domain(node: Node) -> bool:
    """`acosh(x)` of an `x` that nothing keeps above 1: NaN below, and its slope with it."""
    if node.op not in _FROM_ONE or not node.edges:
        return False
    operand = node.edges[0][0]
    return operand.bounds.low <= 1 and operand.op not in ("where", *FILLS)


def check_replaced(interp: Interpreter, value: Node, at: ast.AST) -> None:
    """`nan_to_num`, `nansum`: whoever writes them has met NaN; the gradient behind them stays NaN."""
    for part in _mixed(value):
        _check_hidden(interp, part, at)
    for risky in chain(value, 6):
        told = any(known.node is risky for known in interp.hazards)
        if risky.op in PRODUCTS and len(risky.edges) == 2 and not told and _weighs_itself(risky):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "hidden")
        if risky.op == "softmax" and risky.edges and risky.edges[0][0].op in ("add", "iadd"):
            interp.hazard(Cause.BAD_BRANCH, risky.at, risky, risky, "mask")
    products = (each for each in chain(value, 6) if each.op in PRODUCTS and len(each.edges) == 2)
    last = next(products, None)
    scaled = None if last is None else scales_gaps(last, value)
    if last is not None and scaled is not None:
        tell_gaps(interp, last, scaled, at)
    if interp.excluding:
        made_of = {id(each) for each in behind(value)}
        for softmax in interp.excluding:
            if id(softmax) in made_of:
                interp.hazard(Cause.BAD_BRANCH, softmax.at, softmax, softmax, "mask")
    for risky in nan_makers(value):
        tell_gaps(interp, risky, risky, at)


def _weighs_itself(product: Node) -> bool:
    """`exp(logp) * logp`: 0 * -inf where a score is -inf, in the entropy and in its slope."""
    one, other = product.edges[0][0], product.edges[1][0]
    for share, log in ((one, other), (other, one)):
        if log.op == "log_softmax" and share.edges:
            made_of = share.edges[0][0]
            if made_of is log if share.op == "exp" else share.op == "softmax" and made_of is log.edges[0][0]:
                return True
    return False


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
