"""Branches of a setting on which a loss trains nothing although its other branches do.

`reduction == "mean"` takes one way through a loss and `"sum"` another: each of them is somebody's loss.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.scalars import is_scalar
from chainrule.flow.core.trace import Break, Graph, Place, broken_at
from chainrule.flow.core.words import words
from chainrule.flow.judgement.evidence import is_inverted
from chainrule.flow.judgement.overruled import STOPS
from chainrule.flow.judgement.ways import gates_after, is_round_trip, only_selects
from chainrule.syntax import walk_tree

MAX_NODES = 4000
# Ways to run that are to have no gradient.
_STILL = frozenset(
    """eval evaluate evaluation test val valid validation predict infer inference train training phase stage
    frozen freeze fixed detach detached stop stopped grad gradient gradients target none off""".split()
)
BRANCH = "alternative"
"""The note of a break that ends one branch only."""


def dead_alternatives(graph: Graph, named: bool) -> Iterator[Break]:
    """Breaks that end every way through one alternative, where another trains a source.

    A stop-gradient may be meant in the middle of a computation; it counts on a single number only, and where
    the branch is one of several ways to compute the same. Where nothing but its structure makes a function a
    loss (not `named`), all of them do.
    """
    if len(graph.reached) > MAX_NODES:
        return
    for node in graph.reached.values():
        if node.op != "phi" or id(node) not in graph.flowing:
            continue
        alternatives = [parent for parent, gate in node.edges if gate is None]
        if len(alternatives) < 2:
            continue
        alive = [each for each in alternatives if graph.has_source(each, STRONG)]
        if not alive or len(alive) == len(alternatives):
            continue
        if asks_for_dtype(node.at) or is_returned_beside(graph, node):
            continue
        for dead in alternatives:
            if dead not in alive and (named or is_scalar(dead)) and not _learns_otherwise(graph, node, dead):
                below = Graph([dead])
                stops = named and _is_a_way(node.at)
                yield from _closed(below, stops) or (_closed(below, stops, several=True) if named else ())


def _is_a_way(condition: ast.AST) -> bool:
    """Whether a setting names what is computed, `mode == "binary"`: a flag may ask for no gradient."""
    asked = [condition]
    if isinstance(condition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        asked = [test for node in walk_tree(condition) for test in _deciding_returns(node)]
    named = (isinstance(each, ast.Compare) and isinstance(each.ops[0], (ast.Eq, ast.In)) for each in asked)
    said = {word for test in asked for node in walk_tree(test) for word in _words_in(node)}
    return bool(asked) and all(named) and said.isdisjoint(_STILL)


def _words_in(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Constant):
        return words(node.value) if isinstance(node.value, str) else ()
    return words(getattr(node, "attr", getattr(node, "id", "")))


def is_returned_beside(graph: Graph, choice: Node) -> bool:
    """Whether a choice is returned beside a loss that learns: weights of the values it is made of."""
    others = [loss for loss in graph.losses if loss is not choice]
    return len(others) < len(graph.losses) and any(graph.has_source(loss, STRONG) for loss in others)


def asks_for_dtype(condition: ast.AST) -> bool:
    """Whether the branch is taken by some dtypes only: what is cast there holds integers already.

    `condition`: what is asked, or a function that returns in several places.
    """
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("dtype", "is_floating_point", "is_complex")
        for node in _asked(condition)
    )


def asks_for_type(condition: ast.AST) -> bool:
    """Whether a branch is taken by values of one type: what another has to go through, they need not."""
    return any(
        isinstance(node, ast.Name) and node.id in ("isinstance", "hasattr", "type")
        for node in _asked(condition)
    )


@lru_cache(maxsize=64)
def _asked(condition: ast.AST) -> tuple[ast.AST, ...]:
    """What is in a condition, or in those under which a function that returns in several places does."""
    asked = [condition]
    if isinstance(condition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        asked = [test for node in walk_tree(condition) for test in _deciding_returns(node)]
    elif isinstance(condition, ast.IfExp):
        asked = [condition.test]
    return tuple(node for each in asked for node in walk_tree(each))


def _deciding_returns(node: ast.AST) -> list[ast.expr]:
    """What a statement asks before a `return` in it, or in what it returns."""
    if isinstance(node, ast.If):
        return [node.test] if any(isinstance(each, ast.Return) for each in walk_tree(node)) else []
    return (
        [each.test for each in walk_tree(node) if isinstance(each, ast.IfExp)]
        if isinstance(node, ast.Return)
        else []
    )


def _learns_otherwise(graph: Graph, choice: Node, taken: Node) -> bool:
    """Whether something is trained where `choice` is `taken`; code that was not followed may do so."""
    after = computed_from(graph, choice)
    by_data = any(gate is not None and gate.cause is Cause.BRANCH for _, gate in choice.edges)
    side = _sides(choice).index(taken)
    seen: set[int] = set()
    pending = [loss for loss in graph.losses if id(loss) in after]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.is_opaque or (node.source is not None and node.source.role in STRONG):
            return True
        if node is choice:
            pending.append(taken)
            continue
        if node.op == "phi" and node.at is choice.at:
            if by_data:
                continue  # the same choice in another round of a loop, for another element
            if _is_beside(choice, node):
                pending.append(_sides(node)[side])
                continue
        parents = [parent for parent, gate in node.edges if gate is None]
        if node.op == "phi":  # a later alternative that leaves this value out leaves out its fault
            parents = [parent for parent in parents if id(parent) in after] or parents
        pending.extend(parents)
    return False


def _is_beside(choice: Node, other: Node) -> bool:
    """Whether a choice is of another value by the same condition, and not the same in another round."""
    ours, theirs = _sides(choice), _sides(other)
    return len(ours) == len(theirs) and any(a.at is not b.at for a, b in zip(ours, theirs, strict=True))


def _sides(choice: Node) -> list[Node]:
    return [parent for parent, gate in choice.edges if gate is None]


def computed_from(graph: Graph, choice: Node) -> set[int]:
    """`choice` and what is computed from it."""
    found: set[int] = set()
    pending = [choice]
    while pending:
        node = pending.pop()
        if id(node) not in found:
            found.add(id(node))
            pending.extend(child for child, _ in graph.children.get(id(node), ()))
    return found


def _is_a_loss(stopped: Node) -> bool:
    """Whether what was stopped is a loss already: a single number, or `1 - score`."""
    return is_scalar(stopped) or any(is_inverted(parent) for parent, _ in stopped.edges)


def _closed(below: Graph, stops: bool, several: bool = False) -> list[Break]:
    """The gates whose repair alone would let gradient through, told once for all sources behind them.

    `stops`: also those that stop what is no loss yet. `several`: those after which the fewest others remain.
    """
    found: dict[int, tuple[Gate, Node, list[Place], list[Source]]] = {}
    left: dict[int, int] = {}
    for node in below.source_nodes:
        source = node.source
        if source is None or source.role not in STRONG or source.name.startswith("<"):
            continue
        for gate, behind, way in below.gates(node):
            if gate.cause is None or gate.cause is Cause.BRANCH or only_selects(behind, below):
                continue
            if not is_round_trip(behind, below):
                meant = gate.cause in STOPS and gate.note != ".data" and not (stops or _is_a_loss(behind))
                if meant or (id(behind) not in below.flowing and not several):
                    continue
            left[id(gate.at)] = gates_after(behind, below)
            found.setdefault(id(gate.at), (gate, behind, way, []))[3].append(source)
    fewest = min(left.values(), default=0)
    return [
        broken_at(below, gate, behind, way, sources, note=BRANCH)
        for key, (gate, behind, way, sources) in found.items()
        if left[key] == fewest
    ]
