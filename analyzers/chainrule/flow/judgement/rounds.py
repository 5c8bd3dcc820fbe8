"""Layers of a list that run one after the other, each on what the one before gave without its gradient.

Only the last of them is trained then, unless each round has a loss of its own.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from chainrule.flow.core.graph import Node
from chainrule.flow.core.trace import Break, Graph, broken_at
from chainrule.flow.judgement.overruled import STOPS
from chainrule.syntax import parse_block, walk_tree


def earlier_rounds(graph: Graph) -> Iterator[Break]:
    """The stops between the rounds of a loop over layers whose earlier rounds get no gradient."""
    calls: defaultdict[int, list[Node]] = defaultdict(list)
    for node in graph.reached.values():
        if "module-call" in node.tags:
            calls[id(node.at)].append(node)
    told: set[int] = set()
    for rounds in calls.values():
        lost = [node for node in rounds if id(node) not in graph.flowing]
        if not lost or len(lost) == len(rounds) or not _is_each_of_a_list(lost[0]):
            continue
        gates = [found for node in lost for found in graph.gates(node)]
        if not gates or any(gate.cause not in STOPS for gate, _, _ in gates):
            continue
        gate, behind, way = gates[0]
        layers = (n.source for node in lost for n, _ in node.edges)
        unlearnt = {each.name: each for each in layers if each is not None and each.role == "parameter"}
        sources = tuple(unlearnt[name] for name in sorted(unlearnt))
        if sources and id(gate.at) not in told:
            told.add(id(gate.at))
            yield broken_at(graph, gate, behind, way, sources)


def _is_each_of_a_list(node: Node) -> bool:
    """Whether what is called is what a `for` gives its name to, round by round."""
    called = node.at.func if isinstance(node.at, ast.Call) else None
    return isinstance(called, ast.Name) and any(
        isinstance(loop, ast.For)
        and any(isinstance(each, ast.Name) and each.id == called.id for each in walk_tree(loop.target))
        and any(each is node.at for each in walk_tree(loop))
        for loop in walk_tree(parse_block(node.block))
    )
