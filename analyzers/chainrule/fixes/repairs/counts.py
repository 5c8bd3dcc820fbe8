"""Repairs of ranks and counts of predictions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import casts_around, hoist, near, op_near, operand_of, text_of, wrapped
from chainrule.fixes.repairs.picks import pick_of
from chainrule.fixes.repairs.wholes import with_takers
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.statements import insert_after, replace_lines, stands_alone


def ranked_indices(site: FixSite) -> Iterator[Repair]:
    """The indices of topk and sort have no smooth form."""
    op = op_near(site, {"topk", "sort", "argsort", "kthvalue", "nonzero", "searchsorted", "bucketize"})
    if op is not None and pick_of(site) is None and ranks_of(site) is None:
        if op.name in ("searchsorted", "bucketize"):
            yield from _soft_buckets(site, op)
            return
        yield disabled(
            "Replace the indices by a smooth function of the scores",
            f"the indices of `{op.name}` have no smooth form; use its values, or weights such as a softmax",
        )


def _soft_buckets(site: FixSite, op: Op) -> Iterator[Repair]:
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


def soft_order(site: FixSite) -> Iterator[Repair]:
    """`gains[scores.argsort()]` → `order @ gains`, rows of a softmax in the place of each index (SoftSort)

    Prillo and Eisenschlos, "SoftSort: A Continuous Relaxation for the argsort Operator", 2020.
    """
    op = op_near(site, {"argsort", "sort"})
    statement = site.statement()
    if op is None or op.tensor is None or pick_of(site) is not None or ranks_of(site) is not None:
        return
    if integer(op.get(1, "dim") or ast.Constant(-1)) not in (-1, 0):
        return
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
            op.name == "argsort" and value is op.node
        ):
            pass
        case ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name(id=name)])], value=value) if (
            op.name == "sort" and value is op.node
        ):
            pass
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(value=value, attr="indices")) if (
            value is op.node
        ):
            pass
        case _:
            return
    reads = site.scope.reads.get(name, [])
    picked = [
        site.parent(read)
        for read in reads
        if isinstance(p := site.parent(read), ast.Subscript)
        and p.slice is read
        and isinstance(p.ctx, ast.Load)
    ]
    if not picked or len(picked) != len(reads) or not stands_alone(site.source, statement):
        return
    plan = site.plan()
    x = text_of(site, op.tensor)
    down = op.get(2, "descending")
    ordered = f"{x}.sort(descending={site.segment(down)})" if down is not None else f"{x}.sort()"
    soft = site.scope.fresh("soft_order")
    softmax = plan.spell("torch.softmax")
    gap = f"({ordered}.values.unsqueeze(-1) - {x}).abs()"
    if isinstance(statement.targets[0], ast.Name):
        replace_lines(plan, [statement], [f"{soft} = {softmax}(-10 * {gap}, dim=-1)"])
    else:
        insert_after(plan, statement, f"{soft} = {softmax}(-10 * {gap}, dim=-1)")
    for node in picked:
        if isinstance(node, ast.Subscript):
            plan.replace(node, wrapped(site, node, f"{soft} @ {text_of(site, node.value)}"))
    yield plan.repair("Sort by a softmax over the distances (SoftSort)", Applicability.UNSAFE)


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
        if any(integer(op.get(1, "dim")) not in (None, -1) for op in (first, second)):
            continue
        down = first.keywords.get("descending")
        return second.node, first.tensor, isinstance(down, ast.Constant) and down.value is True
    return None
