"""Repair of infinite masks that are scaled afterwards: infinity times 0 is no number."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.repairs.common import near
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import remove, stands_alone


def mask_after_scaling(site: FixSite) -> Iterator[Repair]:
    """`s = s.masked_fill(m, -inf)`, then `s / t` → `(s / t).masked_fill(m, -inf)`"""
    for node in near(site):
        match node:
            case ast.BinOp(left=ast.Name() as scaled, op=ast.Div() | ast.Mult()):
                pass
            case _:
                continue
        binding = site.scope.binding_of(scaled)
        if binding is None or binding.value is None or binding.path:
            return
        op = op_of(binding.value, site.names)
        statement = binding.statement
        if (
            op is None
            or op.name != "masked_fill"
            or op.tensor is None
            or not isinstance(statement, ast.Assign)
        ):
            return
        mask, filled = op.get(1, "mask"), op.get(2, "value")
        readers = [r for r in site.scope.reads[scaled.id] if site.scope.binding_of(r) == binding]
        if mask is None or filled is None or len(readers) != 1 or not stands_alone(site.source, statement):
            return
        plan = site.plan()
        own = isinstance(op.tensor, ast.Name) and op.tensor.id == scaled.id
        if own:
            remove(plan, statement)
        else:
            plan.replace(binding.value, site.segment(op.tensor))
        again = f".masked_fill({site.segment(mask)}, {site.segment(filled)})"
        plan.replace(node, f"({site.segment(node)}){again}")
        yield plan.repair("Mask after scaling, so that infinity meets no factor", Applicability.SAFE)
        return
