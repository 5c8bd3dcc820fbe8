"""Repairs of ranks and counts of predictions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import casts_around, hoist, near, operand_of, text_of, wrapped
from chainrule.fixes.repairs.wholes import with_takers
from chainrule.fixes.site import FixSite, Plan, Repair

_SOFT_RANKS = "Count the smaller elements with a sigmoid (soft ranks)"


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
        yield from _ranks_by_place(site)
        return
    outer, scores, descending = found
    plan = site.plan()
    x = hoist(site, plan, scores, "scores")
    whole = casts_around(site, outer)
    text = _smaller(plan, x if x.isidentifier() else atom(scores, x), descending)
    plan.replace(whole, wrapped(site, whole, text))
    repair = plan.repair(_SOFT_RANKS, Applicability.UNSAFE)
    yield with_takers(site, repair, whole)


def _smaller(plan: Plan, x: str, descending: bool) -> str:
    """The text of the number of elements of `x` that are smaller than each, or greater."""
    pair = (f"{x}.unsqueeze(-1)", f"{x}.unsqueeze(-2)")
    one, other = pair[::-1] if descending else pair
    return f"{plan.spell('torch.sigmoid')}(({one} - {other}) * 10).sum(-1) - 0.5"


def _ranks_by_place(site: FixSite) -> Iterator[Repair]:
    """`order = x.argsort()`, `ranks[order] = torch.arange(n)` → the number of smaller elements of `x`"""
    for node in near(site):
        op = op_of(node, site.names)
        if op is None or op.tensor is None or op.name not in ("argsort", "sort") or op.get(1, "dim"):
            continue
        statement = site.statement(op.node)
        for name in _indices(statement):
            placed = [
                found
                for read in site.scope.reads.get(name, ())
                if site.scope.only_binding(name) and (found := _placed(site, read)) is not None
            ]
            if len(placed) != 1 or not isinstance(op.tensor, ast.Name | ast.Attribute):
                continue
            if site.scope.rebound(op.tensor, placed[0][0]):
                continue
            store, ranks, first = placed[0]
            plan = site.plan()
            down = op.keywords.get("descending")
            text = _smaller(
                plan, text_of(site, op.tensor), isinstance(down, ast.Constant) and down.value is True
            )
            plan.replace(store, f"{ranks} = {text}{f' + {first}' if first else ''}")
            yield plan.repair(_SOFT_RANKS, Applicability.UNSAFE)
            return


def _indices(statement: ast.stmt | None) -> Iterator[str]:
    """The name that gets the indices of a sort."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            is_sort = isinstance(value, ast.Call) and ast.unparse(value.func).endswith(".sort")
            if not is_sort:
                yield name
        case ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name(id=name)])]):
            yield name
        case _:
            pass


def _placed(site: FixSite, read: ast.expr) -> tuple[ast.Assign, str, int] | None:
    """`ranks[order] = torch.arange(1, n + 1)`: the statement, the name, and the first rank."""
    place = site.parent(read)
    statement = site.parent(place) if place is not None else None
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=ranks), slice=index)], value=value) if (
            index is read
        ):
            made = op_of(site.scope.value_of(value), site.names)
        case _:
            return None
    if made is None or made.dotted != "torch.arange":
        return None
    first = integer(made.operands[0]) if len(made.operands) == 2 else 0
    return (statement, ranks, first) if first is not None and len(made.operands) < 3 else None


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
