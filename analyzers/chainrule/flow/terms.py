"""Parts of a loss that train nothing although the rest does: a term, a backward pass, a branch, a sample."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.causes import Cause
from chainrule.flow.cuts import FIGURES, SELECTS, STOPS, cuts, nothing_flows
from chainrule.flow.evidence import is_scalar
from chainrule.flow.graph import Node
from chainrule.flow.roles import STRONG, WAITING
from chainrule.flow.trace import Break, Graph, Trace, broken_at
from chainrule.flow.ways import is_torch_loss, keeps_value


def other_passes(trace: Trace) -> Iterator[Break]:
    """Backward passes from which nothing gets gradient although another one is sound."""
    if len(trace.backwards) < 2:
        return
    for backward in trace.backwards:
        below = Graph([backward.node])
        if nothing_flows(below):
            for found in cuts(trace, below, True, True, False):
                if found.cause not in STOPS and found.cause not in FIGURES:
                    yield found


def terms(graph: Graph) -> Iterator[Break]:
    """Terms of the loss that contribute nothing to any gradient although they depend on a prediction."""
    pending = list(graph.losses)
    seen: set[int] = set()
    if len(pending) > 1 and any(_learns(graph, node) for node in pending):
        for node in pending:
            if is_torch_loss(node) and not _learns(graph, node):
                yield from _dead_term(graph, node)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.op in ("add", "sub", "iadd", "isub", "phi"):
            parents = [parent for parent, gate in node.edges if gate is None and is_scalar(parent)]
            alive = [parent for parent in parents if _learns(graph, parent)]
            for parent in parents:
                if alive and parent not in alive and node.op != "phi" and not keeps_value(parent, alive):
                    yield from _dead_term(graph, parent)
            pending.extend(alive)
        elif node.op in ("mult", "div", "neg", "mul", "imult", "idiv"):
            pending.extend(parent for parent, gate in node.edges if gate is None and _learns(graph, parent))


def _learns(graph: Graph, node: Node) -> bool:
    return graph.has_source(node, WAITING - {"data"}) or (
        not node.edges and node.op in ("call", "attribute", "argument")
    )


def _dead_term(graph: Graph, term: Node) -> Iterator[Break]:
    below = Graph([term])
    for node in below.source_nodes:
        source = node.source
        if source is None or source.role not in WAITING - {"data"}:
            continue
        for gate, _, way in below.gates(node):
            if gate.cause is None or gate.cause in SELECTS or term.op in ("detach", "data"):
                continue
            if gate.cause in STOPS and source.role not in STRONG:
                continue
            yield broken_at(below, gate, term, way, (source,), note="term")
            return


def constant_branches(trace: Trace, graph: Graph, named: bool) -> Iterator[Break]:
    """A branch that data decides and on which the loss is a fresh constant."""
    for node in graph.reached.values():
        constant = "constant-return" in node.tags
        if not constant and not {"constant-alternative", "data-branch"} <= node.tags:
            continue
        if id(node) not in graph.flowing or isinstance(node.at, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        fresh = any("fresh-leaf" in each.tags for each in Graph([node]).reached.values())
        if constant and not fresh and not (named and "own-return" in node.tags):
            continue
        if constant:
            yield Break(Cause.CONSTANT_BRANCH, node.block, node.at, Verdict.CUT, (), "return")
        elif not _flows_without(graph, node):
            yield Break(Cause.CONSTANT_BRANCH, node.block, node.at, Verdict.CUT, (), node.op)


def plain_samples(graph: Graph) -> Iterator[Break]:
    """`sample()` where `rsample()` was meant: the sample itself enters the loss, no score function does."""
    nodes = graph.reached.values()
    if any(node.op == "log_prob" for node in nodes):
        return
    for node in nodes:
        if node.op != "sample" or id(node) not in graph.flowing or "rsample" not in node.tags:
            continue
        learnt = [n.source for n in Graph([node]).source_nodes if n.source and n.source.role in STRONG]
        for gate in {id(gate): gate for _, gate in node.edges if gate is not None and gate.cause}.values():
            if learnt and gate.cause is Cause.SAMPLING:
                yield Break(gate.cause, gate.block, gate.at, Verdict.CUT, tuple(learnt), "reparametrised")


def _flows_without(graph: Graph, without: Node) -> bool:
    seen: set[int] = {id(without)}
    pending = list(graph.losses)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.source is not None or node.is_opaque:
            return True
        pending.extend(parent for parent, gate in node.edges if gate is None)
    return False
