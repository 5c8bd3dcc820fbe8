"""Repairs that put something with a useful derivative in place of a step or an index."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.repairs.common import (
    INTEGER_CASTS,
    casts_around,
    hoist,
    is_edited,
    near,
    op_near,
    operand_of,
    text_of,
    wrapped,
)
from chainrule.fixes.repairs.positions import interpolate_rows
from chainrule.fixes.repairs.settings import is_setting
from chainrule.fixes.repairs.wholes import with_takers
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.stable import operation
from chainrule.fixes.usage import same
from chainrule.fixes.vocabulary import words

_STEPS = words("""round floor ceil trunc fix sign sgn rint""")
_IN_PLACE = words("""round_ floor_ ceil_ trunc_ sign_""")
_INDEXING = words("""gather scatter scatter_ scatter_add scatter_add_ index_add index_add_ index_select
    index_fill index_put_ take take_along_dim embedding""")
_SHARPNESS = 10


def straight_through(site: FixSite) -> Iterator[Repair]:
    """`x.round()` → `x + (x.round() - x).detach()`"""
    op = op_near(site, _STEPS | _IN_PLACE)
    if op is None or op.tensor is None or _is_through(site, op.node):
        return
    plan = site.plan()
    x = hoist(site, plan, op.tensor, "smooth")
    step = site.source.substitute(op.node, {op.tensor: x})
    if op.name in _IN_PLACE:
        step = f"{x}.{op.name.removesuffix('_')}()"
    outer = _integers_of(site, op.node)
    plan.replace(outer, wrapped(site, outer, f"{x} + ({step} - {x}).detach()"))
    repair = plan.repair(
        "Pass the gradient straight through (same value, chosen gradient)", Applicability.UNSAFE
    )
    yield repair if outer is op.node else with_takers(site, repair, outer)
    if op.name in ("sign", "sgn"):
        smooth = site.plan()
        copied = ".clone()" if is_edited(site, op.node) else ""
        smooth.replace(op.node, f"{smooth.spell('torch.tanh')}({site.segment(op.tensor)}){copied}")
        yield smooth.repair("Use `tanh`, a smooth sign", Applicability.UNSAFE)


def through_difference(site: FixSite) -> Iterator[Repair]:
    """`x - x % s`, a step of its own → the same, straight through"""
    for node in near(site):
        match node:
            case ast.BinOp(left=x, op=ast.Sub(), right=ast.BinOp(left=again, op=ast.Mod())):
                pass
            case ast.BinOp(left=x, op=ast.Sub(), right=right):
                op = op_of(right, site.names)
                if op is None or op.tensor is None or op.name not in ("remainder", "fmod", "frac"):
                    continue
                again = op.tensor
            case _:
                continue
        if not same(x, again) or _is_through(site, node):
            return
        plan = site.plan()
        text = operand_of(site, x)
        plan.replace(node, wrapped(site, node, f"{text} + ({site.segment(node)} - {text}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield plan.repair(title, Applicability.UNSAFE)
        return


def _is_through(site: FixSite, node: ast.expr) -> bool:
    """Whether a step is that of a straight-through form already: `(round(x) - x).detach()`"""
    gap = site.parent(node)
    method = site.parent(gap) if isinstance(gap, ast.BinOp) and isinstance(gap.op, ast.Sub) else None
    return isinstance(method, ast.Attribute) and method.attr == "detach"


def _integers_of(site: FixSite, node: ast.expr) -> ast.expr:
    """A rounded value with the cast to integers that follows it, and that would cut the gradient again."""
    attribute = site.parent(node)
    call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    cast = op_of(call, site.names) if call is not None else None
    if cast is None:
        return node
    integer = cast.name in INTEGER_CASTS or (cast.name in ("to", "type") and _is_integer_type(site, cast))
    return cast.node if integer and not feeds_index(site, cast.node) else node


def sort_distinct(site: FixSite) -> Iterator[Repair]:
    """`torch.unique(x)` → `torch.sort(x.flatten()).values`"""
    op = op_near(site, {"unique"})
    if op is not None and op.tensor is not None and op.only(1, "sorted"):
        plan = site.plan()
        plan.replace(op.node, f"{plan.spell('torch.sort')}({text_of(site, op.tensor)}.flatten()).values")
        yield plan.repair("Sort the values, and keep those that are equal", Applicability.UNSAFE)


def drop_integer_cast(site: FixSite) -> Iterator[Repair]:
    """`x.long()` → `x`, or straight through"""
    for node in near(site):
        op = op_of(node, site.names)
        if op is None or op.tensor is None or op.dotted is not None:
            continue
        # The dtype may be a setting: the analysis knows that it is one of integers.
        asked = op.node is site.node and len(op.operands) == 2
        integer_to = op.name in ("to", "type", "type_as") and (asked or _is_integer_type(site, op))
        if op.name not in INTEGER_CASTS and not integer_to:
            continue
        outer = casts_around(site, op.node) if op.name in INTEGER_CASTS else op.node
        if repairs := list(interpolate_rows(site)):
            yield from repairs
            return
        if feeds_index(site, outer):
            yield disabled(
                "Stay with floating point",
                "the integers index a tensor; weight its elements by their distance to the position instead",
            )
            return
        plan = site.plan()
        plan.replace(
            outer,
            wrapped(site, outer, site.segment(op.tensor))
            if isinstance(op.tensor, ast.BinOp | ast.UnaryOp)
            else site.segment(op.tensor),
        )
        yield with_takers(site, plan.repair("Stay with floating point", Applicability.UNSAFE), outer)
        if op.name in ("long", "int", "short") or (integer_to and op.name != "type_as"):
            through = site.plan()
            x = hoist(site, through, op.tensor, "smooth")
            wanted = "" if len(op.operands) == 1 else site.segment(op.operands[1])
            through.replace(outer, wrapped(site, outer, f"{x} + ({x}.{op.name}({wanted}) - {x}).detach()"))
            title = "Pass the gradient straight through (same value, chosen gradient)"
            yield with_takers(site, through.repair(title, Applicability.UNSAFE), outer)
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
    """`a // b`, `torch.div(a, b, rounding_mode="floor")` → `a / b`, or straight through"""
    for node in near(site):
        mode: ast.expr | None = None
        match node:
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                pass
            case _:
                op = op_of(node, site.names)
                rounds = op is not None and (op.name == "floor_divide" or "rounding_mode" in op.keywords)
                second = op.get(1, "other") if op is not None and rounds else None
                if op is None or op.tensor is None or second is None or _is_through(site, op.node):
                    continue
                left, right = op.tensor, second
                mode = op.keywords.get("rounding_mode", mode)
        if is_setting(site, left):
            return  # a whole number of the constructor, as sizes and steps are
        through, plain = site.plan(), site.plan()
        mode_text = '"floor"' if mode is None else site.segment(mode)
        quotient = f"{operand_of(site, left)} / {operand_of(site, right)}"
        operands = f"{site.segment(left)}, {site.segment(right)}"
        floored = f"{through.spell('torch.div')}({operands}, rounding_mode={mode_text})"
        through.replace(node, wrapped(site, node, f"{quotient} + ({floored} - {quotient}).detach()"))
        title = "Pass the gradient straight through (same value, chosen gradient)"
        yield through.repair(title, Applicability.UNSAFE)
        if mode is None:
            down = site.plan()
            down.replace(node, f"{down.spell('torch.floor')}({quotient})")
            yield down.repair("Round down with `torch.floor`, whose gradient is zero", Applicability.UNSAFE)
        plain.replace(node, wrapped(site, node, quotient))
        yield plain.repair("Divide without rounding down", Applicability.UNSAFE)
        return


def sigmoid_of_one(site: FixSite) -> Iterator[Repair]:
    """A softmax over one class → a sigmoid"""
    for node in near(site):
        op = operation(site.scope, site.names, node) if isinstance(node, ast.expr) else None
        if op is not None and op.name == "softmax" and op.tensor is not None:
            plan = site.plan()
            plan.replace(op.node, f"{plan.spell('torch.sigmoid')}({site.segment(op.tensor)})")
            yield plan.repair("Use a sigmoid for a single class", Applicability.UNSAFE)
            return
        if isinstance(node, ast.Call) and site.names.resolve(node.func) == "torch.nn.Softmax":
            plan = site.plan()
            plan.replace(node, f"{plan.spell('torch.nn.Sigmoid')}()")
            yield plan.repair("Use a sigmoid for a single class", Applicability.UNSAFE)
            return
