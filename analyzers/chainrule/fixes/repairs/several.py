"""Repairs of Python functions of several numbers: `math.fsum`, `statistics.mean` and their like."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import near
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, Repair

OF_STACK = {
    "math.prod": "prod()",
    "statistics.mean": "mean()",
    "statistics.fmean": "mean()",
    "statistics.stdev": "std()",
    "statistics.pstdev": "std(unbiased=False)",
    "statistics.variance": "var()",
    "statistics.pvariance": "var(unbiased=False)",
}


def reduce_in_torch(site: FixSite) -> Iterator[Repair]:
    """`math.fsum(terms)` → `sum(terms)`; `statistics.mean(terms)` → `torch.stack(terms).mean()`"""
    for node in near(site):
        if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
            continue
        dotted = site.names.resolve(node.func) or ""
        given = node.args[0]
        text = uncut(site, given)
        plan = site.plan()
        if dotted == "math.fsum":
            inner = text[1:-1] if isinstance(given, ast.GeneratorExp) and text.startswith("(") else text
            plan.replace(node, f"sum({inner})")
            yield plan.repair("Add with `sum`, which keeps the graph", Applicability.SAFE)
            return
        if dotted in OF_STACK:
            inner = text.strip()
            if isinstance(given, ast.GeneratorExp):
                inner = f"[{inner[1:-1] if inner.startswith('(') and inner.endswith(')') else inner}]"
            stack = plan.spell("torch.stack")
            plan.replace(node, f"{stack}({inner}).{OF_STACK[dotted]}")
            yield plan.repair(
                "Build the tensor with `torch.stack`, which keeps the graph", Applicability.SAFE
            )
            return
