"""Score functions: what trains a distribution by the `log_prob` of its own samples."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from chainrule.flow.core.graph import Node, behind, walk
from chainrule.flow.core.roles import STRONG, role_of
from chainrule.flow.core.trace import Graph

_SUMS = frozenset(
    ("add", "sub", "neg", "sum", "mean", "iadd", "isub", "stack", "squeeze", "unsqueeze", "view", "reshape")
)
_SCALES = frozenset(("mult", "mul", "div", "imult", "idiv"))


def is_scored(sample: Node, graph: Graph) -> bool:
    """Whether a `log_prob` of the `sample` trains what it was drawn from: it needs no gradient itself.

    `decoder(z).log_prob(x)` scores the data, and `prior.log_prob(z)` what another distribution gives.
    """
    drawn_from = _origins(walk(sample, _made_of))  # an action may be drawn under no_grad
    return any(
        node.op == "log_prob"
        and node.edges
        and not drawn_from.isdisjoint(
            _origins(each for rated, _ in node.edges[:-1] for each in behind(rated))
        )
        and any(each is sample for each in walk(node.edges[-1][0], _made_of))
        for node in graph.reached.values()
    )


def is_only_added(sample: Node, graph: Graph) -> bool:
    """Whether each `log_prob` of the `sample` is a plain term of a loss that also takes the sample itself.

    Unweighed, or by a coefficient, such a term is an entropy: what it sends back has mean 0 for what was only
    sampled, and does not stand for the gradient through the sample, as that of `log_prob * reward` does.
    """
    rated = [
        node
        for node in graph.reached.values()
        if node.op == "log_prob"
        and node.edges
        and any(each is sample for each in walk(node.edges[-1][0], _made_of))
    ]
    return bool(rated) and all(_is_a_term(each, graph) for each in rated) and _enters_besides(sample, graph)


def _is_a_term(rated: Node, graph: Graph) -> bool:
    """Whether nothing but sums and coefficients are between a value and the loss."""
    ends = {id(loss) for loss in graph.losses}

    def onward(node: Node) -> list[Node]:
        return [] if id(node) in ends else [child for child, _ in graph.children.get(id(node), ())]

    path = {id(node): node for node in walk(rated, onward) if id(node) in graph.reached}
    return any(end in path for end in ends) and all(
        node is rated or node.op in _SUMS or (node.op in _SCALES and _only_scales(node, path))
        for node in path.values()
    )


def _only_scales(product: Node, path: dict[int, Node]) -> bool:
    """Whether all that a value of the `path` is multiplied with is a coefficient, and no reward."""
    others = [node for node, _ in product.edges if id(node) not in path]
    if others or not isinstance(product.at, ast.BinOp):
        return bool(others) and all(_is_coefficient(node) for node in others)
    return _names_a_number(product.at.left) or _names_a_number(product.at.right)


def _is_coefficient(node: Node) -> bool:
    """Whether it comes from parameters of the loss or settings alone."""
    ends = [each for each in walk(node, _made_of) if each.source is not None or each.is_opaque]
    return bool(ends) and all(
        each.source is not None
        and (each.source.role == "parameter" or role_of(each.source.name) == "setting")
        for each in ends
    )


def _names_a_number(side: ast.expr) -> bool:
    """`0.2`, `self.alpha`, `alpha`; a number of the data has another name."""
    if isinstance(side, ast.UnaryOp):
        return _names_a_number(side.operand)
    name = side.attr if isinstance(side, ast.Attribute) else getattr(side, "id", "")
    return isinstance(side, ast.Constant) or role_of(name) == "setting"


def _enters_besides(sample: Node, graph: Graph) -> bool:
    """Whether gradient comes from the loss to the sample on a way without any `log_prob`."""
    return any(any(each is sample for each in walk(loss, _unrated)) for loss in graph.losses)


def _unrated(node: Node) -> list[Node]:
    return [] if node.op == "log_prob" else [parent for parent, gate in node.edges if gate is None]


def _origins(nodes: Iterable[Node]) -> set[int]:
    """What values come from that may learn: surely, where there is such."""
    ends = [each for each in nodes if each.source is not None or each.is_opaque]
    sure = [each for each in ends if each.source is not None and each.source.role in STRONG]
    return {id(each.source or each) for each in sure or ends}


def _made_of(node: Node) -> list[Node]:
    return [parent for parent, _ in node.edges]
