"""What reads a boolean, adapted to truth by degrees."""

from __future__ import annotations

import ast

from chainrule.fixes.calls import Op, number, op_of, operand
from chainrule.fixes.repairs.common import casts_around, in_parentheses, wrapped
from chainrule.fixes.repairs.degrees import Degrees, joined
from chainrule.fixes.site import FixSite, Plan

_CHOOSING = frozenset(["masked_fill", "masked_select", "masked_fill_", "masked_scatter"])
_DEGREES = {"any": "amax", "all": "amin", "count_nonzero": "sum"}


def write_degrees(site: FixSite, plan: Plan, node: ast.AST, text: str) -> bool:
    """Put the smooth text in place of a boolean, with what reads it; False where only a boolean will do."""
    parent = site.parent(node)
    match parent:
        case ast.Assign(targets=[ast.Name(id=name)]):
            plan.replace(node, text)
            for read in site.scope.reads.get(name, ()):
                binding = site.scope.binding_of(read)
                if binding is not None and binding.statement is not parent:
                    continue
                if not _consumed(site, plan, _reshaped(site, read)):
                    return False
            return True
        case _:
            return _consumed(site, plan, node, text)


def count_degrees(site: FixSite, plan: Plan, node: ast.AST) -> None:
    """Write `all` and `any` of what is true by degrees as its least and greatest, also behind a name."""
    parent = site.parent(node)
    reads: list[ast.AST] = [node]
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        reads = [
            _reshaped(site, read)
            for read in site.scope.reads.get(parent.targets[0].id, ())
            if (binding := site.scope.binding_of(read)) is None or binding.statement is parent
        ]
    for read in reads:
        op = op_of(site.parent(read) or read, site.names) or _method(site, read)
        if op is not None and op.name in _DEGREES and op.operands[:1] == (read,):
            _consumed(site, plan, read)


def _reshaped(site: FixSite, read: ast.expr) -> ast.expr:
    """The expression that a name is read in, with the casts and shapes that follow it."""
    node: ast.AST = casts_around(site, read)
    while (op := _method(site, node)) is not None and op.name in ("unsqueeze", "squeeze", "view", "expand"):
        node = casts_around(site, op.node)
    return node if isinstance(node, ast.expr) else read


def _method(site: FixSite, node: ast.AST) -> Op | None:
    """The method that is called on a value."""
    attribute = site.parent(node)
    call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    return op_of(call, site.names) if call is not None else None


def _consumed(site: FixSite, plan: Plan, node: ast.AST, text: str = "") -> bool:
    """Adapt what reads a boolean, and the boolean itself where a `text` for it is given."""
    now = text or site.segment(node)
    parent = site.parent(node)
    op = op_of(parent, site.names) if parent is not None else None
    match parent:
        case ast.Subscript(slice=index) if index is node:
            return False
        case ast.expr() if isinstance(node, ast.Name) and joined(site, node) is not node:
            return _joined(site, plan, node)
        case ast.UnaryOp(op=ast.Invert()) | ast.If() | ast.While() | ast.Assert() | ast.BoolOp():
            return False
        case ast.IfExp(test=test) if test is node:
            return False
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr() | ast.BitXor()):
            return False
        case ast.Call() if op is not None and op.name in _CHOOSING:
            return False
        case ast.Call() if op is not None and op.name == "where" and node in op.operands:
            return _mixed(site, plan, op, node, now)
        case ast.Call(args=[first, *_]) if first is node and op is not None and op.name in _DEGREES:
            name = plan.spell(f"torch.{_DEGREES[op.name]}")
            plan.replace(parent.func, name)
        case ast.Attribute(attr=name) if name in _DEGREES:
            end = site.source.span(parent)[1]
            plan.replace_span(end - len(name), end, _DEGREES[name])
        case ast.Attribute(attr="nonzero" | "logical_not" | "logical_and" | "logical_or"):
            return False
        case _:
            pass
    if text:
        simple = isinstance(ast.parse(text, mode="eval").body, ast.Call | ast.Name)
        if simple and isinstance(parent, ast.Attribute) and in_parentheses(site, node):
            start, end = site.source.span(node)
            plan.replace_span(site.text.rindex("(", 0, start), site.text.index(")", end) + 1, text)
        else:
            plan.replace(node, text if simple else wrapped(site, node, text))
    return True


def _joined(site: FixSite, plan: Plan, read: ast.Name) -> bool:
    """Write the `&`, `|`, `~` that read a name by degrees as well, and adapt what reads them."""
    whole = joined(site, read)
    place = site.source.range(*site.source.span(whole))
    if any(place.start <= edit.range.start and edit.range.end <= place.end for edit in plan.edits):
        return True  # seen from another of its names
    return write_degrees(site, plan, whole, Degrees(site, plan, read, read.id).text(whole))


def _mixed(site: FixSite, plan: Plan, where: Op, node: ast.AST, truth: str) -> bool:
    """`torch.where(c, a, b)` → `c * a + (1 - c) * b`, and simpler for ones and zeros"""
    if len(where.operands) != 3 or node is not where.operands[0 if where.dotted else 1]:
        return False
    first, second = [part for part in where.operands if part is not node]
    values = [_constant(site, part) for part in (first, second)]
    simple = isinstance(ast.parse(truth, mode="eval").body, ast.Call | ast.Name)
    degree = truth if simple else f"({truth})"
    if values == [1, 0]:
        plan.replace(where.node, truth if simple else wrapped(site, where.node, truth))
    elif values == [0, 1]:
        plan.replace(where.node, wrapped(site, where.node, f"1 - {degree}"))
    else:
        one, other = operand(first, site.segment(first)), operand(second, site.segment(second))
        plan.replace(where.node, wrapped(site, where.node, f"{degree} * {one} + (1 - {degree}) * {other}"))
    return True


def _constant(site: FixSite, node: ast.expr) -> float | None:
    """The number that a branch is full of: `1.0`, `torch.ones_like(x)`, `torch.tensor(0.0)`."""
    value = number(node)
    if value is not None:
        return value
    op = op_of(node, site.names)
    if op is None or not op.operands:
        return None
    if op.name in ("ones_like", "new_ones", "ones"):
        return 1
    if op.name in ("zeros_like", "new_zeros", "zeros"):
        return 0
    return number(op.operands[0]) if op.name in ("tensor", "as_tensor") else None
