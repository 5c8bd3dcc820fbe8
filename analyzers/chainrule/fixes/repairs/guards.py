"""Repairs that keep an operation away from the point at which its derivative is infinite."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, number, op_of
from chainrule.fixes.repairs.common import add_argument, near, op_near, text_of
from chainrule.fixes.repairs.positive import NEGATIVE
from chainrule.fixes.site import FixSite, Repair
from chainrule.fixes.stable import STABLE, operation, use_stable
from chainrule.fixes.usage import names_in
from chainrule.flow.numbers.divisors import POSITIVES
from chainrule.syntax import walk_tree

_EPSILON = "1e-8"
# Small enough that its root, 1e-6, does not show in a loss.
_ROOT_EPSILON = "1e-12"
# The smallest normal number of half precision is 6e-5.
_HALF_EPSILON = "1e-4"
_POWER = frozenset({"pow", "float_power"})


def guard_root(site: FixSite) -> Iterator[Repair]:
    """`torch.sqrt(x)` → `torch.sqrt(x.clamp(min=1e-8))`; `x ** 0.5` alike"""
    op = op_near(site, {"sqrt", "rsqrt"})
    if site.note == NEGATIVE:
        return
    if op is not None and op.tensor is not None:
        clamped = _clamped(site, op.tensor, op.node, _smallest(site, _ROOT_EPSILON))
        if _is_tested(site, op.node):
            title = f"{clamped.title} (it is above zero everywhere then)"
            clamped = replace(clamped, title=title, applicability=Applicability.UNSAFE)
        yield clamped
        return
    yield from guard_power(site)


def _is_tested(site: FixSite, node: ast.expr) -> bool:
    """Whether the name that holds a value is compared with zero: `length > 0`"""
    match site.statement(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            return False
    return any(
        isinstance(each := site.parent(read), ast.Compare) and any(number(c) == 0 for c in each.comparators)
        for read in site.scope.reads.get(name, ())
    )


def _smallest(site: FixSite, usual: str) -> str:
    """A small number that is not 0 in the precision of what it bounds."""
    return _HALF_EPSILON if site.note.endswith("half") else usual


def guard_power(site: FixSite) -> Iterator[Repair]:
    """`x ** p` → `x.clamp(min=1e-8) ** p`"""
    for node in near(site):
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                yield _of_power(_clamped(site, base, node, _smallest(site, _ROOT_EPSILON)), exponent)
                return
            case ast.Call():
                op = op_of(node, site.names)
                if op is not None and op.name in _POWER and op.tensor is not None:
                    clamped = _clamped(site, op.tensor, op.node, _smallest(site, _ROOT_EPSILON))
                    yield _of_power(clamped, op.get(1, "exponent"))
                    return


def _of_power(repair: Repair, exponent: ast.expr | None) -> Repair:
    """Higher roots of the small number show in the loss: that of 1e-12 to the power 1/3 is 1e-4."""
    power = number(exponent)
    return (
        repair if power is not None and power >= 0.5 else replace(repair, applicability=Applicability.UNSAFE)
    )


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
    """`torch.log(p)` → `torch.log(p.clamp(min=1e-8))`, or `log_softmax(x)` where `p` is `softmax(x)`"""
    op = op_near(site, {"log", "log2", "log10"})
    if op is None or op.tensor is None or site.note == NEGATIVE:
        return
    spelt_out = list(_softplus(site, op)) if op.name == "log" else []
    if spelt_out or site.note == "overflow":
        yield from spelt_out
        return
    squashed = operation(site.scope, site.names, site.scope.value_of(op.tensor))
    if op.name == "log" and squashed is not None and squashed.tensor is not None and squashed.name in STABLE:
        stable = STABLE[squashed.name]
        yield use_stable(site.scope, site.names, site.source, op.node, squashed, stable, False)
    if not _exponentials(site, op.tensor):
        yield _clamped(site, op.tensor, op.node, _EPSILON)


def _softplus(site: FixSite, log: Op) -> Iterator[Repair]:
    """`torch.log(torch.exp(x) + 1)` → `F.softplus(x)`; no bound keeps an `exp` from its overflow."""
    match site.scope.value_of(log.tensor) if log.tensor is not None else None:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            for part, one in ((left, right), (right, left)):
                exponential = op_of(site.scope.value_of(part), site.names)
                known = exponential is not None and exponential.name == "exp" and number(one) == 1
                if known and exponential is not None and exponential.tensor is not None:
                    plan = site.plan()
                    spelt = plan.spell("torch.nn.functional.softplus")
                    plan.replace(log.node, f"{spelt}({site.segment(exponential.tensor)})")
                    yield plan.repair("Use softplus, which stays finite", Applicability.SAFE)
                    return
        case _:
            return


def _exponentials(site: FixSite, node: ast.expr) -> bool:
    """Whether `node` adds up exponentials: a bound keeps those from 0, and does nothing for an overflow."""
    op = op_of(site.scope.value_of(node), site.names)
    while op is not None and op.name in ("sum", "mean") and op.tensor is not None:
        op = op_of(site.scope.value_of(op.tensor), site.names)
    return op is not None and op.name == "exp"


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
        yield from _away(site, divisor)
        return
    for node in near(site):
        if isinstance(node, ast.expr) and (base := _inverted(site, node)) is not None:
            yield from _away(site, base)
            return


def _inverted(site: FixSite, node: ast.expr) -> ast.expr | None:
    """`b` of `b ** -2`, `b.pow(-1)`, `b.reciprocal()`, `b.rsqrt()`"""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left if (number(node.right) or 0) < 0 else None
    op = op_of(node, site.names)
    if op is None:
        return None
    negative = op.name in _POWER and (number(op.get(1, "exponent")) or 0) < 0
    return op.tensor if negative or op.name in ("reciprocal", "rsqrt") else None


def _away(site: FixSite, divisor: ast.expr) -> Iterator[Repair]:
    """A divisor that is kept away from zero, or from infinity where it overflows."""
    plan = site.plan()
    text = text_of(site, divisor)
    if site.note == "overflow":  # inf plus a small number is inf
        op = op_of(site.scope.value_of(divisor), site.names)
        if op is not None and op.name == "exp" and op.tensor is not None:
            plan.replace(op.tensor, f"{text_of(site, op.tensor)}.clamp(max=80.0)")
            yield plan.repair("Limit the exponent, so that it stays finite", Applicability.SAFE)
        return
    if site.note.startswith("underflow"):
        # What was added is replaced: a sum of zeros stays 0.
        if isinstance(divisor, ast.BinOp) and isinstance(divisor.op, ast.Add):
            plan.replace(divisor.right, _smallest(site, _EPSILON))
            yield plan.repair("Add a number that is not lost in rounding", Applicability.UNSAFE)
        return
    if site.note == POSITIVES:  # of soft targets the sum may be between 0 and 1
        plan.replace(divisor, f"{text}.clamp(min=1)")
        yield plan.repair("Divide by at least one", Applicability.UNSAFE)
    elif _is_count(site, divisor):
        plan.replace(divisor, f"{text}.clamp(min=1)")
        yield plan.repair("Divide by at least one", Applicability.SAFE)
    elif _is_nonnegative(site, divisor) or _is_mask(site, divisor):
        plan.replace(divisor, f"{text}.clamp(min={_EPSILON})")
        yield plan.repair("Keep the divisor away from zero", Applicability.SAFE)
    else:
        plan.replace(divisor, f"({site.segment(divisor)} + {_EPSILON})")
        yield plan.repair("Add a small number to the divisor", Applicability.UNSAFE)


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
    return _said_boolean(site, op.tensor)


def _said_boolean(site: FixSite, node: ast.expr) -> bool:
    """Whether something inverts a mask with `~`, or selects by it: no weights between 0 and 1 allow that."""
    wanted = {name for name in names_in(node) if "mask" in name.lower() or "valid" in name.lower()}
    for use in walk_tree(site.function or site.tree):
        match use:
            case ast.UnaryOp(op=ast.Invert(), operand=ast.Name(id=name)) if name in wanted:
                return True
            case ast.Subscript(slice=ast.Name(id=name)) if name in wanted:
                return True
            case _:
                pass
    return False


def _is_mask(site: FixSite, node: ast.expr) -> bool:
    """Whether a divisor adds up what is called a mask: ones and zeros, or weights between them."""
    op = op_of(site.scope.value_of(node), site.names)
    if op is None or op.tensor is None or op.name not in ("sum", "mean"):
        return False
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
    """`torch.acos(x)` → `torch.acos(x.clamp(-1 + 1e-6, 1 - 1e-6))`; `acosh` begins at 1"""
    op = op_near(site, {"acos", "arccos", "asin", "arcsin", "atanh", "arctanh", "acosh", "arccosh"})
    if op is None or op.tensor is None:
        return
    clamp = op_of(op.tensor, site.names)
    inner = op.tensor
    if clamp is not None and clamp.name in ("clamp", "clip") and clamp.tensor is not None:
        inner = clamp.tensor
    plan = site.plan()
    root = op_of(inner, site.names)
    if op.name in ("acosh", "arccosh"):
        plan.replace(op.tensor, f"{text_of(site, inner)}.clamp(min=1 + 1e-6)")
    elif root is not None and root.name == "sqrt" and root.tensor is not None:
        # The root has an infinite slope of its own, at 0.
        safe = f"{text_of(site, root.tensor)}.clamp(min={_ROOT_EPSILON})"
        text = site.source.substitute(inner, {root.tensor: safe})
        plan.replace(op.tensor, f"{text}.clamp(max=1 - 1e-6)")
    else:
        plan.replace(op.tensor, f"{text_of(site, inner)}.clamp(-1 + 1e-6, 1 - 1e-6)")
    yield plan.repair("Keep the argument inside the domain", Applicability.UNSAFE)


def population_std(site: FixSite) -> Iterator[Repair]:
    """`x.std()` → `x.std(unbiased=False)`"""
    op = op_near(site, {"std", "var"})
    if op is not None and "correction" not in op.keywords:
        plan = site.plan()
        add_argument(site, plan, op.node, "unbiased=False")
        yield plan.repair("Divide by N, so that one value has spread 0", Applicability.UNSAFE)
