"""Data with gaps, NaN where nothing was measured, that is computed with first and dropped afterwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import ELEMENTWISE, chain, same
from chainrule.flow.core.graph import Node, Source, behind, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import is_mask, role_of
from chainrule.flow.core.standing import stands_here, was_given
from chainrule.flow.core.words import words
from chainrule.flow.numbers.domains import DIVISIONS

# Nonlinear operators: the derivative of each reads its operand, so a NaN operand gives a NaN derivative.
_LOSSES = frozenset(
    """mse_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits
    kl_div""".split()
)
PRODUCTS = frozenset(("mult", "mul", "imult"))
NONLINEAR = _LOSSES | {"pow", "square", "mult", "mul", "exp", "log", "sqrt", "div"}
SPREADING = frozenset(("matmult", "matmul", "mm", "bmm", "einsum"))
"""Products of matrices: a NaN in one of them is in every sum."""
# … and what multiplies its operand with weights, whose gradient reads all of it.
_WEIGHED = SPREADING | frozenset(
    "Linear Bilinear Conv1d Conv2d Conv3d linear bilinear conv1d conv2d conv3d call".split()
)
# What is taken out of an argument: `batch["y"]`, `batch.y`.
_PARTS = frozenset(("select", "attribute", "element"))
_WEIGHTS = frozenset(("weight", "weights", "w", "mask", "masks", "valid"))
FILLS = frozenset(("nan_to_num", "masked_fill"))
"""What puts numbers in the place of NaN."""
# Ways to look at a tensor that leave its elements as they are.
_VIEWS = frozenset(("select", "index", "unsqueeze", "squeeze", "view", "reshape", "float", "to", "double"))
_TRAINED = frozenset(("parameter", "callable"))


def check_gaps(
    interp: Interpreter, asked: Sequence[Node], holes: Sequence[Node], value: Node, at: ast.AST
) -> None:
    """What is NaN in `value` is dropped at `at`; `asked` was tested, and `holes` are data as given."""
    for part in _chosen(value) if holes else ():
        for risky in chain(part, 6):
            if risky.op in NONLINEAR and any(_below(risky, hole) for hole in holes):
                tell_gaps(interp, risky, risky, at)
    for layer in behind(value) if holes else ():
        learnt = _weighs(layer, holes) if layer.op in _WEIGHED else None
        if learnt is not None:
            tell_gaps(interp, layer, learnt, at)
    if len(holes) < len(asked):
        for risky in nan_makers(value):
            tell_gaps(interp, risky, risky, at)


def _weighs(layer: Node, holes: Sequence[Node]) -> Node | None:
    """The weights that a layer multiplies data with gaps with: their gradient is a sum over all of it."""
    parents = [parent for parent, gate in layer.edges if gate is None]
    given = [
        parent
        for parent in parents
        if any(same(each, hole) for each in chain(parent, 4, FILLS) for hole in holes)
    ]
    if not given or _is_told_of_gaps(layer):
        return None
    for parent in parents:
        if parent not in given and any(
            each.source is not None and each.source.role in _TRAINED for each in behind(parent)
        ):
            return parent
    return None


def _is_told_of_gaps(network: Node) -> bool:
    """`model(x, ~torch.isnan(x))`: it knows where there is nothing, and may leave that out."""
    below = walk(network, lambda node: [parent for parent, _ in node.edges])
    return network.op == "call" and any(each.op in ("isnan", "isfinite") for each in below)


def is_given(node: Node) -> bool:
    """Whether `node` is data as it was given, or a part of that."""
    return node.source is not None or node.op in _PARTS


def tell_gaps(interp: Interpreter, risky: Node, operand: Node, at: ast.AST) -> None:
    """Data with gaps went into `risky`, and what is NaN is dropped at `at`.

    A helper that computes with what it is given is right: told is the place that drops what comes back.
    """
    if any(known.cause is Cause.BAD_BRANCH and known.node is risky for known in interp.hazards):
        return
    if stands_here(interp, risky) or was_given(interp, risky):
        interp.hazard(Cause.BAD_BRANCH, risky.at, risky, operand, "nan")
    elif all(known.at is not at for known in interp.hazards):
        interp.hazard(Cause.BAD_BRANCH, at, risky, operand, "dropped")


def scales_gaps(product: Node, value: Node) -> Node | None:
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
        if _WEIGHTS.isdisjoint(words(source.name)) and is_padded(data, learnt):
            return learnt
    return None


def nan_makers(value: Node) -> Iterator[Node]:
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


def is_padded(node: Node, learnt: Node) -> bool:
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


def _before(data: Node) -> Node:
    """What `data` was before each element was scaled, or bent by a logarithm: a gap stays one."""
    while len(data.edges) == 1 and data.op in ELEMENTWISE and data.op not in ("sum", "mean", *FILLS):
        data = data.edges[0][0]
    return data


def _reduces(node: Node) -> bool:
    """Whether one of torch's losses returns a single number."""
    return node.op in _LOSSES and not any(
        keyword.arg == "reduction" and getattr(keyword.value, "value", "") == "none"
        for keyword in getattr(node.at, "keywords", ())
    )


def _chosen(value: Node) -> Iterator[Node]:
    """`value`, and what it is chosen from by conditions of its own: `where(e.abs() < 1, e ** 2, e.abs())`."""
    pending, seen = [value], 0
    while pending and seen < 6:
        part = pending.pop()
        seen += 1
        yield part
        choices = [each for each in chain(part, 6) if each.op == "where"]
        pending += [branch for each in choices for branch, gate in each.edges if gate is None]


def _below(node: Node, ancestor: Node) -> bool:
    return any(same(each, ancestor) for parent, _ in node.edges for each in chain(parent, 4, FILLS))
