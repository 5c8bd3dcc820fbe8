"""Questions about the ways from a value to the loss: what becomes of what was cut."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, behind, flowing_parents, walk
from chainrule.flow.core.roles import LEARNS
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.trace import Graph


def is_term(node: Node, graph: Graph) -> bool:
    """Whether a gradient computed without create_graph is itself a term of the loss.

    As a direction (an adversarial step, a weight) it goes through a model again, or is detached; a descent
    adds it to what it is the gradient of.
    """
    origin = {id(parent) for parent, gate in node.edges if gate is not None and gate.cause is None}

    def is_origin(parent: Node) -> bool:
        """`zip(grads, weights)` gives one of the weights."""
        joined = parent.op == "phi" and bool(parent.edges)
        return id(parent) in origin or (joined and all(id(each) in origin for each, _ in parent.edges))

    def onward(current: Node) -> list[Node]:
        through_model = current.op == "call" or "module-call" in current.tags
        descends = any(is_origin(parent) for parent, _ in current.edges) and current is not node
        return [] if through_model or descends else _flowing_children(current, graph)

    return _reaches_loss(walk(node, onward), graph)


def _flowing_children(node: Node, graph: Graph) -> list[Node]:
    return [child for child, gate in graph.children.get(id(node), ()) if gate is None]


def _reaches_loss(nodes: Iterable[Node], graph: Graph) -> bool:
    ends = {id(loss) for loss in graph.losses}
    return any(id(node) in ends for node in nodes)


# What keeps the gradients of two factors apart up to a constant.
_LINEAR = frozenset(("mean", "sum", "neg", "add", "sub", "squeeze", "phi", "iadd", "isub", "div"))


def is_coefficient(node: Node, graph: Graph) -> bool:
    """Whether a stopped value only weighs what trains a parameter: `alpha.detach() * log_prob`.

    A dual variable and what it weighs are trained by turns, each with the other held fixed.
    """
    ends = {id(loss) for loss in graph.losses}
    weighed = False
    seen: set[int] = set()
    pending = [(node, False)]
    while pending:
        current, linear = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if id(current) in ends:
            weighed = weighed or linear
            if not linear:
                return False
        for child, gate in graph.children.get(id(current), ()):
            if gate is not None:
                continue
            if child.op == "mult" and not linear:
                others = [each for each, _ in child.edges if each is not current]
                pending.append((child, any(_may_be_trained(each, graph) for each in others)))
            elif linear and child.op not in _LINEAR:
                return False
            else:
                pending.append((child, linear))
    return weighed


def _may_be_trained(node: Node, graph: Graph) -> bool:
    """Whether gradient that reaches `node` goes on to what learns, or to what an unseen object holds."""
    held = (each.is_opaque and each.op == "attribute" for each in behind(node))
    return graph.has_source(node, LEARNS) or any(held)


def is_converted(node: Node, graph: Graph) -> bool:
    """Whether a stopped value becomes an array or a number: `loss.detach().cpu().numpy()`.

    What a network makes of it is another value.
    """

    def onward(current: Node) -> Iterator[Node]:
        return (each for each in _flowing_children(current, graph) if "module-call" not in each.tags)

    ahead = walk(node, onward)
    gates = [gate for each in ahead for _, gate in graph.children.get(id(each), ()) if gate is not None]
    return any(gate.cause in (Cause.NUMPY, Cause.PYTHON_SCALAR) for gate in gates)


def only_scales(node: Node, graph: Graph) -> bool:
    """Whether a number is only multiplied with, or divides, what else the loss is computed from."""
    pending, seen = [node], {id(node)}
    while pending:
        current = pending.pop()
        used = _flowing_children(current, graph)
        if not used:
            return False
        for child in used:
            if child.op in ("div", "idiv") and child.edges[0][0] is not current:
                continue
            scaled = len(child.edges) > 1 and child.kind == "tensor"
            if child.op in ("mult", "imult") and current.kind != "tensor" and scaled:
                continue
            if id(child) not in seen:
                seen.add(id(child))
                pending.append(child)
    return True


def is_opposed(node: Node, graph: Graph) -> bool:
    """Whether a stopped value goes into a layer that other data goes into too: a fake beside what is real."""
    for each in walk(node, lambda current: _flowing_children(current, graph)):
        for child in _flowing_children(each, graph):
            for layer in flowing_parents(child) if "module-call" in child.tags else ():
                if layer.source is not None and layer.source.role == "parameter":
                    calls = _flowing_children(layer, graph)
                    return any(call is not child and "module-call" in call.tags for call in calls)
    return False


def becomes_leaf(node: Node, graph: Graph, tag: str) -> bool:
    """Whether a stopped value has a `tag` later on: `x.detach().requires_grad_()`, whose `x.grad` is read.

    `Variable(x, requires_grad=True)` stops it once more, and is the leaf then.
    """
    for each in walk(node, lambda current: _flowing_children(current, graph)):
        wrapped = (child for child, _ in graph.children.get(id(each), ()) if child.op == "Variable")
        if tag in each.tags or any(tag in child.tags for child in wrapped):
            return True
    return False


def drops_a_derivative(stopped: Node) -> bool:
    """Whether a derivative made with create_graph went into a stopped value: it was to be learnt through."""
    return any(
        node.op == "grad"
        and isinstance(node.at, ast.Call)
        and any(
            keyword.arg == "create_graph" and getattr(keyword.value, "value", None) is True
            for keyword in node.at.keywords
        )
        for parent, _ in stopped.edges
        for node in behind(parent)
    )


def is_target(node: Node, graph: Graph) -> bool:
    """Whether a stopped value is only what torch's losses compare something with that learns."""
    ends = {id(loss) for loss in graph.losses}
    compared = False
    seen: set[int] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        if id(current) in ends:
            return False
        if id(current) not in seen:
            seen.add(id(current))
            for child, _ in graph.children.get(id(current), ()):
                first = child.edges[0][0]
                if is_torch_loss(child) and first is not current and graph.has_source(first, LEARNS):
                    compared = True
                else:
                    pending.append(child)
    return compared


def is_read_through(node: Node, graph: Graph) -> bool:
    """Whether an argument is run over, and what it gives is fed to a network that is cut: batches of data."""
    if node.source is None or node.source.role not in ("unknown", "data"):
        return False
    uses = graph.children.get(id(node), ())
    if not uses or not all(
        child.op == "select" and not isinstance(child.at, ast.Subscript) for child, _ in uses
    ):
        return False
    return any(
        gate is not None and gate.cause is not None and "module-call" in behind.tags
        for gate, behind, _ in graph.gates(node)
    )


NEVER = 1000


def gates_after(node: Node, graph: Graph, repaired: Gate | None = None) -> int:
    """How many more gates are on the best way from `node` to the loss; NEVER where it only selects.

    A block under no_grad is one gate that is met at every operator in it: what is `repaired` is open there.
    """
    ends = {id(loss) for loss in graph.losses}
    near: list[Node] = [node]
    seen: set[int] = set()
    for count in range(NEVER):
        far: list[Node] = []
        while near:
            current = near.pop()
            if id(current) in ends:
                return count
            if id(current) in seen:
                continue
            seen.add(id(current))
            for child, gate in graph.children.get(id(current), ()):
                if gate is None or (repaired is not None and gate.at is repaired.at):
                    near.append(child)
                elif gate.cause is not None and gate.cause is not Cause.BRANCH:
                    far.append(child)
        if not far:
            break
        near = far
    return NEVER


def is_stopped_again(node: Node, graph: Graph, first: Gate | None = None) -> bool:
    """Whether what stops every way on from `node`, or from what it selects, is a stop-gradient.

    What was cut before is given so: the entry of a codebook that is passed straight through. `first`: the
    stop that `node` comes from; what else stands under the same `no_grad` is no second one.
    """

    def passes(gate: Gate | None) -> bool:
        return gate is None or gate.cause is None or (first is not None and gate.at is first.at)

    def onward(current: Node) -> Iterator[Node]:
        return (child for child, gate in graph.children.get(id(current), ()) if passes(gate))

    gates = [
        gate
        for each in walk(node, onward)
        for _, gate in graph.children.get(id(each), ())
        if gate is not None and not passes(gate)
    ]
    free = walk(node, lambda current: _flowing_children(current, graph))
    return (
        bool(gates) and all(gate.cause is Cause.DETACH for gate in gates) and not _reaches_loss(free, graph)
    )


def is_cast_back(node: Node, graph: Graph) -> bool:
    """Whether a later `.float()` says that the value is known to hold integers."""
    ahead = walk(node, lambda current: _flowing_children(current, graph))
    return any(each.op in ("float", "double") for each in ahead)


def only_selects(node: Node, graph: Graph, by_slices: bool = False) -> bool:
    """Whether `node` is used as an index, a mask or a condition only: a choice, which needs no gradient.

    `by_slices`: only as bounds of slices, as the corners of a box to crop are, or as lengths and labels.
    """
    cropped = True

    def onward(current: Node) -> Iterator[Node]:
        nonlocal cropped
        for child, gate in graph.children.get(id(current), ()):
            if gate is None or (gate.cause is not None and gate.cause is not Cause.BRANCH):
                yield child
            elif child.op == "where" and all(each is current or is_number(each) for each, _ in child.edges):
                yield child  # `torch.where(x > 0, 1.0, 0.0)` is the condition in other words
            elif child.op != "slice" and not is_torch_loss(child):
                cropped = False

    return not _reaches_loss(walk(node, onward), graph) and (cropped or not by_slices)


def is_number(node: Node) -> bool:
    """Whether nothing went into a value: zeros, ones, a number."""
    return not node.edges and node.source is None and not node.is_opaque


def also_selects(node: Node, graph: Graph) -> bool:
    """Whether `node` is an index or a mask somewhere: `logp.gather(1, sampled)`."""

    def uses(current: Node) -> list[tuple[Node, Gate | None]]:
        return graph.children.get(id(current), [])

    ahead = walk(node, lambda current: [child for child, _ in uses(current)])
    return any(gate is not None and gate.cause is None for each in ahead for _, gate in uses(each))


# Operators whose result follows from their operands alone.
_PLAIN = frozenset(("add", "sub", "mult", "div"))


def keeps_value(term: Node, others: list[Node]) -> bool:
    """Whether a term without gradient only sets the value of another.

    `loss + (hard - loss).detach()`, `x - x.round()`.
    """
    wanted = {_made_of(each) for other in others for each in behind(other)}
    themselves = {id(other) for other in others}
    if any(id(parent) in themselves for parent, _ in term.edges):
        return True

    def onward(node: Node) -> list[Node]:
        keeps = node.op in ("add", "sub", "neg", "detach", "data", "item")
        return [parent for parent, _ in node.edges] if keeps else []

    return any(
        node.source is None and _made_of(node) in wanted for node in walk(term, onward) if node is not term
    )


def _made_of(node: Node) -> tuple[object, ...]:
    """What is equal for a value and the same expression of the same values, written once more."""
    if node.op in _PLAIN and len(node.edges) == 2:
        return (node.op, *(id(parent) for parent, _ in node.edges))
    return (id(node),)


def is_round_trip(node: Node, graph: Graph) -> bool:
    """Whether a detached value goes to numpy and comes back as a tensor: it was detached for that alone."""
    ahead = walk(
        node,
        lambda current: [
            child
            for child, gate in graph.children.get(id(current), ())
            if gate is None or gate.cause in (Cause.NUMPY, Cause.REBUILD, Cause.DETACH)
        ],
    )
    return any(_is_from_array(each) and id(each) in graph.flowing for each in ahead)


def _is_from_array(node: Node) -> bool:
    """`torch.from_numpy(a)`, `torch.tensor(a)` of an array."""
    rebuilt = node.op in ("tensor", "as_tensor") and any(each.kind == "array" for each, _ in node.edges)
    return rebuilt or node.op == "from_numpy"
