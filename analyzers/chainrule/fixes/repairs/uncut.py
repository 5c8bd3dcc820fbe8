"""An expression without what cuts it from its graph."""

from __future__ import annotations

import ast

from chainrule.fixes.calls import atom
from chainrule.fixes.site import FixSite, Plan
from chainrule.fixes.vocabulary import words
from chainrule.syntax import children

CUTTING_METHODS = frozenset({"detach", "detach_", "item", "numpy", "tolist"})
_NUMBERS = frozenset({"item", "tolist", "numpy"})
CUTTING_ATTRIBUTES = frozenset({"data"})
_MATH = words(
    """exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
    pow floor ceil trunc erf erfc lgamma hypot sqrt fabs radians degrees"""
)
_RENAMED = {"fabs": "abs", "radians": "deg2rad", "degrees": "rad2deg"}


_CONSTANTS = frozenset(f"{module}.{name}" for module in ("math", "numpy", "torch") for name in ("pi", "e"))


def uncut(site: FixSite, node: ast.expr, plan: Plan | None = None) -> str:
    """The source of an expression without `.detach()`, `.data`, `.item()`, `.numpy()` in its chain.

    Numbers are made tensors again wherever they are computed with; a stop-gradient inside of what the chain
    is taken from, or in the arguments of a call, was meant. With a `plan`, functions of `math` get the names
    that they have in torch.
    """
    return _uncut(site, node, plan, True)


def written_value(node: ast.expr) -> ast.expr | None:
    """The value whose text an expression is, itself a tensor: `x` for `f"{x.item():.3f}"`."""
    match node:
        case ast.JoinedStr(values=[ast.FormattedValue(value=value)]):
            pass
        case ast.Call(func=ast.Name(id="str" | "repr" | "format"), args=[value, *_]):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format"), args=[value]):
            pass
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=value) if not isinstance(
            value, ast.Tuple
        ):
            pass
        case _:
            return None
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.args:
        if value.func.attr not in (*CUTTING_METHODS, "cpu"):
            break
        value = value.func.value
    return value


def reads_text(node: ast.AST) -> bool:
    """Whether some number in an expression is read back from text, which has rounded it."""
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and each.func.id == "float"
        and len(each.args) == 1
        and written_value(each.args[0]) is not None
        for each in ast.walk(node)
    )


def _uncut(site: FixSite, node: ast.expr, plan: Plan | None, chained: bool) -> str:
    """`chained`: a stop-gradient here goes, too."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]):
            number = method in _NUMBERS
            if number or (method in CUTTING_METHODS and (chained or _is_asked(site, node))):
                return _uncut(site, inner, plan, chained or number)
        case ast.Attribute(value=inner, attr=name) if name in CUTTING_ATTRIBUTES:
            if chained or _is_asked(site, node):
                return _uncut(site, inner, plan, chained)
        case ast.Call(func=ast.Name(id="float"), args=[inner]) if value := written_value(inner):
            return atom(value, ast.unparse(value))
        case ast.Call(func=ast.Name(id="float" | "int"), args=[inner]):
            return _uncut(site, inner, plan, True)
        case ast.Call() if plan is not None and (function := in_torch(site, node)):
            return f"{plan.spell(function)}({', '.join(_uncut(site, a, plan, True) for a in node.args)})"
        case _:
            pass
    texts: dict[ast.AST, str] = {}
    for child in children(node):
        if isinstance(child, ast.expr):
            texts[child] = _beside(child, _uncut(site, child, plan, chained and _goes_on(node, child)))
        elif isinstance(child, ast.comprehension):
            texts[child.iter] = _uncut(site, child.iter, plan, False)
    return site.source.substitute(node, texts)


def _is_asked(site: FixSite, node: ast.expr) -> bool:
    """Whether it is this stop-gradient that the break is at."""
    return any(each is site.node for each in (node, site.parent(node)))


def _goes_on(node: ast.expr, child: ast.expr) -> bool:
    """Whether a part is of the chain of an expression: the receiver of a method, the base of an index."""
    match node:
        case ast.Call(func=ast.Attribute() as function):
            return child is function
        case ast.Attribute() | ast.Subscript():
            return child is node.value
        case ast.List() | ast.Tuple() | ast.ListComp() | ast.GeneratorExp():
            return True
        case _:
            return False


def _beside(node: ast.expr, text: str) -> str:
    """`text` in the place of `node`: what a call held together needs parentheses without it."""
    if not isinstance(node, ast.Call) or not text:
        return text
    try:
        now = ast.parse(text, mode="eval").body
    except SyntaxError:
        return text
    return f"({text})" if isinstance(now, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp) else text


def in_torch(site: FixSite, call: ast.Call) -> str:
    """The torch function that computes what a function of `math` does; "" for other calls, and of numbers."""
    dotted = site.names.resolve(call.func) or ""
    if call.keywords or not call.args or not dotted.startswith("math.") or dotted[5:] not in _MATH:
        return ""
    if all(_is_number(site, argument) for argument in call.args):
        return ""
    return f"torch.{_RENAMED.get(dotted[5:], dotted[5:])}"


def _is_number(site: FixSite, node: ast.expr) -> bool:
    """Whether nothing but numbers is written here: `2 * math.pi`"""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=inner):
            return _is_number(site, inner)
        case ast.BinOp(left=left, right=right):
            return _is_number(site, left) and _is_number(site, right)
        case ast.Name() | ast.Attribute():
            return site.names.resolve(node) in _CONSTANTS
        case _:
            return False
