"""Branches of the data on which a loss is a fresh constant, and trains nothing.

`if len(found) == 0: return torch.tensor(0.0)`: backward raises for such a batch, or leaves no gradient.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node
from chainrule.flow.core.joins import CONSTANT_ITEM
from chainrule.flow.core.roles import WAITING
from chainrule.flow.core.scalars import is_zero
from chainrule.flow.core.trace import Break, Graph, Trace
from chainrule.flow.operations.comparisons import FILLED
from chainrule.syntax import parse_block, walk_tree

IF_ALONE = "if alone"
"""The note of a constant that is a fault where the function is a whole loss, and not one term of several."""
_SCALES = frozenset(("mult", "div", "neg", "mul", "imult", "idiv"))


def constant_branches(trace: Trace, graph: Graph, named: bool) -> Iterator[Break]:
    """A branch that data decides and on which the loss is a fresh constant.

    Of what no name calls a loss, the zero that is returned for data without any: see `IF_ALONE`.
    """
    whole = _alone(trace.losses) if named else frozenset()
    name = trace.root.name.rpartition(".")[2]
    # What calls a method says whether that is all of a loss.
    helps = trace.root.owner is not None and f"self.{name}(" in trace.root.block.text
    covered = _covered(graph)
    for node in graph.reached.values():
        constant = "constant-return" in node.tags
        if not constant and not _is_chosen(node):
            continue
        if id(node) not in graph.flowing or isinstance(node.at, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if id(node) in covered:
            continue
        if node.op == "extreme" and not graph.has_source(node, WAITING):
            continue  # the share of a warm-up that is over
        fresh = any("fresh-leaf" in each.tags for each in Graph([node]).reached.values())
        own = "own-return" in node.tags or (id(node) in whole and node.op != "phi")
        if constant and not fresh and not (own and (named or is_zero(node))):
            continue
        if constant:
            note = "return" if named or fresh else IF_ALONE
            yield Break(Cause.CONSTANT_BRANCH, node.block, node.at, Verdict.CUT, (), note)
        elif not _flows_without(graph, _alike(graph, node)) and (
            not _asks_a_list(node) or (named and not helps)
        ):
            made = _constant_of(node)
            yield Break(Cause.CONSTANT_BRANCH, made.block, made.at, Verdict.CUT, (), node.op)


def _covered(graph: Graph) -> frozenset[int]:
    """Terms under `if m.any()` and under `if (~m).any()`: one of both is there, whatever the data."""
    asked: dict[tuple[int, bool], list[int]] = {}
    for node in graph.reached.values():
        if "data-branch" not in node.tags:
            continue
        for condition, gate in node.edges:
            if gate is not None and condition.op == "any" and condition.edges:
                mask = condition.edges[0][0]
                negated = mask.op == "not" and bool(mask.edges)
                key = id(mask.edges[0][0] if negated else mask), negated
                asked.setdefault(key, []).append(id(node))
    return frozenset(
        each for (mask, negated), nodes in asked.items() if (mask, not negated) in asked for each in nodes
    )


def constant_items(graph: Graph) -> Iterator[Break]:
    """Constants in lists that are all a loss is made of: data that gives nothing else trains nothing."""
    marked = (node for node in graph.reached.values() if CONSTANT_ITEM in node.tags)
    constants = [node for node in marked if node.op != "phi"]  # what joins it bears the mark too
    lists = {id(child) for node in constants for child, _ in graph.children.get(id(node), ())}
    if constants and not _flows_without(graph, lists):
        first = min(constants, key=lambda node: getattr(node.at, "lineno", 0))
        yield Break(Cause.CONSTANT_BRANCH, first.block, first.at, Verdict.CUT, (), "item")


def _constant_of(choice: Node) -> Node:
    """The constant among the alternatives of a branch: where it is made is where the graph ends."""
    constants = [
        parent
        for parent, gate in choice.edges
        if gate is None
        and ("fresh-leaf" in parent.tags or not (parent.edges or parent.source or parent.is_opaque))
    ]
    return constants[0] if choice.op == "phi" and len(constants) == 1 else choice


def _asks_a_list(node: Node) -> bool:
    """Whether it is decided by a list being empty: for a term of a loss beside others, it may be so."""
    return any(gate is not None and parent.op == FILLED for parent, gate in node.edges)


def _alone(losses: list[Node]) -> frozenset[int]:
    """What a loss may be as it is, or scaled: nothing is added to it."""
    found: set[int] = set()
    pending = list(losses) if len(losses) == 1 else []
    while pending:
        node = pending.pop()
        if id(node) not in found:
            found.add(id(node))
            if node.op in ("phi", "neg") or (node.op in _SCALES and len(node.edges) == 1):
                pending.extend(parent for parent, gate in node.edges if gate is None)
    return frozenset(found)


def _alike(graph: Graph, node: Node) -> set[int]:
    """`node` and what the same `max(0, …)` gives in other rounds, or the same `if` sets beside it."""
    same = {key for key, each in graph.reached.items() if each.at is node.at and each.op == node.op}
    if node.op == "extreme":
        return same
    side = _side(node)
    others = (graph.reached[key] for key in same) if side is not None else ()
    return {id(node), *(id(each) for each in others if _is_chosen(each) and _side(each) is side)}


def _is_chosen(node: Node) -> bool:
    return node.tags >= {"constant-alternative", "data-branch"}


def _side(choice: Node) -> bool | None:
    """What the condition of a choice is where that is a constant; None where it can't be said."""
    if choice.op != "phi":
        return None
    made = _constant_of(choice)
    others = [parent.at for parent, gate in choice.edges if gate is None and parent is not made]
    for branch in walk_tree(parse_block(choice.block)):
        if isinstance(branch, ast.If) and branch.test is choice.at:
            for holds, side in ((True, branch.body), (False, branch.orelse)):
                inside = {id(each) for statement in side for each in walk_tree(statement)}
                if made is not choice and id(made.at) in inside:
                    return holds
                if any(id(at) in inside for at in others):
                    return not holds
    return None


def _flows_without(graph: Graph, without: set[int]) -> bool:
    seen = set(without)
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
