"""Repairs of counts: expected counts under a softmax, and histograms with a smooth kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, integer, op_of
from chainrule.fixes.repairs.common import casts_around, op_near, operand_of, text_of
from chainrule.fixes.site import FixSite, Plan, Repair


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
    histogram = op_near(site, {"histc", "histogram"})
    if histogram is not None and histogram.tensor is not None:
        yield from _smooth_histogram(site, histogram)


def _smooth_histogram(site: FixSite, histogram: Op) -> Iterator[Repair]:
    """`torch.histc(x, n, a, b)`, `torch.histogram(x, n, range=(a, b)).hist` → a kernel at every bin"""
    assert histogram.tensor is not None
    bins, low, high = histogram.get(1, "bins"), histogram.get(2, "min"), histogram.get(3, "max")
    replaced: ast.AST = histogram.node
    if histogram.name == "histogram":
        match histogram.keywords.get("range"):
            case ast.Tuple(elts=[low, high]):
                pass
            case _:
                return
        match site.parent(histogram.node):
            case ast.Attribute(attr="hist") as counts:
                replaced = counts
            case ast.Subscript(slice=ast.Constant(value=0)) as counts:
                replaced = counts
            case _:
                return
    if bins is None or low is None or high is None:
        return
    plan = site.plan()
    count, lowest, highest = (operand_of(site, node) for node in (bins, low, high))
    x = f"{text_of(site, histogram.tensor)}.reshape(-1, 1)"
    width = f"(({highest} - {lowest}) / {count})"
    lowest, highest = site.segment(low), site.segment(high)
    centres = f"{plan.spell('torch.linspace')}({lowest}, {highest}, {site.segment(bins)})"
    plan.replace(replaced, f"{plan.spell('torch.exp')}(-((({x} - {centres}) / {width}) ** 2)).sum(0)")
    yield plan.repair("Count with a smooth kernel", Applicability.UNSAFE)
