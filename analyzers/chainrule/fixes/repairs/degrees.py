"""Truth by degrees: a smooth function in place of a comparison, and of what joins several."""

from __future__ import annotations

import ast

from chainrule.fixes.calls import number, op_of, operand
from chainrule.fixes.repairs.common import text_of
from chainrule.fixes.site import FixSite, Plan
from chainrule.syntax import walk_tree

_SHARPNESS = 10
_GREATER = frozenset(["gt", "ge", "greater", "greater_equal"])
_LESS = frozenset(["lt", "le", "less", "less_equal"])
_AND = frozenset(["logical_and", "bitwise_and"])
_OR = frozenset(["logical_or", "bitwise_or"])
_XOR = frozenset(["logical_xor", "bitwise_xor"])
_NOT = frozenset(["logical_not", "bitwise_not"])


def is_comparison(site: FixSite, node: ast.AST) -> bool:
    return isinstance(node, ast.expr) and (ordered_sides(site, node) or _equated(site, node)) is not None


def ordered_sides(site: FixSite, node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
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


def is_equality(site: FixSite, node: ast.expr) -> bool:
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


def joined(site: FixSite, node: ast.expr) -> ast.expr:
    """The whole boolean expression that a comparison is a part of."""
    while True:
        parent = site.parent(node)
        if isinstance(parent, ast.Attribute):
            parent = site.parent(parent)
        if not isinstance(parent, ast.expr) or node not in _parts(site, parent)[1]:
            return node
        node = parent


class Degrees:
    """Writes truth values by degrees; comparisons that share no tensor with `found` stay hard.

    `x1` and `y1` share one that is unpacked into both.
    `soft` is a name that holds degrees already.
    """

    def __init__(self, site: FixSite, plan: Plan, found: ast.expr, soft: str = "") -> None:
        self.site = site
        self.plan = plan
        self.watched = _tensors(found) | _unpacked_with(site, found)
        self.soft = soft

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
        if is_comparison(self.site, node) and _tensors(node) & self.watched:
            return self._comparison(node)
        if isinstance(node, ast.Name) and node.id == self.soft:
            return node.id
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
        ordered = ordered_sides(self.site, node)
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


def _unpacked_with(site: FixSite, node: ast.expr) -> set[str]:
    """The names that are unpacked from the same value as a name in `node`: `x1, y1 = corner.unbind(1)`."""
    names = [n for n in walk_tree(node) if isinstance(n, ast.Name)]
    bindings = (site.scope.binding_of(name) for name in names)
    targets = [
        target
        for binding in bindings
        if binding is not None and isinstance(binding.statement, ast.Assign)
        for target in binding.statement.targets
        if isinstance(target, ast.Tuple)
    ]
    return {n.id for target in targets for n in walk_tree(target) if isinstance(n, ast.Name)}


def _tensors(node: ast.expr) -> set[str]:
    """The names and attributes that an expression reads: `pred`, `self.fc.weight`."""
    found = [n for n in walk_tree(node) if isinstance(n, ast.Name | ast.Attribute)]
    return {ast.unparse(n) for n in found} - {"self", "torch"}
