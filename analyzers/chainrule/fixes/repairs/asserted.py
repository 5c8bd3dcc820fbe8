"""Repair of numbers that are made of tensors for a callee which asks for nothing but numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.arrays import called
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.syntax import walk_tree

ASSERTED = "Keep the tensor, and let"
_NUMBERS = frozenset({"float", "int", "Number", "Real"})


def allow_tensor(site: FixSite) -> Iterator[Repair]:
    """`f(v.item())`, with `isinstance(v, float)` there → `f(v)`, and `isinstance(v, (float, Tensor))`"""
    asked = number_asked(site)
    if asked is None or not isinstance(site.node, ast.expr):
        return
    taker, kind = asked
    plan = site.plan()
    plan.replace(site.node, uncut(site, site.node))
    kinds = [site.segment(each) for each in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
    plan.replace(kind, f"({', '.join([*kinds, plan.spell('torch.Tensor')])})")
    yield plan.repair(f"{ASSERTED} `{taker}` take one", Applicability.UNSAFE)


def number_asked(site: FixSite) -> tuple[str, ast.expr] | None:
    """What gets the number of the break, and the type in its `isinstance(…, float)`; None for none."""
    node: ast.AST = site.node
    parent = site.parent(node)
    word = parent.arg if isinstance(parent, ast.keyword) else None
    call = site.parent(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call) or node is call.func:
        return None
    function = _function(site, called(call))
    if function is None:
        return None
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if names and names[0] in ("self", "cls"):
        del names[0]
    if word is None:
        place = next((n for n, part in enumerate(call.args) if part is node), len(names))
        word = names[place] if place < len(names) else None
    for each in walk_tree(function):
        match each:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]) if name == word:
                kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
                if all(ast.unparse(part).rpartition(".")[2] in _NUMBERS for part in kinds):
                    return called(call), kind
            case _:
                pass
    return None


def _function(site: FixSite, name: str) -> FunctionNode | None:
    """The one function of this name, or the `__init__` of the class."""
    for node in walk_tree(site.tree):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return next(
                (n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None
            )
    found = [n for n in walk_tree(site.tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    return found[0] if len(found) == 1 else None
