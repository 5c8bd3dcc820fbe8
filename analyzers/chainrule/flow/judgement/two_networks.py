"""Two networks that see the same input: which values they give, and what went into them."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node
from chainrule.flow.core.roles import LEARNS, is_teacher, role_of
from chainrule.flow.core.trace import Graph

_READS = frozenset(("select", "index", "attribute"))
_DEPTH = 12


def is_network_of(node: Node) -> bool:
    """Whether a node is a network, or a parameter of one; what is called a teacher is one too."""
    return node.source is not None and (node.source.role in LEARNS or is_teacher(node.source.name))


def _is_asked(node: Node) -> bool:
    """Whether a node is what a network gives: one that learns, or one of a name that says it does not."""
    if "module-call" in node.tags or any(is_network_of(parent) for parent, _ in node.edges):
        return True
    func = node.at.func if node.op == "call" and isinstance(node.at, ast.Call) else None
    name = getattr(func, "attr", getattr(func, "id", ""))
    return is_teacher(name) or role_of(name) == "callable"


def is_given_by_network(value: Node) -> bool:
    """Whether a value is the output of a network, but for a view or a scale: nothing is mixed into it."""
    for _ in range(_DEPTH):
        if _is_asked(value):
            return True
        if len(value.edges) != 1:
            return False
        value = value.edges[0][0]
    return False


def taken_by(graph: Graph) -> set[object]:
    """What the networks of a graph are given, each value by what it is, or by how it is read of a batch."""
    learnt: set[int] = set()
    pending = [node for node in graph.reached.values() if is_network_of(node) or _is_asked(node)]
    while pending:
        node = pending.pop()
        if id(node) not in learnt:
            learnt.add(id(node))
            pending += [child for child, _ in graph.children.get(id(node), ())]
    return {
        _key(parent)
        for node in graph.reached.values()
        if id(node) in learnt
        for parent, _ in node.edges
        if id(parent) not in learnt and (parent.source is None or parent.source.role != "setting")
    }


def _key(node: Node) -> object:
    """`batch["x"]` is the same wherever it is read."""
    if node.op in _READS and len(node.edges) == 1 and isinstance(node.at, (ast.Subscript, ast.Attribute)):
        read = node.at.slice if isinstance(node.at, ast.Subscript) else node.at.attr
        return _key(node.edges[0][0]), read if isinstance(read, str) else ast.dump(read)
    return id(node)
