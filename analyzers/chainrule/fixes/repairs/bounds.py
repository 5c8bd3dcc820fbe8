"""Repairs of bounds beyond which all values lie: smooth ones, with a slope on both sides."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, number, op_of
from chainrule.fixes.repairs.common import op_near, operand_of, wrapped
from chainrule.fixes.site import FixSite, Repair
from chainrule.flow.numbers.starts import FAR

_BOUNDED = frozenset(["relu", "relu_", "clamp", "clip", "clamp_min", "clamp_max", "hardtanh"])

_SMOOTH = {"hardsigmoid": "torch.sigmoid", "hardswish": "torch.nn.functional.silu"}

_NEVER_POSITIVE = frozenset(["log_softmax", "logsigmoid"])


def smooth_clamp(site: FixSite) -> Iterator[Repair]:
    """`F.relu(x)` → `F.softplus(x)`; `x.clamp(min=a)` → `a + F.softplus(x - a)`; two bounds → a sigmoid"""
    op = op_near(site, _BOUNDED | _SMOOTH.keys())
    if op is None or op.tensor is None or site.note == FAR:
        return
    if op.name in _SMOOTH:
        plan = site.plan()
        plan.replace(op.node, f"{plan.spell(_SMOOTH[op.name])}({site.segment(op.tensor)})")
        yield plan.repair("Use its smooth form, whose gradient never is exactly zero", Applicability.UNSAFE)
        return
    low, high = _bounds(op)
    plan = site.plan()
    x = site.segment(op.tensor)
    at_zero = op.name in ("relu", "relu_") or (high is None and number(low) == 0)
    inner = op_of(site.scope.value_of(op.tensor), site.names)
    if at_zero and inner is not None and inner.name in _NEVER_POSITIVE:
        plan.replace(op.node, x)
        yield plan.repair(f"Leave out the bound: `{inner.name}` is never positive", Applicability.UNSAFE)
    elif at_zero:
        plan.replace(op.node, f"{plan.spell('torch.nn.functional.softplus')}({x})")
        yield plan.repair("Use softplus, whose gradient never vanishes", Applicability.UNSAFE)
    elif number(low) == 0 and number(high) == 1:
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({x})")
        yield plan.repair("Use a sigmoid, whose gradient never is exactly zero", Applicability.UNSAFE)
    elif op.name == "hardtanh" and low is None:
        plan.replace(op.node, f"{plan.spell('torch.tanh')}({x})")
        yield plan.repair("Use tanh", Applicability.UNSAFE)
    elif (low is None) != (high is None):
        softplus = plan.spell("torch.nn.functional.softplus")
        value = operand_of(site, op.tensor)
        if low is not None:
            bound = operand_of(site, low)
            text = f"{bound} + {softplus}({value} - {bound})"
        else:
            assert high is not None
            bound = operand_of(site, high)
            text = f"{bound} - {softplus}({bound} - {value})"
        plan.replace(op.node, wrapped(site, op.node, text))
        yield plan.repair("Use softplus, whose gradient never vanishes", Applicability.UNSAFE)
    elif (lowest := number(low)) is not None and (highest := number(high)) is not None and lowest < highest:
        assert low is not None
        span, middle = highest - lowest, (highest + lowest) / 2
        value = operand_of(site, op.tensor)
        shifted = value if middle == 0 else f"({value} - {middle:g})"
        text = f"{site.segment(low)} + {span:g} * {plan.spell('torch.sigmoid')}({shifted} * {4 / span:g})"
        plan.replace(op.node, wrapped(site, op.node, text))
        yield plan.repair("Use a sigmoid, whose gradient never is exactly zero", Applicability.UNSAFE)


def _bounds(op: Op) -> tuple[ast.expr | None, ast.expr | None]:
    """The lower and the upper bound of a clamp; None where there is none."""
    if op.name == "clamp_max":
        return None, op.get(1, "max")
    return _given(op.get(1, "min", "min_val")), _given(op.get(2, "max", "max_val"))


def _given(bound: ast.expr | None) -> ast.expr | None:
    return None if isinstance(bound, ast.Constant) and bound.value is None else bound
