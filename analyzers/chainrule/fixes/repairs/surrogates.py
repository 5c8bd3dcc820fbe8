"""Repairs that put something with a useful derivative in place of a step or an index."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.repairs.common import hoist, near, op_near, operand_of, text_of, wrapped
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.vocabulary import words

_STEPS = words("""round floor ceil trunc fix sign sgn rint""")
_INTEGER_CASTS = frozenset(["long", "int", "short", "byte", "bool", "char"])
_FLOAT_CASTS = frozenset(["float", "double", "half", "type", "type_as", "to"])
_GREATER = frozenset(["gt", "ge", "greater", "greater_equal"])
_LESS = frozenset(["lt", "le", "less", "less_equal"])
_INDEXING = words("""gather scatter scatter_ scatter_add scatter_add_ index_add index_add_ index_select
    index_fill index_put_ take take_along_dim embedding""")
_SHARPNESS = 10


def straight_through(site: FixSite) -> Iterator[Repair]:
    """`x.round()` → `x + (x.round() - x).detach()`"""
    op = op_near(site, _STEPS)
    if op is None or op.tensor is None:
        return
    plan = site.plan()
    x = hoist(site, plan, op.tensor, "smooth")
    step = site.source.substitute(op.node, {op.tensor: x})
    plan.replace(op.node, wrapped(site, op.node, f"{x} + ({step} - {x}).detach()"))
    yield plan.repair(
        "Pass the gradient straight through (same value, chosen gradient)", Applicability.UNSAFE
    )
    if op.name in ("sign", "sgn"):
        smooth = site.plan()
        smooth.replace(op.node, f"{smooth.spell('torch.tanh')}({site.segment(op.tensor)})")
        yield smooth.repair("Use `tanh`, a smooth sign", Applicability.UNSAFE)


def soft_comparison(site: FixSite) -> Iterator[Repair]:
    """`(x > t).float()` → `torch.sigmoid((x - t) * 10)`"""
    for node in near(site):
        found = _comparison(site, node)
        if found is None or not isinstance(node, ast.expr):
            continue
        bigger, smaller = found
        outer = casts_around(site, node)
        if _is_index(site, outer):
            return
        plan = site.plan()
        difference = f"{operand_of(site, bigger)} - {operand_of(site, smaller)}"
        if isinstance(smaller, ast.Constant) and smaller.value == 0:
            difference = text_of(site, bigger)
        elif isinstance(bigger, ast.Constant) and bigger.value == 0:
            difference = f"-{text_of(site, smaller)}"
        inner = difference if " - " not in difference else f"({difference})"
        plan.replace(outer, f"{plan.spell('torch.sigmoid')}({inner} * {_SHARPNESS})")
        yield plan.repair("Use a sigmoid in place of the step", Applicability.UNSAFE)
        return


def soft_equality(site: FixSite) -> Iterator[Repair]:
    """`(a == b).float()` → `torch.exp(-(a - b) ** 2)`"""
    for node in near(site):
        match node:
            case ast.Compare(left=one, ops=[ast.Eq()], comparators=[other]):
                pass
            case _:
                op = op_of(node, site.names)
                second = op.get(1, "other") if op is not None and op.name == "eq" else None
                if op is None or op.tensor is None or second is None:
                    continue
                one, other = op.tensor, second
        outer = casts_around(site, node)
        if isinstance(node, ast.expr) and not _is_index(site, outer):
            plan = site.plan()
            gap = f"{text_of(site, one)} - {text_of(site, other)}"
            plan.replace(outer, f"{plan.spell('torch.exp')}(-(({gap}) ** 2))")
            yield plan.repair("Use a smooth measure of equality", Applicability.UNSAFE)
        return


def _comparison(site: FixSite, node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """The side that makes it true when it grows, and the other side."""
    match node:
        case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE()], comparators=[right]):
            return left, right
        case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE()], comparators=[right]):
            return right, left
        case _:
            op = op_of(node, site.names)
            other = op.get(1, "other") if op is not None else None
            if op is None or op.tensor is None or other is None:
                return None
            if op.name in _GREATER:
                return op.tensor, other
            return (other, op.tensor) if op.name in _LESS else None


def casts_around(site: FixSite, node: ast.AST) -> ast.AST:
    """The expression with the dtype conversions that directly follow it."""
    while True:
        attribute = site.parent(node)
        call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(call, ast.Call) or not isinstance(attribute, ast.Attribute):
            return node
        if attribute.attr not in _INTEGER_CASTS | _FLOAT_CASTS:
            return node
        node = call


def _is_index(site: FixSite, node: ast.AST) -> bool:
    """Whether a value selects elements, so that only a boolean will do."""
    parent = site.parent(node)
    match parent:
        case ast.Subscript(slice=index) if index is node:
            return True
        case ast.UnaryOp(op=ast.Invert()) | ast.If() | ast.While() | ast.Assert():
            return True
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return True
        case ast.Call():
            op = op_of(parent, site.names)
            return op is not None and op.name in ("where", "masked_fill", "masked_select", "masked_fill_")
        case ast.Assign(targets=[ast.Name(id=name)]):
            return any(_is_index(site, read) for read in site.scope.reads.get(name, ()))
        case _:
            return False


def drop_integer_cast(site: FixSite) -> Iterator[Repair]:
    """`x.long()` → `x`, or straight through"""
    for node in near(site):
        op = op_of(node, site.names)
        if op is None or op.tensor is None or op.dotted is not None:
            continue
        integer_to = op.name in ("to", "type", "type_as") and _is_integer_type(site, op)
        if op.name not in _INTEGER_CASTS and not integer_to:
            continue
        outer = casts_around(site, op.node) if op.name in _INTEGER_CASTS else op.node
        if feeds_index(site, outer):
            yield disabled(
                "Stay with floating point",
                "the integers index a tensor; weight its elements by their distance to the position instead",
            )
            return
        plan = site.plan()
        plan.replace(outer, site.segment(op.tensor) if outer is op.node else text_of(site, op.tensor))
        yield plan.repair("Stay with floating point", Applicability.UNSAFE)
        if op.name in ("long", "int", "short"):
            through = site.plan()
            x = hoist(site, through, op.tensor, "smooth")
            through.replace(outer, wrapped(site, outer, f"{x} + ({x}.{op.name}() - {x}).detach()"))
            title = "Pass the gradient straight through (same value, chosen gradient)"
            yield through.repair(title, Applicability.UNSAFE)
        return


def _is_integer_type(site: FixSite, op: Op) -> bool:
    if op.name == "type_as":
        return True
    wanted = op.get(1, "dtype")
    dotted = site.names.resolve(wanted) if wanted is not None else None
    return dotted is not None and any(
        word in dotted for word in ("int", "long", "Long", "Int", "bool", "short")
    )


def feeds_index(site: FixSite, node: ast.AST, depth: int = 0) -> bool:
    """Whether a value, or what is computed from it in place, selects elements of a tensor."""
    child: ast.AST = node
    parent = site.parent(node)
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.Subscript) and parent.slice is child:
            return True
        op = op_of(parent, site.names)
        if op is not None and op.name in _INDEXING and child not in op.operands[:1]:
            return True
        child, parent = parent, site.parent(parent)
    match parent:
        case ast.Assign(targets=[ast.Name(id=name)]) if depth < 4:
            reads = [r for r in site.scope.reads.get(name, ()) if r.lineno > parent.lineno]
            return any(feeds_index(site, read, depth + 1) for read in reads)
        case _:
            return False


def cast_other(site: FixSite) -> Iterator[Repair]:
    """`a = a.type_as(b)` with integers in `b` → `b = b.type_as(a)`"""
    statement = site.statement()
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=a), attr="type_as"), args=[ast.Name(id=b)]),
        ) if name == a:
            plan = site.plan()
            plan.replace(statement, f"{b} = {b}.type_as({a})")
            yield plan.repair(f"Convert `{b}` instead", Applicability.UNSAFE)


def soft_step(site: FixSite) -> Iterator[Repair]:
    """`torch.heaviside(x, v)` → `torch.sigmoid(x * 10)`"""
    op = op_near(site, {"heaviside"})
    if op is not None and op.tensor is not None:
        plan = site.plan()
        x = text_of(site, op.tensor)
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({x} * {_SHARPNESS})")
        yield plan.repair("Use a sigmoid in place of the step", Applicability.UNSAFE)


def true_division(site: FixSite) -> Iterator[Repair]:
    """`a // b` → `a / b`, or straight through"""
    for node in near(site):
        match node:
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                pass
            case _:
                op = op_of(node, site.names)
                second = op.get(1, "other") if op is not None and op.name == "floor_divide" else None
                if op is None or op.tensor is None or second is None:
                    continue
                left, right = op.tensor, second
        through, plain = site.plan(), site.plan()
        quotient = f"{operand_of(site, left)} / {operand_of(site, right)}"
        operands = f"{site.segment(left)}, {site.segment(right)}"
        floored = f'{through.spell("torch.div")}({operands}, rounding_mode="floor")'
        through.replace(node, wrapped(site, node, f"{quotient} + ({floored} - {quotient}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield through.repair(title, Applicability.UNSAFE)
        plain.replace(node, wrapped(site, node, quotient))
        yield plain.repair("Divide without rounding down", Applicability.UNSAFE)
        return


def smooth_clamp(site: FixSite) -> Iterator[Repair]:
    """`F.relu(x)` → `F.softplus(x)`; `x.clamp(0, 1)` → `torch.sigmoid(x)`"""
    op = op_near(site, {"relu", "clamp", "clamp_min", "hardtanh", "relu_"})
    if op is None or op.tensor is None:
        return
    low, high = op.get(1, "min", "min_val"), op.get(2, "max", "max_val")
    plan = site.plan()
    x = site.segment(op.tensor)
    zero = isinstance(low, ast.Constant) and low.value == 0
    if op.name in ("relu", "relu_") or (high is None and zero):
        plan.replace(op.node, f"{plan.spell('torch.nn.functional.softplus')}({x})")
        yield plan.repair("Use softplus, whose gradient never vanishes", Applicability.UNSAFE)
    elif zero and isinstance(high, ast.Constant) and high.value == 1:
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({x})")
        yield plan.repair("Use a sigmoid, whose gradient never is exactly zero", Applicability.UNSAFE)
    elif op.name == "hardtanh" and low is None:
        plan.replace(op.node, f"{plan.spell('torch.tanh')}({x})")
        yield plan.repair("Use tanh", Applicability.UNSAFE)


def sigmoid_of_one(site: FixSite) -> Iterator[Repair]:
    """A softmax over one class → a sigmoid"""
    op = op_near(site, {"softmax"})
    if op is not None and op.tensor is not None:
        plan = site.plan()
        plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({site.segment(op.tensor)})")
        yield plan.repair("Use a sigmoid for a single class", Applicability.UNSAFE)
