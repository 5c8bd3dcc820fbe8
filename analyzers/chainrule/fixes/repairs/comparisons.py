"""Repairs of comparisons that are used as values: a smooth measure of how true they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import Op, atom, number, op_of, operand
from chainrule.fixes.repairs.common import casts_around, in_parentheses, is_edited, near, text_of, wrapped
from chainrule.fixes.repairs.wholes import CALLERS, for_callers, taker_of_wholes
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import insert_after, stands_alone

_SHARPNESS = 10
_GREATER = frozenset(["gt", "ge", "greater", "greater_equal"])
_LESS = frozenset(["lt", "le", "less", "less_equal"])
_AND = frozenset(["logical_and", "bitwise_and"])
_OR = frozenset(["logical_or", "bitwise_or"])
_XOR = frozenset(["logical_xor", "bitwise_xor"])
_NOT = frozenset(["logical_not", "bitwise_not"])
_CHOOSING = frozenset(["masked_fill", "masked_select", "masked_fill_", "masked_scatter"])
# What the boolean reductions become when truth has degrees.
_DEGREES = {"any": "amax", "all": "amin", "count_nonzero": "sum"}


def soft_comparison(site: FixSite) -> Iterator[Repair]:
    """`(x > t).float()` → `torch.sigmoid((x - t) * 10)`; `(a == b).float()` → `torch.exp(-((a - b) ** 2))`

    What a comparison is joined with by `&`, `|`, `~` becomes smooth with it, and so do the `torch.where` and
    the `any` that read it.
    """
    found = next((node for node in near(site) if _is_comparison(site, node)), None)
    if not isinstance(found, ast.expr):
        return
    whole = _joined(site, found)
    outer = casts_around(site, whole)
    plan = site.plan()
    soft = _Soft(site, plan, found)
    text = soft.text(whole)
    if is_edited(site, outer):
        text = f"{atom(ast.parse(text, mode='eval').body, text)}.clone()"
    if not _written(site, plan, outer, text):
        return
    equality = _is_equality(site, whole)
    title = "Use a smooth measure of equality" if equality else "Use a sigmoid in place of the step"
    repair = plan.repair(title, Applicability.UNSAFE)
    yield for_callers(repair) if taker_of_wholes(site, outer) == CALLERS else repair


def through_filled(site: FixSite) -> Iterator[Repair]:
    """`out = zeros`, `out[x > t] = 1` → the same, with the gradient of a sigmoid, straight through"""
    statement = site.statement()
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name) as filled, slice=ast.expr() as test)]):
            pass
        case _:
            return
    start = op_of(site.scope.value_of(filled), site.names)
    if start is None or start.name not in ("zeros", "zeros_like", "new_zeros"):
        return
    if (
        number(statement.value) != 1
        or not _is_comparison(site, test)
        or not stands_alone(site.source, statement)
    ):
        return
    plan = site.plan()
    soft = site.scope.fresh("soft")
    text = _Soft(site, plan, test).text(test)
    insert_after(plan, statement, f"{soft} = {text}", f"{name} = {name} + {soft} - {soft}.detach()")
    title = "Pass the gradient of a sigmoid straight through (same value, chosen gradient)"
    yield plan.repair(title, Applicability.UNSAFE)


def _is_comparison(site: FixSite, node: ast.AST) -> bool:
    return isinstance(node, ast.expr) and (_ordered(site, node) or _equated(site, node)) is not None


def _ordered(site: FixSite, node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The side that makes a comparison true when it grows, and the other side."""
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


def _equated(site: FixSite, node: ast.expr) -> tuple[ast.expr, ast.expr, bool] | None:
    """Both sides of `==` or `!=`, and whether it asks for equality."""
    match node:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as asked], comparators=[right]):
            return left, right, isinstance(asked, ast.Eq)
        case _:
            op = op_of(node, site.names)
            other = op.get(1, "other") if op is not None else None
            if op is None or op.tensor is None or other is None or op.name not in ("eq", "ne", "not_equal"):
                return None
            return op.tensor, other, op.name == "eq"


def _is_equality(site: FixSite, node: ast.expr) -> bool:
    return _equated(site, node) is not None


def _parts(site: FixSite, node: ast.AST) -> tuple[str, list[ast.expr]]:
    """`and`, `or`, `xor` or `not` with its operands; "" for anything else."""
    match node:
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
            return "and", [left, right]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return "or", [left, right]
        case ast.BinOp(left=left, op=ast.BitXor(), right=right):
            return "xor", [left, right]
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return "not", [inner]
        case _:
            pass
    op = op_of(node, site.names)
    for name, spelled in (("and", _AND), ("or", _OR), ("xor", _XOR), ("not", _NOT)):
        if op is not None and op.name in spelled:
            return name, list(op.operands)
    return "", []


def _joined(site: FixSite, node: ast.expr) -> ast.expr:
    """The whole boolean expression that a comparison is a part of."""
    while True:
        parent = site.parent(node)
        if isinstance(parent, ast.Attribute):
            parent = site.parent(parent)
        if not isinstance(parent, ast.expr) or node not in _parts(site, parent)[1]:
            return node
        node = parent


class _Soft:
    """Writes truth values by degrees; comparisons that share no tensor with `found` stay hard."""

    def __init__(self, site: FixSite, plan: Plan, found: ast.expr) -> None:
        self.site = site
        self.plan = plan
        self.watched = _tensors(found)

    def text(self, node: ast.expr) -> str:
        joint, parts = _parts(self.site, node)
        if joint:
            texts = [self._operand(part) for part in parts]
            match joint:
                case "not":
                    return f"1 - {texts[0]}"
                case "and":
                    return f"{texts[0]} * {texts[1]}"
                case "or":
                    return f"1 - (1 - {texts[0]}) * (1 - {texts[1]})"
                case _:
                    return f"{texts[0]} + {texts[1]} - 2 * {texts[0]} * {texts[1]}"
        if _is_comparison(self.site, node) and _tensors(node) & self.watched:
            return self._comparison(node)
        return f"{text_of(self.site, node)}.float()"

    def _operand(self, node: ast.expr) -> str:
        text = self.text(node)
        return f"({text})" if _parts(self.site, node)[0] or text.startswith(("1 - ", "-")) else text

    def _comparison(self, node: ast.expr) -> str:
        equated = _equated(self.site, node)
        if equated is not None:
            one, other, asked = equated
            gap = f"{text_of(self.site, one)} - {text_of(self.site, other)}"
            text = f"{self.plan.spell('torch.exp')}(-(({gap}) ** 2))"
            return text if asked else f"1 - {text}"
        ordered = _ordered(self.site, node)
        assert ordered is not None
        bigger, smaller = ordered
        difference = f"{self._plain(bigger)} - {self._plain(smaller)}"
        if number(smaller) == 0:
            inner = text_of(self.site, bigger)
        elif number(bigger) == 0:
            inner = f"-{text_of(self.site, smaller)}"
        else:
            inner = f"({difference})"
        return f"{self.plan.spell('torch.sigmoid')}({inner} * {_SHARPNESS})"

    def _plain(self, node: ast.expr) -> str:
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Name | ast.Attribute):
            return f"({self.site.segment(node)})"
        return operand(node, self.site.segment(node))


def _tensors(node: ast.expr) -> set[str]:
    """The names and attributes that an expression reads: `pred`, `self.fc.weight`."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)]
    return {ast.unparse(n) for n in found} - {"self", "torch"}


def _written(site: FixSite, plan: Plan, node: ast.AST, text: str) -> bool:
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
