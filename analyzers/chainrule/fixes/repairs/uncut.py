"""An expression without what cuts it from its graph."""

from __future__ import annotations

import ast

from chainrule.fixes.site import FixSite, Plan
from chainrule.fixes.vocabulary import words

CUTTING_METHODS = frozenset({"detach", "detach_", "item", "numpy", "tolist"})
CUTTING_ATTRIBUTES = frozenset({"data"})
_MATH = words(
    """exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
    pow floor ceil trunc erf erfc lgamma hypot sqrt fabs"""
)


def uncut(site: FixSite, node: ast.expr, plan: Plan | None = None) -> str:
    """The source of an expression without `.detach()`, `.data`, `.item()`, `.numpy()` in its chain.

    With a `plan`, functions of `math` get the names that they have in torch.
    """
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]):
            if method in CUTTING_METHODS:
                return uncut(site, inner, plan)
        case ast.Attribute(value=inner, attr=name) if name in CUTTING_ATTRIBUTES:
            return uncut(site, inner, plan)
        case ast.Call(func=ast.Name(id="float" | "int"), args=[inner]):
            return uncut(site, inner, plan)
        case ast.Call() if plan is not None and (function := in_torch(site, node)):
            return f"{plan.spell(function)}({', '.join(uncut(site, a, plan) for a in node.args)})"
        case _:
            pass
    texts: dict[ast.AST, str] = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            texts[child] = _beside(child, uncut(site, child, plan))
        elif isinstance(child, ast.comprehension):
            texts[child.iter] = uncut(site, child.iter, plan)
    return site.source.substitute(node, texts)


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
    """The torch function that computes what a function of `math` does; "" for other calls."""
    dotted = site.names.resolve(call.func) or ""
    if call.keywords or not call.args or not dotted.startswith("math.") or dotted[5:] not in _MATH:
        return ""
    return f"torch.{'abs' if dotted == 'math.fabs' else dotted[5:]}"
