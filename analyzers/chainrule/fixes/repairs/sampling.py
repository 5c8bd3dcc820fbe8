"""Repairs of draws from a distribution and of nearest-neighbour lookups."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.repairs.common import hoist, near, op_near, text_of, wrapped
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.usage import same


def reparametrize(site: FixSite) -> Iterator[Repair]:
    """`dist.sample()` → `dist.rsample()`"""
    op = op_near(site, {"sample", "sample_n"})
    if op is not None and op.dotted is None and isinstance(op.node.func, ast.Attribute):
        plan = site.plan()
        end = site.source.span(op.node.func)[1]
        plan.replace_span(end - len(op.name), end, "rsample")
        title = "Sample with `rsample()`, through the distribution's parameters"
        yield plan.repair(title, Applicability.UNSAFE)
        return
    drawn = op_near(site, {"bernoulli", "normal"})
    if drawn is None or drawn.tensor is None or drawn.dotted is None:
        return
    plan = site.plan()
    if drawn.name == "bernoulli":
        p = hoist(site, plan, drawn.tensor, "probability")
        sample = site.source.substitute(drawn.node, {drawn.tensor: p})
        plan.replace(drawn.node, wrapped(site, drawn.node, f"{p} + ({sample} - {p}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield plan.repair(title, Applicability.UNSAFE)
    elif (deviation := drawn.get(1, "std")) is not None:
        mean, std = text_of(site, drawn.tensor), text_of(site, deviation)
        noise = f"{plan.spell('torch.randn_like')}({site.segment(drawn.tensor)})"
        plan.replace(drawn.node, wrapped(site, drawn.node, f"{mean} + {std} * {noise}"))
        yield plan.repair("Draw noise and scale it", Applicability.UNSAFE)


def interpolate(site: FixSite) -> Iterator[Repair]:
    """`grid_sample(x, grid, mode="nearest")` → `mode="bilinear"`"""
    for node in near(site):
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if (
                    word.arg == "mode"
                    and isinstance(word.value, ast.Constant)
                    and word.value.value == "nearest"
                ):
                    plan = site.plan()
                    plan.replace(word.value, '"bilinear"')
                    yield plan.repair("Interpolate between the samples", Applicability.UNSAFE)
                    return


def fixed_sample(site: FixSite) -> Iterator[Repair]:
    """`d.log_prob(d.rsample())` → `d.log_prob(d.rsample().detach())`"""
    op = op_near(site, {"log_prob"})
    if op is None or len(op.operands) != 2:
        return
    drawn = op_of(site.scope.value_of(op.operands[1]), site.names)
    if drawn is not None and drawn.name == "rsample" and same(drawn.operands[0], op.operands[0]):
        plan = site.plan()
        plan.replace(op.operands[1], f"{text_of(site, op.operands[1])}.detach()")
        yield plan.repair("Score the sample as a constant", Applicability.UNSAFE)
