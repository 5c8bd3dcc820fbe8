"""Eigenvalues of `x.T @ x`: none is negative, and some are 0 where a batch has fewer rows than columns."""

from __future__ import annotations

from chainrule.flow.core.conditions import same
from chainrule.flow.core.graph import Node

_TRANSPOSED = frozenset(("t", "T", "mT", "H", "transpose", "permute", "adjoint", "swapaxes"))
_PRODUCTS = frozenset(("matmult", "matmul", "mm", "bmm"))
# What keeps a matrix one of that kind: a number of rows to divide by, an average over a batch.
_KEEPS = frozenset(("div", "mean", "sum", "contiguous", "float", "double", "to", "squeeze", "unsqueeze"))
OF_MATRICES = frozenset(("eigvalsh", "det"))
"""Operators that give the eigenvalues of a matrix, or their product; `eigh` gives them first."""
EIGENVALUES = "eigenvalues"
"""The name of that output of `eigh`."""


def is_gram(node: Node) -> bool:
    """Whether `node` is a matrix times its own transpose, with nothing added to its diagonal."""
    while node.op in _KEEPS and node.edges:
        node = node.edges[0][0]
    if node.op == "cov":
        return True
    if node.op not in _PRODUCTS or len(node.edges) != 2:
        return False
    left, right = (parent for parent, _ in node.edges)
    return _is_transpose(left, right) or _is_transpose(right, left)


def is_spectrum(node: Node) -> bool:
    """Whether `node` holds such eigenvalues."""
    return node.op in ("eigh", *OF_MATRICES) and node.bounds.low == 0


def _is_transpose(node: Node, whole: Node) -> bool:
    return node.op in _TRANSPOSED and bool(node.edges) and same(node.edges[0][0], whole)
