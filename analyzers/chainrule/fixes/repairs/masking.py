"""Repairs of values that are computed first and masked out afterwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.repairs.common import near, op_near, text_of
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.statements import remove, stands_alone
from chainrule.fixes.vocabulary import words

_RISKY = words("""log log2 log10 sqrt rsqrt reciprocal acos asin atanh acosh exp div pow log1p""")


def safe_where(site: FixSite) -> Iterator[Repair]:
    """`torch.where(c, log(x), 0)` → `torch.where(c, log(torch.where(c, x, 1.0)), 0)`"""
    for condition, risky, chosen in _guarded(site):
        inner = risky.tensor
        if inner is None:
            continue
        plan = site.plan()
        if chosen:
            safe = f"{plan.spell('torch.where')}({site.segment(condition)}, {site.segment(inner)}, 1.0)"
        else:
            safe = f"{text_of(site, inner)}.masked_fill({site.segment(condition)}, 1.0)"
        if risky.name == "exp":
            safe = safe.replace(", 1.0)", ", 0.0)")
        plan.replace(inner, safe)
        yield plan.repair("Compute the risky branch on safe values too", Applicability.SAFE)
        return


def _guarded(site: FixSite) -> Iterator[tuple[ast.expr, Op, bool]]:
    """A condition, the risky operation it protects, and whether the operation is used where it holds."""
    function = site.function or site.tree
    risky_near = op_near(site, _RISKY)
    for node in ast.walk(function):
        op = op_of(node, site.names)
        if op is None or op.tensor is None:
            continue
        if op.name == "where" and len(op.operands) == 3:
            condition, first, second = op.operands
            if op.dotted is None:
                first, condition = condition, first
            for branch, chosen in ((first, True), (second, False)):
                risky = _risky_in(site, branch, risky_near)
                if risky is not None:
                    yield condition, risky, chosen
        elif op.name in ("masked_fill", "masked_fill_") and len(op.operands) == 3:
            risky = _risky_in(site, op.operands[0], risky_near)
            if risky is not None:
                yield op.operands[1], risky, False


def _risky_in(site: FixSite, branch: ast.expr, wanted: Op | None) -> Op | None:
    """The operation in a branch, written there or behind a name."""
    for node in (branch, site.scope.value_of(branch)):
        for child in ast.walk(node):
            op = op_of(child, site.names)
            if op is not None and op.name in _RISKY and (wanted is None or wanted.node is op.node):
                return op
    return None


def limit_exponent(site: FixSite) -> Iterator[Repair]:
    """`torch.exp(x)` → `torch.exp(x.clamp(max=80.0))`"""
    op = op_near(site, {"exp"})
    if op is not None and op.tensor is not None:
        plan = site.plan()
        plan.replace(op.tensor, f"{text_of(site, op.tensor)}.clamp(max=80.0)")
        yield plan.repair("Limit the exponent, so that it stays finite", Applicability.SAFE)


def select_first(site: FixSite) -> Iterator[Repair]:
    """`((p - t) ** 2)[mask]` → `(p[mask] - t[mask]) ** 2`"""
    for node in near(site):
        match node:
            case ast.Subscript(value=ast.Name() as loss, slice=ast.Name() as mask):
                value = site.scope.value_of(loss)
                if value is loss or len(site.scope.reads.get(loss.id, ())) != 1:
                    continue
                op = op_of(value, site.names)
                if op is None or op.tensor is None or op.get(1, "target") is None:
                    continue
                plan = site.plan()
                for operand in op.operands[:2]:
                    plan.insert(site.source.span(operand)[1], f"[{mask.id}]")
                plan.replace(node, loss.id)
                yield plan.repair("Select before computing the loss", Applicability.SAFE)
                return


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
