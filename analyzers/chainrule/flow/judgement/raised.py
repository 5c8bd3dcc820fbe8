"""Scores that a loss only makes large: `-critic(obs, action).mean()`, `bce(disc(fake), ones)`.

Who only learns to score needs something to score against, what is real or what is wanted. A score that is
raised alone is for what was scored: with its gradient stopped, the one who scores learns to be pleased.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.graph import Gate, Node, Source, behind, flowing_parents, walk
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Graph
from chainrule.flow.core.words import words

# What grows with each of its operands.
_GROWS = frozenset(
    """mean sum squeeze unsqueeze view reshape flatten select phi min minimum float to add iadd softplus relu
    leaky_relu sigmoid logsigmoid log log1p exp tanh""".split()
)
# Losses of scores one by one: not of one among several, as a contrastive loss takes its first.
_COMPARES = frozenset(
    """mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits
    bce_loss bce_with_logits_loss""".split()
)
# Networks that give a score of no scale of its own.
_SCORES = frozenset("critic critics q qf qnet value disc discriminator judge reward".split())
_SCALES = frozenset(("mult", "mul", "imult", "div", "idiv"))


def is_raised(stop: Gate, stopped: Node, graph: Graph) -> bool:
    """Whether all that a loss takes of a stopped value are scores or losses, each only to be made large.

    `task - weight * adversary_loss` is for who is judged: the adversary itself learns nothing by it.
    """
    signs = _signs(graph)
    lowered = {each for node, sign in signs.items() if sign > 0 for each in _scored_by(node)}

    def is_end(node: Node) -> bool:
        if is_torch_loss(node):
            return signs.get(node, 0) < 0 and _is_alone(node) and _is_all(node, graph)
        layers = _scored_by(node) if signs.get(node, 0) < 0 else set()
        return bool(layers) and lowered.isdisjoint(layers) and _is_alone(node)

    def onward(node: Node) -> Iterator[Node]:
        for child, gate in graph.children.get(id(node), ()):
            if (gate is None or gate.at is stop.at) and not is_end(child):
                yield child

    ahead = list(walk(stopped, onward))
    losses = {id(loss) for loss in graph.losses}
    if any(id(node) in losses for node in ahead):
        return False
    taken = (each for node in ahead for each in graph.children.get(id(node), ()))
    return any(gate is None and is_end(child) for child, gate in taken)


def _signs(graph: Graph) -> dict[Node, int]:
    """What the loss grows (1) or falls (-1) with, down to what layers give.

    0 where it does both, or where that is open.
    """
    signs: dict[Node, int] = {}
    pending = [(loss, 1) for loss in graph.losses]
    while pending:
        node, sign = pending.pop()
        known = signs.get(node)
        if known is not None and known in (sign, 0):
            continue
        signs[node] = sign if known is None else 0
        if not _is_given(node):
            grows = dict(_monotone(node))
            pending += [(parent, signs[node] * grows.get(parent, 0)) for parent in flowing_parents(node)]
    return signs


def _is_given(node: Node) -> bool:
    """Whether a value is what a layer or a network gives, and not a part of it."""
    return "module-call" in node.tags and node.op not in _GROWS


def _monotone(node: Node) -> Iterator[tuple[Node, int]]:
    """The operands that a value grows with, and those that it falls with (-1)."""
    parents = flowing_parents(node)
    if node.op in _GROWS:
        yield from ((parent, 1) for parent in parents)
    elif node.op == "neg":
        yield from ((parent, -1) for parent in parents)
    elif node.op in ("sub", "isub"):
        yield from zip(parents, (1, -1) if len(node.edges) == 2 else (_side(node),), strict=False)
    elif node.op in _SCALES:
        for parent in parents:
            others = [other for other, _ in node.edges if other is not parent]
            yield parent, -1 if _is_negative(node) or any(other.bounds.high <= 0 for other in others) else 1
    elif node.op in _COMPARES and len(node.edges) == 2:
        (score, gate), (wanted, _) = node.edges
        if gate is None and wanted.bounds.low == wanted.bounds.high:
            yield score, -1 if wanted.bounds.low > 0 else 1


def _side(difference: Node) -> int:
    """The sign of the one operand that is no number: `score - 1`, `1 - score`; 0 if it may be either."""
    sides = (difference.at.left, difference.at.right) if isinstance(difference.at, ast.BinOp) else ()
    match [isinstance(side, ast.Constant) for side in sides]:
        case [False, True]:
            return 1
        case [True, False]:
            return -1
        case _:
            return 0


def _is_negative(product: Node) -> bool:
    """`-alpha * score`, of an `alpha` that is a number."""
    sides = (product.at.left, product.at.right) if isinstance(product.at, ast.BinOp) else ()
    return any(
        isinstance(side, ast.UnaryOp)
        and isinstance(side.op, ast.USub)
        and all(parent.at is not side for parent, _ in product.edges)
        for side in sides
    )


def _scored_by(node: Node) -> set[int]:
    """The parameters of the layer that gives a score, or the network: another may give a log-density."""
    if not _is_given(node):
        return set()
    sources = [parent.source for parent, _ in node.edges if parent.source is not None]
    return {id(each) for each in sources if each.layer or not _SCORES.isdisjoint(words(each.name))}


def _is_alone(score: Node) -> bool:
    """Whether a score trains nobody but who scores: it may train an actor that sees what is stopped."""
    sources = (each.source for each in behind(score))
    learning = {_network(each) for each in sources if each is not None and each.role in STRONG}
    return len(learning) == 1


def _is_all(loss: Node, graph: Graph) -> bool:
    """Whether the layers that a loss trains train by nothing else: to forget one thing, something is kept."""
    given = {id(each): each for each in behind(loss) if _is_given(each)}
    layers = {layer for each in given.values() for layer in _scored_by(each)}
    others = (each for key, each in graph.reached.items() if key in graph.flowing and key not in given)
    return bool(layers) and all(layers.isdisjoint(_scored_by(each)) for each in others)


def _network(source: Source) -> str:
    """`self.critic` of `self.critic.head.weight`, `critic` of an argument."""
    return ".".join(source.name.split(".")[: 2 if source.name.startswith("self.") else 1])
