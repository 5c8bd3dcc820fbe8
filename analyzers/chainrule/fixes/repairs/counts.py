"""Repairs of ranks and counts of predictions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import casts_around, hoist, near, operand_of, text_of, wrapped
from chainrule.fixes.repairs.wholes import with_takers
from chainrule.fixes.site import FixSite, Repair


def soft_buckets(site: FixSite, op: Op) -> Iterator[Repair]:
    """`torch.bucketize(x, edges)` → for every value the number of edges below it, counted with a sigmoid"""
    first, second = op.get(0, "input", "sorted_sequence"), op.get(1, "boundaries", "input")
    values, edges = (first, second) if op.name == "bucketize" else (second, first)
    if values is None or edges is None or op.dotted is None:
        return
    plan = site.plan()
    gap = f"({text_of(site, values)}.unsqueeze(-1) - {operand_of(site, edges)}) * 10"
    whole = casts_around(site, op.node)
    plan.replace(whole, f"{plan.spell('torch.sigmoid')}({gap}).sum(-1)")
    repair = plan.repair("Count the edges below each value with a sigmoid", Applicability.UNSAFE)
    yield with_takers(site, repair, whole)


def soft_ranks(site: FixSite) -> Iterator[Repair]:
    """`x.argsort().argsort()` → for every element the number of smaller ones, counted with a sigmoid"""
    found = ranks_of(site)
    if found is None:
        return
    outer, scores, descending = found
    plan = site.plan()
    x = hoist(site, plan, scores, "scores")
    x = x if x.isidentifier() else atom(scores, x)
    pair = (f"{x}.unsqueeze(-1)", f"{x}.unsqueeze(-2)")
    one, other = pair[::-1] if descending else pair
    text = f"{plan.spell('torch.sigmoid')}(({one} - {other}) * 10).sum(-1) - 0.5"
    whole = casts_around(site, outer)
    plan.replace(whole, wrapped(site, whole, text))
    repair = plan.repair("Count the smaller elements with a sigmoid (soft ranks)", Applicability.UNSAFE)
    yield with_takers(site, repair, whole)


def ranks_of(site: FixSite) -> tuple[ast.Call, ast.expr, bool] | None:
    """The second of two argsorts, what the first one sorts, and whether it does so downwards."""
    candidates = list(near(site))
    statement = site.statement()
    if isinstance(statement, ast.Assign):
        candidates += statement.targets
    for name in (n.id for n in candidates if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)):
        for read in site.scope.reads.get(name, ()):
            around = (site.parent(read), site.parent(site.parent(read) or read))
            candidates += [n for n in around if isinstance(n, ast.Call)]
    for node in candidates:
        second = op_of(node, site.names)
        if second is None or second.name != "argsort" or second.tensor is None:
            continue
        first = op_of(site.scope.value_of(second.tensor), site.names)
        if first is None or first.name != "argsort" or first.tensor is None:
            continue
        dims = {integer(op.get(1, "dim")) if op.get(1, "dim") is not None else -1 for op in (first, second)}
        if dims not in ({-1}, {1}):  # of rows, the last dimension is also the second
            continue
        down = first.keywords.get("descending")
        return second.node, first.tensor, isinstance(down, ast.Constant) and down.value is True
    return None
