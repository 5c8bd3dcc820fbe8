"""Parts of a loss that train nothing although the rest does: a term, a backward pass, a branch, a sample."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.roles import MAY_LEARN, STRONG, WAITING
from chainrule.flow.core.scalars import is_scalar, is_torch_loss
from chainrule.flow.core.trace import Break, Graph, Trace, broken_at
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.flow.effects.lifetime import LEFT
from chainrule.flow.judgement.answered import is_answered, trains_in_turn, weighs
from chainrule.flow.judgement.cuts import FIGURES, cuts
from chainrule.flow.judgement.ended import ended_terms, was_a_loss
from chainrule.flow.judgement.lost import nothing_flows
from chainrule.flow.judgement.overruled import STOPS
from chainrule.flow.judgement.scene import cut_further
from chainrule.flow.judgement.scored import is_only_added, is_scored
from chainrule.flow.judgement.waited import SELECTS
from chainrule.flow.judgement.ways import (
    gates_after,
    is_stopped_again,
    keeps_value,
    only_scales,
    only_selects,
)
from chainrule.flow.numbers.starts import BEYOND, FAR
from chainrule.flow.operations.contexts import LEFT_OFF
from chainrule.syntax import walk_tree

_SUMS = frozenset(("add", "sub", "iadd", "isub"))
# Notes of what is constant for now, or by construction.
_FIXED = frozenset((BEYOND, FAR, "own sample"))
# Before any count of gates: a loss is stopped after all of it was computed.
_ENDED = -1
_STACKS = frozenset(("stack", "hstack"))
_PRODUCTS = frozenset(("dot", "mult", "matmul", "matmult", "inner", "vdot"))
_SCALES = frozenset(("mult", "div", "neg", "mul", "imult", "idiv"))


def other_passes(trace: Trace) -> Iterator[Break]:
    """Backward passes from which nothing gets gradient although another one is sound.

    Gradients that somebody has left switched off in between are meant for none of them.
    """
    alone = len(trace.backwards) == 1
    for backward in trace.backwards:
        below = Graph([backward.node])
        if nothing_flows(below):
            for found in cuts(trace, below, True, True, False):
                if found.note == LEFT_OFF:
                    yield replace(found, raises=True)
                elif alone or (found.cause not in STOPS and found.cause not in FIGURES):
                    yield found


def terms(graph: Graph) -> Iterator[Break]:
    """Terms of the loss that contribute nothing to any gradient although they depend on a prediction."""
    if len(graph.losses) > 1 and any(map(graph.learns, graph.losses)):
        for node in graph.losses:
            if is_torch_loss(node) and not graph.learns(node):
                yield from dead_term(node, graph)
    pending = [(loss, False) for loss in graph.losses]
    seen: set[int] = set()
    while pending:
        node, reduced = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        parents = [parent for parent, gate in node.edges if gate is None]
        alive = [each for each in parents if graph.learns(each) and not ended_terms(each, graph)]
        if node.op in _SUMS:
            numbers = [parent for parent in parents if is_scalar(parent)]
            if alive and (reduced or numbers):  # what is added to a number is one
                for parent in parents:
                    if parent not in alive and not keeps_value(parent, alive):
                        # What is subtracted from or by a vector that learns is its target.
                        target = node.op in ("sub", "isub") and not numbers
                        roles = WAITING if _is_called_loss(node, parent) else MAY_LEARN
                        yield from (
                            found
                            for part in ended_terms(parent, graph) or [parent]
                            for found in dead_term(part, graph, roles)
                            if not target or found.cause not in STOPS
                        )
            pending.extend((parent, reduced) for parent in alive if reduced or parent in numbers)
            yield from _figured(parents, graph)
        elif (node.op in _STACKS or node.op == "setitem") and reduced:
            for parent in parents if node.op in _STACKS else parents[1:]:  # `loss = zeros(3); loss[0] = …`
                if alive and parent not in alive and is_scalar(parent):
                    for each in dead_term(parent, graph):
                        if each.sources[0].role == "prediction" or each.cause is Cause.DEGENERATE:
                            yield each
            pending.extend((parent, True) for parent in alive)
        elif node.op == "phi" or (node.op in _SCALES and len(alive) == 1):
            pending.extend((parent, reduced) for parent in alive)
        elif node.op in _PRODUCTS:  # with the weights of the terms
            pending.extend((parent, True) for parent in alive if parent.op in _STACKS)
        elif node.op in ("mean", "sum"):
            pending.extend((parent, True) for parent in alive)


def _figured(terms: list[Node], graph: Graph) -> Iterator[Break]:
    """Terms of which only what is given beside a prediction is left, since that became a Python number."""
    certain = [term for term in terms if any(_is_strong(each) for each in behind(term))]
    for term in terms:
        if certain and term not in certain and _learns(term) and not any(e.is_opaque for e in behind(term)):
            below = Graph([term])
            numbers = (each for each in below.reached.values() if each.kind != "tensor")
            valued = (each for each in numbers if not only_selects(each, below))
            if any(map(_was_predicted, valued)) and not _is_weighed(term):
                for found in dead_term(term, graph):
                    if found.sources[0].role == "prediction":
                        yield found


def _is_weighed(term: Node) -> bool:
    """`min(r.item() / k.item(), 10) * k`: a number that only weighs another term."""
    kinds = {parent.kind for parent, _ in term.edges}
    return (
        term.op in ("mult", "mul")
        and kinds == {"scalar", "tensor"}
        and all(parent.kind == "scalar" or is_scalar(parent) for parent, _ in term.edges)
    )


def _was_predicted(number: Node) -> bool:
    """Whether a number is computed from a prediction, and by nothing that was not followed."""
    below = Graph([number]).reached.values()
    predicted = any(each.source is not None and each.source.role == "prediction" for each in below)
    return predicted and not any(each.is_opaque for each in below)


def _is_strong(node: Node) -> bool:
    return node.source is not None and node.source.role in STRONG


def _learns(node: Node) -> bool:
    """Whether gradient that reaches `node` may train something."""
    return any(
        each.is_opaque or (each.source is not None and each.source.role in MAY_LEARN) for each in behind(node)
    )


def _masks(comparison: Node, graph: Graph) -> bool:
    """Whether a yes or no is multiplied with what gets gradient: it chooses, here or in another term."""
    pending, steps = [comparison], 0
    while pending and steps < 12:
        current, steps = pending.pop(), steps + 1
        for child, _ in graph.children.get(id(current), ()):
            if child.op in ("mult", "mul", "and", "logical_and"):
                others = [parent for parent, gate in child.edges if parent is not current and gate is None]
                if any(each.source is not None for other in others for each in behind(other) if other.edges):
                    return True
                pending.append(child)
            elif child.op in ("float", "to", "type_as", "double", "unsqueeze", "phi"):
                pending.append(child)
    return False


def _is_called_loss(total: Node, term: Node) -> bool:
    """Whether the `term` of a sum is called a loss: `0.1 * walk_loss` is to train something."""
    at = total.at
    if len(total.edges) != 2 or not isinstance(at, (ast.BinOp, ast.AugAssign)):
        return False
    first = total.edges[0][0] is term
    written = (at.left if first else at.right) if isinstance(at, ast.BinOp) else at.value
    if isinstance(at, ast.AugAssign) and first:
        return False
    return any(
        not LOSS_WORDS.isdisjoint(words(each.id if isinstance(each, ast.Name) else each.attr))
        for each in walk_tree(written)
        if isinstance(each, (ast.Name, ast.Attribute))
    )


def dead_term(term: Node, graph: Graph, roles: frozenset[str] = MAY_LEARN) -> Iterator[Break]:
    """The gate of a term that is the easiest to open. `roles`: who is to get something by it."""
    if term.edges and all(gate is not None and gate.cause is None for _, gate in term.edges):
        return  # `x.sum() * 0` is nothing on purpose
    if term.op in ("detach", "data") and any(id(parent) in graph.flowing for parent, _ in term.edges):
        return  # on another branch, or beside it, it is trained
    below = Graph([term])
    if is_answered(below, graph):
        return
    found: list[tuple[int, int, Break]] = []
    for node in below.source_nodes:
        source = node.source
        if source is None or source.role not in roles:
            continue
        for gate, after, way in (cut for each in below.gates(node) for cut in cut_further(each, below)):
            if gate.cause is None or gate.cause in SELECTS:
                continue
            if gate.cause is Cause.SAMPLING and is_scored(after, graph):
                continue  # what a score function trains needs no gradient through its samples
            if gate.cause is Cause.COMPARISON and (_masks(after, graph) or only_scales(after, below)):
                continue  # it chooses, or counts what is chosen
            if gate.note in _FIXED and id(node) in graph.flowing:
                continue  # other terms move it from where it starts; the entropy of a fixed width is a number
            if gate.note == LEFT:
                continue
            ended = gate.cause in STOPS and was_a_loss(gate, after)
            if gate.cause in STOPS and not ended:
                if source.role not in STRONG or trains_in_turn(below, graph, source):
                    continue
                if weighs(after, graph, source):
                    continue
            left = _ENDED if ended else gates_after(after, below)
            if left > 0 and is_stopped_again(after, below, gate):
                continue
            # A stop-gradient beside something else that cuts was meant, or one of what learns elsewhere.
            meant = (gate.cause in STOPS) + (id(node) in graph.flowing)
            found.append((left, meant, broken_at(below, gate, term, way, (source,), note="term")))
    if found:
        yield min(found, key=_to_blame)[2]


def _to_blame(found: tuple[int, int, Break]) -> tuple[bool, int, int, int]:
    """What certainly learns comes before a table or a label that the same gate cuts; then the easiest.

    Of several of these, it is what the loss takes first.
    """
    left, meant, each = found
    certain = left == _ENDED or any(source.role in STRONG for source in each.sources)
    return (not certain, left, meant, each.sources[0].position)


def plain_samples(graph: Graph) -> Iterator[Break]:
    """`sample()` where `rsample()` was meant: the sample itself enters the loss, no score function does."""
    nodes = graph.reached.values()
    rated = any(node.op == "log_prob" for node in nodes)
    for node in nodes:
        if node.op != "sample" or id(node) not in graph.flowing or "rsample" not in node.tags:
            continue
        learnt = [n.source for n in Graph([node]).source_nodes if n.source and n.source.role in STRONG]
        for gate in {id(gate): gate for _, gate in node.edges if gate is not None and gate.cause}.values():
            if learnt and gate.cause is Cause.SAMPLING:
                others = {id(n.source) for n in graph.source_nodes if id(n) in graph.flowing}
                partly = "term" if all(id(source) in others for source in learnt) else ""
                if rated and (not partly or is_scored(node, graph)) and not is_only_added(node, graph):
                    continue  # by a score function, or by turns with what the sample goes to
                yield Break(gate.cause, gate.block, gate.at, Verdict.CUT, tuple(learnt), partly)
