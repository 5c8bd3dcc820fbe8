"""Views that are made together, by `chunk` or a loop over a tensor: none of them may be edited in place."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from chainrule.flow.core.graph import Edge, Node, behind
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.values import Tensor

_TOGETHER = frozenset(
    ("chunk", "split", "split_with_sizes", "unbind", "tensor_split", "hsplit", "vsplit", "dsplit")
)
# Of what is given, nobody knows that it is a tensor and no list of tensors.
_GIVEN = frozenset(("source", "call", "attribute", "element", "name", "argument", "select", "phi"))


def one_of_several(chain: Sequence[Tensor], written: Sequence[Edge]) -> bool:
    """Whether a tensor, or what it is a view of, is such a view, and it or what is written has a graph.

    `chain`: the tensor and what it is a view of, in turn.
    """
    if not any(_is_made_together(each) for each in chain):
        return False
    return any(_learns(node) for node in (chain[-1].node, *(node for node, gate in written if gate is None)))


def _is_made_together(tensor: Tensor) -> bool:
    node = tensor.node
    if node.op != "select" or tensor.base is None or not node.edges:
        return False
    parent = node.edges[0][0]
    if parent.op in _TOGETHER:
        return True
    # Not `x[0]`, which makes one view.
    return parent.op not in _GIVEN and parent.kind == "tensor" and not isinstance(node.at, ast.Subscript)


def _learns(node: Node) -> bool:
    return any(each.source is not None and each.source.role in STRONG for each in behind(node))
