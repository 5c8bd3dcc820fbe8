"""Repairs that keep an operation away from the point at which its derivative is infinite."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, argument, number, op_of
from chainrule.fixes.repairs.common import add_argument, near, op_near, text_of
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.usage import names_in
from chainrule.fixes.vocabulary import words

_EPSILON = "1e-8"
# Small enough that its root, 1e-6, does not show in a loss.
_ROOT_EPSILON = "1e-12"
_POWER = frozenset({"pow", "float_power"})
_RISKY = words("""log log2 log10 sqrt rsqrt reciprocal acos asin atanh acosh exp div pow log1p""")
_UNSQUASHED = "softmax"


def guard_root(site: FixSite) -> Iterator[Repair]:
    """`torch.sqrt(x)` → `torch.sqrt(x.clamp(min=1e-8))`; `x ** 0.5` alike"""
    op = op_near(site, {"sqrt", "rsqrt"})
    if op is not None and op.tensor is not None:
        yield _clamped(site, op.tensor, op.node, _ROOT_EPSILON)
        return
    yield from guard_power(site)


def guard_power(site: FixSite) -> Iterator[Repair]:
    """`x ** p` → `x.clamp(min=1e-8) ** p`"""
    for node in near(site):
        match node:
            case ast.BinOp(left=base, op=ast.Pow()):
                yield _clamped(site, base, node, _ROOT_EPSILON)
                return
            case ast.Call():
                op = op_of(node, site.names)
                if op is not None and op.name in _POWER and op.tensor is not None:
                    yield _clamped(site, op.tensor, op.node, _ROOT_EPSILON)
                    return


def _clamped(site: FixSite, inner: ast.expr, around: ast.AST, epsilon: str) -> Repair:
    plan = site.plan()
    text = f"{text_of(site, inner)}.clamp(min={epsilon})"
    start, end = site.source.span(inner)
    # `(a + b) ** 0.5`: the parentheses stay outside the node, and only the call is added.
    before, after = site.text[:start].rstrip(), site.text[end:].lstrip()
    outside = site.text[site.source.span(around)[0] : start].rstrip()
    if isinstance(inner, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp) and outside.endswith("("):
        closed = end + (len(site.text[end:]) - len(after))
        lone = isinstance(around, ast.BinOp) or outside == "("
        method = isinstance(around, ast.Call) and isinstance(around.func, ast.Attribute)
        receiver = method and isinstance(around, ast.Call) and _is_receiver(around, inner)
        if (lone or receiver) and after.startswith(")") and before.endswith("("):
            plan.insert(closed + 1, f".clamp(min={epsilon})")
            return plan.repair("Keep the argument away from zero", Applicability.SAFE)
    plan.replace(inner, text)
    return plan.repair("Keep the argument away from zero", Applicability.SAFE)


def _is_receiver(call: ast.Call, node: ast.expr) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.value is node


def guard_log(site: FixSite) -> Iterator[Repair]:
    """`torch.log(p)` → `torch.log(p.clamp(min=1e-8))`, or `log_softmax` where `p` is a softmax"""
    op = op_near(site, {"log", "log2", "log10"})
    if op is None or op.tensor is None:
        return
    squashed = op_of(site.scope.value_of(op.tensor), site.names)
    if (
        op.name == "log"
        and squashed is not None
        and squashed.name == _UNSQUASHED
        and squashed.tensor is not None
    ):
        dim = squashed.get(1, "dim")
        if dim is not None and not site.scope.rebound(squashed.node, op.node):
            plan = site.plan()
            name = plan.spell("torch.nn.functional.log_softmax")
            x = argument(squashed.tensor, site.segment(squashed.tensor))
            plan.replace(op.node, f"{name}({x}, dim={site.segment(dim)})")
            yield plan.repair("Use log_softmax, which never takes the log of zero", Applicability.SAFE)
    yield _clamped(site, op.tensor, op.node, _EPSILON)


def guard_division(site: FixSite) -> Iterator[Repair]:
    """`a / b` → `a / b.clamp(min=1e-8)` where `b` can't be negative, else `a / (b + 1e-8)`"""
    for node in near(site):
        match node:
            case ast.BinOp(op=ast.Div(), right=divisor):
                pass
            case ast.AugAssign(op=ast.Div(), value=divisor):
                pass
            case _:
                op = op_of(node, site.names)
                second = (
                    op.get(1, "other") if op is not None and op.name in ("div", "divide", "div_") else None
                )
                if second is None:
                    continue
                divisor = second
        plan = site.plan()
        text = text_of(site, divisor)
        if _is_count(site, divisor):
            plan.replace(divisor, f"{text}.clamp(min=1)")
            yield plan.repair("Divide by at least one", Applicability.SAFE)
        elif _is_nonnegative(site, divisor):
            plan.replace(divisor, f"{text}.clamp(min={_EPSILON})")
            yield plan.repair("Keep the divisor away from zero", Applicability.SAFE)
        else:
            plan.replace(divisor, f"({site.segment(divisor)} + {_EPSILON})")
            yield plan.repair("Add a small number to the divisor", Applicability.UNSAFE)
        return


def _is_count(site: FixSite, node: ast.expr) -> bool:
    """`mask.sum()` and its like: a whole number of elements."""
    op = op_of(site.scope.value_of(node), site.names)
    if op is None or op.tensor is None or op.name not in ("sum", "count_nonzero"):
        return False
    if op.name == "count_nonzero":
        return True
    inner = site.scope.value_of(op.tensor)
    cast = op_of(inner, site.names)
    while (
        cast is not None and cast.name in ("float", "to", "type", "long", "int") and cast.tensor is not None
    ):
        inner = site.scope.value_of(cast.tensor)
        cast = op_of(inner, site.names)
    if isinstance(inner, ast.Compare) or (
        cast is not None and cast.name in ("eq", "ne", "gt", "lt", "ge", "le")
    ):
        return True
    return any("mask" in name.lower() or "valid" in name.lower() for name in names_in(op.tensor))


def _is_nonnegative(site: FixSite, node: ast.expr) -> bool:
    value = site.scope.value_of(node)
    op = op_of(value, site.names)
    if op is not None:
        if op.name in ("sum", "mean", "max", "amax") and op.tensor is not None:
            return _is_nonnegative(site, op.tensor)
        return op.name in (
            "norm",
            "linalg.norm",
            "vector_norm",
            "abs",
            "exp",
            "sigmoid",
            "softmax",
            "std",
            "var",
            "square",
        )
    match value:
        case ast.BinOp(op=ast.Pow(), right=power):
            return number(power) == 2
        case ast.BinOp(left=left, op=ast.Mult() | ast.Add(), right=right):
            return _is_nonnegative(site, left) and _is_nonnegative(site, right)
        case _:
            return False


def guard_domain(site: FixSite) -> Iterator[Repair]:
    """`torch.acos(x)` → `torch.acos(x.clamp(-1 + 1e-6, 1 - 1e-6))`"""
    op = op_near(site, {"acos", "arccos", "asin", "arcsin", "atanh", "arctanh"})
    if op is None or op.tensor is None:
        return
    clamp = op_of(op.tensor, site.names)
    inner = op.tensor
    if clamp is not None and clamp.name in ("clamp", "clip") and clamp.tensor is not None:
        inner = clamp.tensor
    plan = site.plan()
    plan.replace(op.tensor, f"{text_of(site, inner)}.clamp(-1 + 1e-6, 1 - 1e-6)")
    yield plan.repair("Keep the argument inside the domain", Applicability.UNSAFE)


def population_std(site: FixSite) -> Iterator[Repair]:
    """`x.std()` → `x.std(unbiased=False)`"""
    op = op_near(site, {"std", "var"})
    if op is not None and "correction" not in op.keywords:
        plan = site.plan()
        add_argument(site, plan, op.node, "unbiased=False")
        yield plan.repair("Divide by N, so that one value has spread 0", Applicability.UNSAFE)


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
