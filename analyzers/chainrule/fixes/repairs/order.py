"""Repairs of tensors that are put into the order of predicted scores."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import integer, op_of
from chainrule.fixes.repairs.chosen import carry_scores
from chainrule.fixes.repairs.common import op_near, text_of, wrapped
from chainrule.fixes.repairs.counts import ranks_of, soft_buckets
from chainrule.fixes.repairs.picks import pick_of
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.statements import insert_after, replace_lines, stands_alone


def ranked_indices(site: FixSite) -> Iterator[Repair]:
    """The indices of topk and sort have no smooth form."""
    op = op_near(site, {"topk", "sort", "argsort", "kthvalue", "nonzero", "searchsorted", "bucketize"})
    if op is not None and pick_of(site) is None and ranks_of(site) is None:
        if op.name in ("searchsorted", "bucketize"):
            yield from soft_buckets(site, op)
            return
        if any(repair.edits for repairer in (soft_order, carry_scores) for repair in repairer(site)):
            return
        yield disabled(
            "Replace the indices by a smooth function of the scores",
            f"the indices of `{op.name}` have no smooth form; use its values, or weights such as a softmax",
        )


def soft_order(site: FixSite) -> Iterator[Repair]:
    """`gains[scores.argsort()]` → `order @ gains`, rows of a softmax in the place of each index (SoftSort)

    Prillo and Eisenschlos, "SoftSort: A Continuous Relaxation for the argsort Operator", 2020.
    """
    op = op_near(site, {"argsort", "sort"})
    statement = site.statement()
    if op is None or op.tensor is None or pick_of(site) is not None or ranks_of(site) is not None:
        return
    if integer(op.get(1, "dim") or ast.Constant(-1)) not in (-1, 0, 1):
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
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Subscript(value=value, slice=ast.Constant(value=1))
        ) if value is op.node:
            pass
        case _:
            return
    reads = site.scope.reads.get(name, [])
    picked = [found for read in reads if (found := _picked(site, read, op.get(1, "dim"))) is not None]
    if not picked or len(picked) != len(reads) or not stands_alone(site.source, statement):
        return
    batched = any(isinstance(node, ast.Call) for node, _ in picked)
    plan = site.plan()
    x = text_of(site, op.tensor)
    down = op.get(2, "descending")
    ordered = f"{x}.sort(descending={site.segment(down)})" if down is not None else f"{x}.sort()"
    soft = site.scope.fresh("soft_order")
    softmax = plan.spell("torch.softmax")
    gap = f"({ordered}.values.unsqueeze(-1) - {x}{'.unsqueeze(-2)' if batched else ''}).abs()"
    if isinstance(statement.targets[0], ast.Name):
        replace_lines(plan, [statement], [f"{soft} = {softmax}(-10 * {gap}, dim=-1)"])
    else:
        insert_after(plan, statement, f"{soft} = {softmax}(-10 * {gap}, dim=-1)")
    for node, table in picked:
        if isinstance(node, ast.Call):
            plan.replace(node, f"({soft} @ {text_of(site, table)}.unsqueeze(-1)).squeeze(-1)")
        else:
            plan.replace(node, wrapped(site, node, f"{soft} @ {text_of(site, table)}"))
    yield plan.repair("Sort by a softmax over the distances (SoftSort)", Applicability.UNSAFE)


def _picked(site: FixSite, read: ast.Name, sorted_by: ast.expr | None) -> tuple[ast.expr, ast.expr] | None:
    """`items[order]`, `items.gather(-1, order)` with what they take from; None for other reads."""
    parent = site.parent(read)
    match parent:
        case ast.Subscript(value=table, slice=index, ctx=ast.Load()) if index is read:
            plain = integer(sorted_by or ast.Constant(-1)) in (-1, 0)
            return (parent, table) if plain else None
        case ast.Call():
            op = op_of(parent, site.names)
            if op is None or op.name not in ("gather", "take_along_dim") or op.tensor is None:
                return None
            named = op.name == "take_along_dim"
            dim, by = op.get(2 if named else 1, "dim"), op.get(1 if named else 2, "index", "indices")
            dims = {integer(dim), integer(sorted_by or ast.Constant(-1))}
            return (parent, op.tensor) if by is read and dims in ({-1}, {-1, 1}) else None
        case _:
            return None
