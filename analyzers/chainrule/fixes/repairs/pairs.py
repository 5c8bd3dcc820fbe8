"""Repairs of the state of an LSTM, a pair of tensors that is carried from one step into the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import insert_after, stands_alone
from chainrule.syntax import walk_tree


def detach_state(site: FixSite, statement: ast.stmt, target: ast.Attribute) -> Iterator[Repair]:
    """`y, self.state = self.lstm(x, self.state)` → below it, the pair with both tensors detached

    What this step computes from `y` keeps its graph.
    """
    match statement:
        case ast.Assign(targets=[places], value=ast.Call(func=ast.Attribute() as layer)):
            pass
        case _:
            return
    if (
        not _is_lstm(site, layer)
        or not stands_alone(site.source, statement)
        or _read_after(site, statement, target)
    ):
        return
    name = site.segment(target)
    plan = site.plan()
    match places:
        case ast.Tuple(elts=[_, place]) if place is target:
            part = site.scope.fresh("part", "tensor")
            insert_after(plan, statement, f"{name} = tuple({part}.detach() for {part} in {name})")
        case ast.Tuple(elts=[_, ast.Tuple(elts=[one, other])]) if target in (one, other):
            both = [site.segment(one), site.segment(other)]
            detached = [f"{each}.detach()" for each in both]
            insert_after(plan, statement, f"{', '.join(both)} = {', '.join(detached)}")
        case _:
            return
    yield plan.repair("Keep the value without its graph", Applicability.UNSAFE)


def _is_lstm(site: FixSite, layer: ast.Attribute) -> bool:
    made = site.scope.attributes.get(layer.attr)
    return made is not None and site.names.resolve(made.func) in ("torch.nn.LSTM", "torch.nn.LSTMCell")


def _read_after(site: FixSite, statement: ast.stmt, target: ast.Attribute) -> bool:
    """Whether the new state is read in the same function below the statement, where its graph counts."""
    end = statement.end_lineno or statement.lineno
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and node.lineno > end
        and ast.unparse(node) == ast.unparse(target)
        for node in walk_tree(site.function or site.tree)
    )
