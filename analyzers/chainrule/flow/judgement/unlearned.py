"""Models whose output trains some of their layers and keeps the gradient from others.

`self.head((self.body(x) > 0).float())`: whatever loss follows, `head` learns from it and `body` never does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.graph import Gate, Node
from chainrule.flow.core.losing import LOSES
from chainrule.flow.core.trace import Break, Graph, Trace, broken_at
from chainrule.flow.judgement.overruled import STOPS, Found
from chainrule.flow.judgement.ways import is_round_trip
from chainrule.syntax import walk_tree


def unlearned(trace: Trace, graph: Graph) -> Iterator[Break]:
    """The cuts of parameters that get no gradient from a model's output, while others get some."""
    owner = trace.root.owner
    if owner is None or not trace.root.name.endswith(".forward") or not graph.closed:
        return
    flowing = (node.source for node in graph.source_nodes if id(node) in graph.flowing)
    if not any(source is not None and source.role == "parameter" for source in flowing):
        return
    told: dict[int, Found] = {}
    for node in graph.source_nodes:
        source = node.source
        if source is None or source.role != "parameter" or source.guessed or id(node) in graph.flowing:
            continue
        if not source.name.startswith("self.") or _is_used_elsewhere(owner, source.name.split(".")[1]):
            continue
        gates = graph.gates(node)
        if not all(_is_fault(gate, after, graph) for gate, after, _ in gates):
            continue
        for gate, after, way in gates:
            found = told.setdefault(id(gate.at), (gate, after, way, []))
            if source not in found[3]:
                found[3].append(source)
    for gate, after, way, sources in told.values():
        yield broken_at(graph, gate, after, way, sources)


def layers_of(found: Break, trace: Trace) -> frozenset[str]:
    """The attributes of a network that its output can't train, by what `found` says; of other breaks none."""
    if (
        not trace.root.name.endswith(".forward")
        or found.cause not in LOSES | STOPS
        or found.note == "written"
    ):
        return frozenset()
    if not all(each.role == "parameter" and each.name.startswith("self.") for each in found.sources):
        return frozenset()
    return frozenset(each.name.split(".")[1] for each in found.sources)


def _is_fault(gate: Gate, after: Node, graph: Graph) -> bool:
    """Whether a value is lost on its way to an output that others reach: not an output of its own."""
    if gate.is_doubtful or not (gate.cause in LOSES or (gate.cause in STOPS and is_round_trip(after, graph))):
        return False
    seen: set[int] = set()
    pending = [after]
    while pending:
        node = pending.pop()
        if id(node) in graph.flowing and graph.learns(node):
            return True
        if id(node) not in seen:
            seen.add(id(node))
            pending += [child for child, _ in graph.children.get(id(node), ())]
    return False


def _is_used_elsewhere(owner: ast.ClassDef, name: str) -> bool:
    """Whether a method that calling the model does not run reads `self.name`."""
    read = {
        method.name: {node.attr for node in walk_tree(method) if isinstance(node, ast.Attribute)}
        for method in owner.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    run: set[str] = {"__init__"}
    pending = ["forward"]
    while pending:
        called = pending.pop()
        if called not in run:
            run.add(called)
            pending += read.get(called, set()) & read.keys()
    return any(name in read[method] for method in read.keys() - run)
