"""Repair of a logarithm of a sum of exponentials: `logsumexp`, which never takes the log of 0."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.repairs.common import op_near
from chainrule.fixes.site import FixSite, Repair


def log_sum_exp(site: FixSite) -> Iterator[Repair]:
    """`torch.log(torch.exp(x).sum(1))` → `torch.logsumexp(x, dim=1)`, also of names"""
    log = op_near(site, {"log"})
    total = _behind(site, log.tensor) if log is not None else None
    if log is None or total is None or total.name != "sum" or total.tensor is None:
        return
    powers = _behind(site, total.tensor)
    dim = total.get(1, "dim", "axis")
    if powers is None or powers.name != "exp" or powers.tensor is None or dim is None:
        return
    if site.scope.rebound(powers.tensor, log.node):
        return
    kept = ", keepdim=True" if "keepdim" in total.keywords or len(total.operands) > 2 else ""
    plan = site.plan()
    x, along = site.segment(powers.tensor), site.segment(dim)
    plan.replace(log.node, f"{plan.spell('torch.logsumexp')}({x}, dim={along}{kept})")
    yield plan.repair("Use logsumexp, which does not underflow", Applicability.SAFE)


def _behind(site: FixSite, node: ast.expr | None) -> Op | None:
    return op_of(site.scope.value_of(node), site.names) if node is not None else None
