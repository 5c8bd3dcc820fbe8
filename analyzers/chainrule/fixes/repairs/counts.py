"""Repairs of indices and counts of predictions: their expectation under softmax."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, integer, op_of
from chainrule.fixes.repairs.common import hoist, op_near, operand_of, text_of, wrapped
from chainrule.fixes.repairs.surrogates import casts_around
from chainrule.fixes.site import FixSite, Plan, Repair


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
    outer = casts_around(site, op.node)
    around = site.parent(op.node)
    encoded = op_of(around, site.names) if around is not None else None
    if encoded is not None and encoded.name == "one_hot" and encoded.tensor is op.node:
        plan.replace(
            casts_around(site, encoded.node), _probabilities(site, plan, op, -1 if dim is None else dim)
        )
        yield plan.repair("Use the softmax in place of the one-hot of the argmax", Applicability.UNSAFE)
        return
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
