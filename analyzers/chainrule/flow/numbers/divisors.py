"""Divisions by what can be 0: counts, ranges, sums of errors; and infinite weights that meet a gradient."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import COUNTS, guarded
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.words import words
from chainrule.flow.numbers.exponentials import of_exponentials
from chainrule.flow.numbers.pairs import paired_with_itself
from chainrule.flow.numbers.precision import adds_nothing, kind_of
from chainrule.flow.numbers.recalls import is_recall, selects_counted
from chainrule.flow.numbers.shares import (
    check_harmonic,
    is_moment,
    is_shut_off,
    is_trade_off,
    of_cosine,
    vanishing_whole,
)
from chainrule.flow.numbers.starts import is_never_zero, starts_at_zero
from chainrule.flow.numbers.zeros import is_error, vanishes
from chainrule.syntax import walk_tree

_MAXIMA = frozenset(("max", "amax"))
_MINIMA = frozenset(("min", "amin"))
# What says which elements of a batch are there at all: without any of them there is nothing to learn from.
_PRESENCE = frozenset(("mask", "masks", "valid", "validity", "pad", "padding", "ignore", "attention"))
# What takes the pairs of each with itself out of a matrix.
_DIAGONALS = frozenset(("eye", "fill_diagonal", "triu", "tril", "eye_like", "diag"))
# Numbers between the smallest and the largest of several, and what leaves a value as it is.
_WITHIN = frozenset("quantile nanquantile mean median max min amax amin kthvalue topk sort".split())
# What reads a value out of a batch, and gives it another type or shape.
_AS_GIVEN = frozenset("select attribute float double to type_as view reshape flatten squeeze".split())
_DRAWN = frozenset(("randint", "randint_like", "multinomial"))
_PASSES = frozenset("detach data item float double select squeeze to".split())
_OF_MASKS = _DIAGONALS | COUNTS | {"sub", "mul", "bitand", "not", "masked_fill", "write", "setitem"}
ALONE = "relu alone"
"""The note of a number that is divided by what a relu leaves."""
_LEARNS = frozenset(("prediction", "parameter", "leaf", "callable", "unknown", "data"))
POSITIVES = "positives"
"""The note of a sum of what is given: it counts the positives if the loss takes that for yes or no."""


def check_division(interp: Interpreter, made: Node, above: Node | None, below: Node, at: ast.AST) -> None:
    """`above / below`; `above` is None where a number is divided."""
    counted = _counts_nothing(below) or is_recall(above, below)
    if (counted or (interp.loops and _counts_of_part(below))) and not guarded(interp, below):
        if above is None or not _learns(above):
            made.tags |= {"reciprocal"}
        else:
            kind = "none" if selects_counted(above, below) else "count"
            interp.hazard(Cause.DIVISION, at, made, above, kind)
    elif "range" in below.tags:
        interp.hazard(Cause.DIVISION, at, made, above or below, "range")
    elif above is not None and is_shut_off(below) and _learns(above):
        interp.hazard(Cause.DIVISION, at, made, above, "relu")
    elif above is None and is_shut_off(below):
        interp.hazard(Cause.DIVISION, at, made, below, ALONE)
    elif starts_at_zero(interp, below) and not guarded(interp, below):
        interp.hazard(Cause.DIVISION, at, made, below, "start")
    elif above is not None and is_trade_off(above, below):
        interp.hazard(Cause.DIVISION, at, made, below, "right")
    elif (note := _vanishes_with(above, below)) is not None and not _is_kept_off(interp, below):
        interp.hazard(Cause.DIVISION, at, made, below, note)
    elif (exponentials := of_exponentials(below)) is not None and not guarded(interp, below):
        interp.hazard(Cause.DIVISION, at, made, below, "overflow" if exponentials == "overflow" else "far")
    elif below.bounds.low == 0 and paired_with_itself(below):
        interp.hazard(Cause.DIVISION, at, made, below, "pairs")
    elif above is not None and _sums_given(below) and _learns(above) and not guarded(interp, below):
        interp.hazard(Cause.DIVISION, at, made, above, POSITIVES)
    elif above is None and not check_harmonic(interp, made, below, at):
        if is_error(below) and not _is_kept_off(interp, below):
            interp.hazard(Cause.DIVISION, at, made, below, "error")
    if above is not None and "neginf" in above.tags:
        interp.hazard(Cause.DIVISION, at, made, below, "infinity")


def _sums_given(below: Node) -> bool:
    """Whether a divisor is the sum of something given that no name calls a mask: see `POSITIVES`."""
    if below.op != "sum" or len(below.edges) != 1 or below.bounds.low > 0:
        return False
    given = below.edges[0][0]
    while given.op in _AS_GIVEN and len(given.edges) == 1:
        given = given.edges[0][0]
    source = given.source
    return source is not None and source.role not in STRONG and _PRESENCE.isdisjoint(words(source.name))


def _is_kept_off(interp: Interpreter, below: Node) -> bool:
    """Whether a divisor is 0 with probability 0, or this runs only where it is not."""
    return is_never_zero(interp, below) or guarded(interp, below)


def _vanishes_with(above: Node | None, below: Node) -> str | None:
    """The note of a divisor that is 0 where its dividend is, None of others."""
    if above is None:
        return None
    if is_moment(above, below):
        return "moment"
    if (cosine := of_cosine(above, below)) is not None:
        return cosine
    if vanishing_whole(above, below):
        return "underflow" + kind_of(below) if adds_nothing(below) else "whole"
    return "" if vanishes(below, of_errors=False) and _shares(above, below) else None


def check_product(interp: Interpreter, made: Node, left: Node, right: Node, at: ast.AST) -> None:
    """`left * right`, where one can be infinite."""
    for infinite, factor in ((left, right), (right, left)):
        if "neginf" in infinite.tags and "comparison" not in factor.tags:
            interp.hazard(Cause.DIVISION, at, made, factor, "infinity")
        if "excluded" in infinite.tags and factor.op in ("exp", "softmax"):
            interp.hazard(Cause.DIVISION, at, made, factor, "excluded")
        if "reciprocal" in infinite.tags and _learns(factor):
            origin = next((n for n in _made_from(infinite) if n.op in ("div", "pow", "reciprocal")), infinite)
            interp.hazard(Cause.DIVISION, origin.at, made, factor, "weight")
            made.tags -= {"reciprocal"}


def is_range(high: Node, low: Node) -> bool:
    """`x.max() - x.min()`."""
    if not high.edges or not low.edges or high.edges[0][0] is not low.edges[0][0]:
        return False
    return (high.op in _MAXIMA and low.op in _MINIMA) or (high.op == low.op == "aminmax")


def counts_classes(node: Node) -> bool:
    """Whether `node` says how often each class occurs: some class may not."""
    return "class-count" in node.tags and node.bounds.low <= 0


def _counts_nothing(node: Node) -> bool:
    """Whether `node` counts what can be absent, and nothing keeps the count from 0."""
    if counts_classes(node) or _counts_partners(node):
        return True
    if node.bounds.low != 0 or node.bounds.soft or "comparison" not in node.tags or node.op not in COUNTS:
        return False
    return (_asks_predictions(node) or _is_of_one_class(node)) and not _holds_its_own(node)


def _counts_of_part(node: Node) -> bool:
    """`(target[i] != nodata).sum()` of one part of a batch: another part may have what it counts."""
    if node.bounds.low != 0 or "comparison" not in node.tags or node.op not in COUNTS:
        return False
    asked = [each for each in _counted(node) if each.op in ("compare", "ne")]
    return any(_asks_a_part(each) for each in asked) and not _holds_its_own(node)


def _asks_a_part(compared: Node) -> bool:
    """Whether a comparison with a number asks what was selected from a tensor."""
    differs = isinstance(compared.at, ast.Compare) and isinstance(compared.at.ops[0], ast.NotEq)
    parts = [parent for parent, _ in compared.edges if parent.op == "select"]
    return (differs or compared.op == "ne") and bool(parts) and len(compared.edges) == 1


def _holds_its_own(node: Node) -> bool:
    """Whether what is counted is on one side of its own quantile, mean or largest: some element always is."""
    asked = [each for each in _masks(node) if each.op in ("compare", "le", "ge")]
    if len(asked) != 1 or len(asked[0].edges) != 2:
        return False
    at = asked[0].at
    if isinstance(at, ast.Compare) and not isinstance(at.ops[0], (ast.LtE, ast.GtE)):
        return False
    one, other = (parent for parent, _ in asked[0].edges)
    return _is_of(one, other) or _is_of(other, one)


def _is_of(limit: Node, whole: Node) -> bool:
    """Whether `limit` lies between the smallest and the largest of `whole`: `losses.quantile(0.7)`."""
    while limit.op in _PASSES and limit.edges:
        limit = limit.edges[0][0]
    if limit.op not in _WITHIN:
        return False
    taken = next((parent for parent, _ in limit.edges), None)
    while taken is not None and taken is not whole and taken.op in _PASSES and taken.edges:
        taken = taken.edges[0][0]
    return taken is whole


def _counts_partners(node: Node) -> bool:
    """How many others have the label of each: none, where the diagonal of `y[:, None] == y` was taken out."""
    if node.op not in ("sum", "count_nonzero", "nansum") or _dims_of(node) is None or node.bounds.low > 0:
        return False
    made_of = list(_masks(node))
    return any(map(_takes_out_diagonal, made_of)) and any(
        each.op in ("compare", "eq") and _compares_pairs(each) for each in made_of
    )


def _takes_out_diagonal(node: Node) -> bool:
    """`1 - eye`, `ones.scatter(1, torch.arange(n)[:, None], 0)`."""
    scattered = node.op in ("scatter", "scatter_") and "arange" in {each.op for each in _counted(node)}
    return node.op in _DIAGONALS or scattered


def _masks(node: Node) -> Iterator[Node]:
    """What a count counts, as far as it is made of masks."""
    pending, seen = [parent for parent, _ in node.edges], 0
    while pending and seen < 30:
        current = pending.pop()
        seen += 1
        yield current
        if current.op in _OF_MASKS or "once" in current.tags:
            pending.extend(parent for parent, _ in current.edges)


def _compares_pairs(node: Node) -> bool:
    """`y[:, None] == y[None]`."""
    if len(node.edges) != 2 or (isinstance(node.at, ast.Compare) and not isinstance(node.at.ops[0], ast.Eq)):
        return False
    one, other = ({id(n): n for n in _counted(parent) if not n.edges} for parent, _ in node.edges)
    return bool(one) and one.keys() == other.keys() and not any(map(_comes_in_pairs, one.values()))


def _comes_in_pairs(labels: Node) -> bool:
    """Labels that stand in the program, each more than once; places, which are repeated to be any."""
    if labels.source is not None or labels.is_opaque or labels.op in _DRAWN:
        return False
    written = [each.value for each in walk_tree(labels.at) if isinstance(each, ast.Constant)]
    return labels.op != "tensor" or all(written.count(each) > 1 for each in written)


def _dims_of(node: Node) -> ast.expr | None:
    """The dimension over which a call reduces."""
    if not isinstance(node.at, ast.Call):
        return None
    named = (keyword.value for keyword in node.at.keywords if keyword.arg in ("dim", "axis"))
    return next(named, node.at.args[-1] if node.at.args else None)


def _asks_predictions(node: Node) -> bool:
    """Whether predictions are counted: training itself can bring that to 0; of targets it is the data."""
    roles = ("prediction", "parameter", "callable")
    if any(each.op in ("isnan", "isfinite", "isinf") for each in _counted(node)):
        return False
    return any(each.source is not None and each.source.role in roles for each in _counted(node))


def _is_of_one_class(node: Node) -> bool:
    """`(target == 1).sum()`: a batch without that class is a batch all the same."""
    for each in _counted(node):
        if each.op == "not" or (
            each.source is not None and not _PRESENCE.isdisjoint(words(each.source.name))
        ):
            return False
    return any(each.op in ("compare", "eq") and _is_equality(each) for each in _counted(node))


def _is_equality(node: Node) -> bool:
    if len(node.edges) != 1:
        return False
    return node.op == "eq" or (isinstance(node.at, ast.Compare) and isinstance(node.at.ops[0], ast.Eq))


def _counted(node: Node) -> Iterator[Node]:
    """Everything that `node` was made from, through comparisons too."""
    pending, seen = [node], 0
    while pending and seen < 60:
        current = pending.pop()
        seen += 1
        yield current
        pending.extend(parent for parent, _ in current.edges)


def _learns(node: Node) -> bool:
    return any(each.source is not None and each.source.role in _LEARNS for each in behind(node))


def _shares(above: Node, below: Node) -> bool:
    """Whether both go to 0 together, being made from the same tensor."""
    sources = {id(each.source) for each in behind(below) if each.source is not None}
    return any(id(each.source) in sources for each in behind(above) if each.source is not None)


def _made_from(node: Node) -> Iterator[Node]:
    """`node` and, nearest first, what it was made from with the same mark."""
    while "reciprocal" in node.tags:
        yield node
        following = [parent for parent, _ in node.edges if "reciprocal" in parent.tags]
        if not following:
            return
        node = following[0]
