"""Repairs of ranks and counts of predictions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import casts_around, hoist, near, op_near, operand_of, text_of, wrapped
from chainrule.fixes.repairs.picks import pick_of
from chainrule.fixes.site import FixSite, Plan, Repair, disabled


def ranked_indices(site: FixSite) -> Iterator[Repair]:
    """The indices of topk and sort have no smooth form."""
    op = op_near(site, {"topk", "sort", "argsort", "kthvalue", "nonzero", "searchsorted", "bucketize"})
    if op is not None and pick_of(site) is None and ranks_of(site) is None:
        yield disabled(
            "Replace the indices by a smooth function of the scores",
            f"the indices of `{op.name}` have no smooth form; use its values, or weights such as a softmax",
        )


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
    yield plan.repair("Count the smaller elements with a sigmoid (soft ranks)", Applicability.UNSAFE)


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


def _probabilities(site: FixSite, plan: Plan, op: Op, dim: int) -> str:
    assert op.tensor is not None
    return f"{plan.spell('torch.softmax')}({site.segment(op.tensor)}, dim={dim})"


def soft_counts(site: FixSite) -> Iterator[Repair]:
    """`torch.bincount(x.argmax(-1))` → `x.softmax(-1).sum(0)`; `torch.histc` → a kernel histogram"""
    counted = op_near(site, {"bincount"})
    if counted is not None and counted.tensor is not None:
        ranked = op_of(site.scope.value_of(counted.tensor), site.names)
        if ranked is not None and ranked.name == "argmax" and ranked.tensor is not None:
            dim = integer(ranked.get(1, "dim")) or -1
            plan = site.plan()
            outer = casts_around(site, counted.node)
            plan.replace(outer, f"{_probabilities(site, plan, ranked, dim)}.flatten(0, -2).sum(0)")
            yield plan.repair("Count with the softmax (expected counts)", Applicability.UNSAFE)
    histogram = op_near(site, {"histc"})
    if histogram is not None and histogram.tensor is not None:
        bins, low, high = histogram.get(1, "bins"), histogram.get(2, "min"), histogram.get(3, "max")
        if bins is None or low is None or high is None:
            return
        plan = site.plan()
        count, lowest, highest = (operand_of(site, node) for node in (bins, low, high))
        x = f"{text_of(site, histogram.tensor)}.reshape(-1, 1)"
        width = f"(({highest} - {lowest}) / {count})"
        lowest, highest = site.segment(low), site.segment(high)
        centres = f"{plan.spell('torch.linspace')}({lowest}, {highest}, {site.segment(bins)})"
        plan.replace(
            histogram.node, f"{plan.spell('torch.exp')}(-((({x} - {centres}) / {width}) ** 2)).sum(0)"
        )
        yield plan.repair("Count with a smooth kernel", Applicability.UNSAFE)
