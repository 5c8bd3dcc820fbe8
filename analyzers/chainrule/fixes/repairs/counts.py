"""Repairs of indices and counts of predictions: their expectation under softmax."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import casts_around, hoist, op_near, operand_of, text_of, wrapped
from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.vocabulary import CASTS


def soft_argmax(site: FixSite) -> Iterator[Repair]:
    """`x.argmax(dim)` as a value → the expected index under softmax"""
    op = op_near(site, {"argmax", "argmin"})
    if op is None or op.tensor is None or "keepdim" in op.keywords:
        return
    dim_node = op.get(1, "dim", "axis")
    dim = integer(dim_node)
    if dim_node is not None and dim is None:
        return
    plan = site.plan()
    consumer = _consumer(site, op.node)
    if consumer is not None:
        probabilities = _probabilities(site, plan, op, -1 if dim is None else dim)
        counted = ".flatten(0, -2).sum(0)" if consumer.name == "bincount" else ""
        plan.replace(casts_around(site, consumer.node), f"{probabilities}{counted}")
        what = "counts" if counted else "one-hot"
        yield plan.repair(f"Use the softmax in place of the {what} of the argmax", Applicability.UNSAFE)
        return
    outer = casts_around(site, op.node)
    x = hoist(site, plan, op.tensor, "scores")
    if not x.isidentifier():
        x = atom(op.tensor, x)
    sign = "-" if op.name == "argmin" else ""
    if dim is None:
        x, dim = f"{x}.flatten()", 0
    probabilities = f"{plan.spell('torch.softmax')}({sign}{x}, dim={dim})"
    moved = probabilities if dim == -1 else f"{probabilities}.movedim({dim}, -1)"
    positions = f"{plan.spell('torch.arange')}({x}.size({dim}), dtype={x}.dtype, device={x}.device)"
    plan.replace(outer, wrapped(site, outer, f"{moved} @ {positions}"))
    yield plan.repair("Use the expected index under softmax (soft-argmax)", Applicability.UNSAFE)


def _consumer(site: FixSite, index: ast.Call) -> Op | None:
    """The one_hot or bincount that takes an index, directly or behind a name."""
    for node in ast.walk(site.function or site.tree):
        op = op_of(node, site.names)
        if op is not None and op.name in ("one_hot", "bincount") and op.tensor is not None:
            core = op.tensor
            while (cast := op_of(core, site.names)) is not None and cast.name in CASTS | {"flatten", "view"}:
                core = cast.operands[0]
            if site.scope.value_of(core) is index:
                return op
    return None


def ranked_indices(site: FixSite) -> Iterator[Repair]:
    """The indices of topk and sort have no smooth form."""
    op = op_near(site, {"topk", "sort", "argsort", "kthvalue", "nonzero", "searchsorted", "bucketize"})
    if op is not None and op_near(site, {"argmax", "argmin"}) is None:
        yield disabled(
            "Replace the indices by a smooth function of the scores",
            f"the indices of `{op.name}` have no smooth form; use its values, or weights such as a softmax",
        )


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
