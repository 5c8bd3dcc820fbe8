"""Evidence that a stop-gradient before something that learns was not meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.graph import Gate, Node, behind, walk
from chainrule.flow.core.trace import Graph, Root
from chainrule.flow.core.words import words
from chainrule.syntax import parse_block

_GENERATORS = frozenset(("g", "gen", "generator", "netg"))
_HOOKS = frozenset(("register_forward_hook", "register_forward_pre_hook"))
# Distances: small where both sides are equal, whatever they are.
_DISTANCES = frozenset(
    """mse_loss l1_loss smooth_l1_loss huber_loss cosine_similarity cosine_embedding_loss pairwise_distance
    cdist kl_div""".split()
)
_EVEN = frozenset(("abs", "square", "pow", "norm", "vector_norm", "mult"))


def is_named_after(function: str, source: str) -> bool:
    """Whether a step is called after what it trains: `generator_step(gen, disc)`, `train_generator(G, D)`."""
    of = source.removeprefix("self.").partition(".")[0].lower()
    said = words(function.rpartition(".")[2])
    if of in _GENERATORS and not _GENERATORS.isdisjoint(said):
        return True
    return len(of) > 2 and any(
        len(word) > 2 and (word.startswith(of) or of.startswith(word)) for word in said
    )


def is_looked_at(gate: Gate, root: Root) -> bool:
    """Whether what keeps a value to be looked at stops its gradient: a hook, a method that notes it."""
    keeps = any(_keeps(function, gate) for function in _around(gate) if function is not root.node)
    return keeps or _is_hooked(gate)


def _keeps(function: ast.FunctionDef, gate: Gate) -> bool:
    """Whether a function puts the stopped value into a container, as it is."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and node.value is gate.at:
            return any(isinstance(target, ast.Subscript) for target in node.targets)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append" and gate.at in node.args:
            return True
    return False


def _is_hooked(gate: Gate) -> bool:
    for node in ast.walk(parse_block(gate.block)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _HOOKS:
            if any(gate.at in ast.walk(argument) for argument in node.args):
                return True  # a lambda
            named = {getattr(each, "attr", getattr(each, "id", "")) for each in ast.walk(node)}
            if any(function.name in named for function in _around(gate)):
                return True
    return False


def _around(gate: Gate) -> Iterator[ast.FunctionDef]:
    """The functions that a gate stands in, in its block."""
    for node in ast.walk(parse_block(gate.block)):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__" and gate.at in ast.walk(node):
            yield node


def is_on_both_sides(gate: Gate, after: Node, below: Graph) -> bool:
    """Whether a network compares the stopped value with another: `distance(vgg(made), vgg(real))`.

    What such a term leaves to learn is the network, and a distance is small where it maps all to one value.
    """
    layers: set[int] = set()
    stopped: set[int] = set()

    def onward(node: Node) -> Iterator[Node]:
        for child, each in below.children.get(id(node), ()):
            if each is None or each.at is gate.at:
                yield child

    for node in walk(after, onward):
        stopped.add(id(node))
        if "module-call" in node.tags and id(node) in below.flowing:
            layers |= {id(parent) for parent, _ in node.edges if parent.source is not None}
    for node in below.reached.values():
        if id(node) in stopped and _is_distance(node, below):
            sides = [parent for parent, each in node.edges if each is None][:2]
            if len(sides) == 2 and all(_is_from(side, layers) for side in sides):
                return all(_is_all_from(side, stopped) for side in sides if id(side) in stopped)
    return False


def _is_distance(node: Node, below: Graph) -> bool:
    if node.op in _DISTANCES:
        return True
    uses = [child.op for child, each in below.children.get(id(node), ()) if each is None]
    return node.op == "sub" and bool(uses) and all(use in _EVEN for use in uses)


def _is_all_from(side: Node, stopped: set[int]) -> bool:
    """Whether nothing that another layer gives is mixed into what is made of the stopped value."""
    return all(id(node) in stopped for node in behind(side) if "module-call" in node.tags)


def _is_from(side: Node, layers: set[int]) -> bool:
    return any(id(node) in layers for node in behind(side))
