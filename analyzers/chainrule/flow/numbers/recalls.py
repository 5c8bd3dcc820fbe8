"""`(p * y).sum(0) / y.sum(0)`: the share that was found of each class; of one that does not occur, 0/0."""

from __future__ import annotations

import ast

from chainrule.flow.core.conditions import chain, unviewed
from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.words import words

_CASTS = frozenset(("float", "double", "to", "type_as", "half", "long", "int"))
_SCALES = frozenset(("neg", "mult", "mul"))
_PRODUCTS = frozenset(("mult", "mul", "multiply"))
# Targets that say which elements are there at all, or how much they count: of those there are some.
_NO_LABELS = frozenset(
    "mask masks valid validity pad padding ignore attention weight weights lengths length".split()
)


def is_recall(above: Node | None, below: Node) -> bool:
    """Whether what is found of the labels is divided by how many there are, over the batch or an image."""
    dims = _dims(below)
    if above is None or dims is None or not _mixes_samples(dims):
        return False
    labels = _uncast(below.edges[0][0])
    if labels.source is None or labels.source.role != "target":
        return False
    if not _NO_LABELS.isdisjoint(words(labels.source.name)):
        return False
    above = unviewed(above)
    along = _dims(above)
    if along is None or ast.unparse(along) != ast.unparse(dims):
        return False
    found = above.edges[0][0]
    return found.op in _PRODUCTS and any(_uncast(factor) is labels for factor, _ in found.edges)


def selects_counted(above: Node, below: Node) -> bool:
    """`errors[mask].sum() / mask.sum()`: of nothing the quotient is NaN, and no gradient comes back there."""
    while above.op in _SCALES and above.edges:
        above = above.edges[0][0]
    if above.op != "sum" or not above.edges:
        return False
    counted = {id(each) for each in walk(below, lambda node: [parent for parent, _ in node.edges])}
    chosen = (each for each in chain(above.edges[0][0], 4) if each.op == "index")
    masks = (mask for each in chosen for mask, gate in each.edges if gate is not None)
    return any(id(mask) in counted for mask in masks)


def _dims(node: Node) -> ast.expr | None:
    """The dimensions over which a sum runs."""
    if node.op != "sum" or not node.edges or not isinstance(node.at, ast.Call):
        return None
    named = (each.value for each in node.at.keywords if each.arg in ("dim", "axis"))
    return next(named, node.at.args[-1] if node.at.args else None)


def _mixes_samples(dims: ast.expr) -> bool:
    """`0`, `(0, 2, 3)`, `(-2, -1)`: not the classes of one sample, of which it has one or more."""
    if isinstance(dims, (ast.Tuple, ast.List)):
        return len(dims.elts) > 1
    return isinstance(dims, ast.Constant) and dims.value == 0 and dims.value is not False


def _uncast(node: Node) -> Node:
    node = unviewed(node)
    while node.op in _CASTS and node.edges:
        node = unviewed(node.edges[0][0])
    return node
