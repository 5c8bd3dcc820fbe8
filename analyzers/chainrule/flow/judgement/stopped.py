"""Evidence that a stop-gradient before something that learns was not meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.flow.core.graph import Gate, Node, behind, walk
from chainrule.flow.core.roles import LEARNS
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Graph, Root
from chainrule.flow.core.words import words
from chainrule.flow.judgement.overruled import STOPS
from chainrule.flow.judgement.two_networks import is_given_by_network, is_network_of, taken_by
from chainrule.flow.judgement.ways import becomes_leaf
from chainrule.flow.operations.leaves import DIFFERENTIATED, LEAF
from chainrule.syntax import parse_block, walk_tree

_GENERATORS = frozenset(("g", "gen", "generator", "netg"))
_HOOKS = frozenset(("register_forward_hook", "register_forward_pre_hook"))
# Distances: small where both sides are equal, whatever they are.
_DISTANCES = frozenset(
    """mse_loss l1_loss smooth_l1_loss huber_loss cosine_similarity cosine_embedding_loss pairwise_distance
    cdist kl_div""".split()
)
_EVEN = frozenset(("abs", "square", "pow", "norm", "vector_norm", "mult"))
_VIEWS = frozenset(("view", "reshape", "flatten", "float", "unsqueeze", "squeeze", "to", "contiguous"))
# What a layer is called after that only shows what a code holds.
_SHOWS = frozenset(("probe", "probes", "visual", "visualizer", "vis", "monitor", "debug", "diagnostic"))


def is_named_after(function: str, source: str) -> bool:
    """Whether a step is called after what it trains: `generator_step(gen, disc)`, `train_generator(G, D)`."""
    of = source.removeprefix("self.").partition(".")[0].lower()
    said = words(function.rpartition(".")[2])
    if not _GENERATORS.isdisjoint(words(of)) and not _GENERATORS.isdisjoint(said):
        return True
    return len(of) > 2 and any(
        len(word) > 2 and (word.startswith(of) or of.startswith(word)) for word in said
    )


@dataclass(frozen=True, slots=True)
class Stopped:
    """A value `after` the `gate` that stops its gradient, in the graph `below` one term of a loss."""

    gate: Gate
    after: Node
    below: Graph

    def is_a_mistake(self, root: Root) -> bool:
        return (
            self._is_kept_to_be_looked_at(root)
            or self._is_on_both_sides()
            or self._gives_its_input_back()
            or self._is_reversed()
            or self._is_made_a_leaf()
            or self._is_matched_to_another()
        )

    def _is_kept_to_be_looked_at(self, root: Root) -> bool:
        """Whether a forward hook, or a method that notes a value, stops its gradient."""
        keeps = any(
            _keeps(function, self.gate) for function in _around(self.gate) if function is not root.node
        )
        return keeps or _is_hooked(self.gate)

    def _is_on_both_sides(self) -> bool:
        """Whether a network compares the stopped value with another: `distance(vgg(made), vgg(real))`.

        What such a term leaves to learn is the network, and a distance is small where it maps all to one
        value.
        """
        onward = self._onward()
        layers = {
            id(parent)
            for node in onward.values()
            if "module-call" in node.tags and id(node) in self.below.flowing
            for parent, _ in node.edges
            if parent.source is not None
        }
        for sides in self._distances(onward):
            if all(_is_from(side, layers) for side in sides):
                return all(_is_all_from(side, onward) for side in sides if id(side) in onward)
        return False

    def _gives_its_input_back(self) -> bool:
        """Whether a term compares what is made of the stopped value with what that was made of.

        `distance(decode(encode(x).detach()), x)`: the code has to keep what is in x, and nothing asks it to.
        """
        before = Graph([parent for parent, gate in self.after.edges if gate is self.gate])
        given = {id(n.source) for n in before.source_nodes if n.source and n.source.role not in LEARNS}
        if not given or self._is_passed_by(before):
            return False
        for sides in self._distances(self._onward()):
            for made, wanted in (sides, sides[::-1]):
                asked = id(_plain(wanted).source)
                if asked in given and all(id(node.source) != asked for node in behind(made)):
                    return not _is_shown(made)
        return False

    def _is_passed_by(self, before: Graph) -> bool:
        """Whether gradient goes past the stop: `z + (q - z).detach()`."""
        uses = self.below.children.get(id(self.after), ())
        return any(
            gate is None and parent is not self.after and id(parent) in before.reached
            for total, gate in uses
            if total.op in ("add", "sub")
            for parent, _ in total.edges
        )

    def _is_reversed(self) -> bool:
        """`q + (z - q).detach()` of a `q` that was picked by `z`: the value of `z`, and the gradient of `q`.

        A straight-through estimator is `z + (q - z).detach()`.
        """
        for difference, gate in self.after.edges:
            if gate is not self.gate or difference.op != "sub" or len(difference.edges) != 2:
                continue
            value, code = (parent for parent, _ in difference.edges)
            for total, other in self.below.children.get(id(self.after), ()):
                if other is None and total.op == "add" and any(parent is code for parent, _ in total.edges):
                    return id(value) in Graph([code]).reached and all(
                        each is not value for each in behind(code)
                    )
        return False

    def _is_made_a_leaf(self) -> bool:
        """`x.detach().requires_grad_()` whose own gradient nobody asks for: it was to bring one back."""
        tags = [becomes_leaf(self.after, self.below, tag) for tag in (LEAF, DIFFERENTIATED)]
        return tags == [True, False]

    def _is_matched_to_another(self) -> bool:
        """Whether a term only fits a layer between what two networks make of one input, both stopped.

        `mse(regressor(student(x).detach()), teacher(x))`: a hint is for the student, not for the regressor.
        """
        before = Graph([parent for parent, gate in self.after.edges if gate is self.gate])
        onward = self._onward()
        for sides in self._distances(onward):
            for made, wanted in (sides, sides[::-1]):
                if id(made) not in onward or self.below.has_source(wanted, LEARNS):
                    continue
                other = Graph([wanted])
                apart = before.reached.keys().isdisjoint(
                    id(n) for n in other.source_nodes if is_network_of(n)
                )
                if apart and is_given_by_network(wanted) and not taken_by(before).isdisjoint(taken_by(other)):
                    return _is_all_from(made, onward) and not _is_shown(made)
        return False

    def _onward(self) -> dict[int, Node]:
        """What the stopped value goes into, as if it were not stopped, by id."""

        def onward(node: Node) -> Iterator[Node]:
            for child, gate in self.below.children.get(id(node), ()):
                if gate is None or gate.at is self.gate.at:
                    yield child

        return {id(node): node for node in walk(self.after, onward)}

    def _distances(self, onward: dict[int, Node]) -> Iterator[list[Node]]:
        """The two sides of the distances that the stopped value goes into."""
        for node in onward.values():
            sides = [parent for parent, gate in node.edges if gate is None or gate.cause in STOPS][:2]
            if len(sides) == 2 and any(id(side) in onward for side in sides) and self._is_distance(node):
                yield sides

    def _is_distance(self, node: Node) -> bool:
        if node.op in _DISTANCES or is_torch_loss(node):
            return True
        uses = [child.op for child, gate in self.below.children.get(id(node), ()) if gate is None]
        return node.op == "sub" and bool(uses) and all(use in _EVEN for use in uses)


def _keeps(function: ast.FunctionDef, gate: Gate) -> bool:
    """Whether a function puts the stopped value into a container, as it is."""
    for node in walk_tree(function):
        if isinstance(node, ast.Assign) and node.value is gate.at:
            return any(isinstance(target, ast.Subscript) for target in node.targets)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append" and gate.at in node.args:
            return True
    return False


def _is_hooked(gate: Gate) -> bool:
    for node in walk_tree(parse_block(gate.block)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _HOOKS:
            if any(gate.at in walk_tree(argument) for argument in node.args):
                return True  # a lambda
            named = {getattr(each, "attr", getattr(each, "id", "")) for each in walk_tree(node)}
            if any(function.name in named for function in _around(gate)):
                return True
    return False


def _around(gate: Gate) -> Iterator[ast.FunctionDef]:
    """The functions that a gate stands in, in its block."""
    for node in walk_tree(parse_block(gate.block)):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__" and gate.at in walk_tree(node):
            yield node


def _is_all_from(side: Node, onward: dict[int, Node]) -> bool:
    """Whether nothing that another layer gives is mixed into what is made of the stopped value."""
    return all(id(node) in onward for node in behind(side) if "module-call" in node.tags)


def _is_from(side: Node, layers: set[int]) -> bool:
    """Whether `side` is what one of `layers` gives: a target may be stopped, and has nothing added to it."""
    pending, seen = [side], set()
    while pending:
        node = pending.pop()
        if id(node) in layers:
            return True
        if id(node) in seen or (node.op in ("add", "iadd") and len(node.edges) > 1):
            continue
        seen.add(id(node))
        pending += [parent for parent, gate in node.edges if gate is None or gate.cause in STOPS]
    return False


def _plain(node: Node) -> Node:
    """What a value is another view of."""
    while node.op in _VIEWS and node.edges:
        node = node.edges[0][0]
    return node


def _is_shown(side: Node) -> bool:
    """Whether a layer is named after somebody who wants to see what a code holds."""
    sources = (node.source for node in behind(side) if node.source is not None)
    return any(not _SHOWS.isdisjoint(words(source.name)) for source in sources)
