"""Where whole numbers, or true and false, can't give way to numbers between them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import replace

from chainrule.fixes.calls import op_of
from chainrule.fixes.repairs.outside import LIBRARIES
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.vocabulary import words
from chainrule.syntax import walk_tree

CALLERS = "the callers"
_UNKNOWN = "a function of the user's: "
_INDEXING = words(
    """gather scatter scatter_ scatter_add scatter_add_ scatter_reduce index_add index_add_ index_select
    index_fill index_fill_ index_put_ index_copy take take_along_dim embedding masked_select masked_fill
    masked_fill_ where"""
)
_COUNTED = words("numpy one_hot bincount embedding nonzero logical_and logical_or logical_not logical_xor")
_KEEP = words(
    """long int bool short byte view reshape squeeze unsqueeze flatten ravel unbind cpu cuda to clone
    contiguous expand expand_as repeat t transpose permute movedim tolist item clamp clamp_min clamp_max"""
)
_PYTHON = frozenset({"range", "slice"})
_ZIPPED = frozenset({"zip", "enumerate", "reversed", "list", "tuple"})
_BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)


def taker_of_wholes(site: FixSite, node: ast.AST, depth: int = 0) -> str:
    """What takes the value of `node`, and takes no numbers between whole ones; "" where nothing does.

    CALLERS where a helper returns it.
    """
    if depth > 12:
        return ""
    parent = site.parent(node)
    match parent:
        case ast.Attribute():
            call = site.parent(parent)
            method = isinstance(call, ast.Call) and call.func is parent
            if method and parent.attr in _COUNTED:
                return f"`{parent.attr}`"
            kept = method and parent.attr in _KEEP
            return taker_of_wholes(site, call, depth + 1) if kept and call is not None else ""
        case ast.Call(func=function) if function is not node:
            return _called(site, parent, node, depth)
        case ast.keyword():
            call = site.parent(parent)
            return _called(site, call, parent.value, depth) if isinstance(call, ast.Call) else ""
        case ast.Slice():
            return "a slice"
        case ast.Subscript(slice=index) if index is node:
            return "an index"
        case ast.Tuple() if isinstance(above := site.parent(parent), ast.Subscript) and above.slice is parent:
            return "an index"
        case ast.BinOp(op=operator) if isinstance(operator, _BITWISE):
            return "`&`, `|` or `^`"
        case ast.UnaryOp(op=ast.Invert()):
            return "`~`"
        case ast.Subscript() | ast.BinOp() | ast.UnaryOp() | ast.Tuple() | ast.List() | ast.IfExp():
            return taker_of_wholes(site, parent, depth + 1)
        case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) if element is node:
            return taker_of_wholes(site, parent, depth + 1)
        case ast.Assign(targets=[target]):
            return _first(_read(site, parent, target, depth))
        case ast.For(target=target, iter=drawn) | ast.comprehension(target=target, iter=drawn) if (
            drawn is node
        ):
            return _first(_read(site, parent, target, depth))
        case ast.Return() if not site.returns_loss:
            return CALLERS
        case _:
            return ""


def _called(site: FixSite, call: ast.Call, given: ast.AST, depth: int) -> str:
    """What a call does with an argument."""
    match call.func:
        case ast.Name(id=name) if name in _PYTHON:
            return f"`{name}`"
        case ast.Name(id=name) if name in _ZIPPED:
            return taker_of_wholes(site, call, depth + 1)
        case _:
            pass
    layer = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    made = site.scope.attributes.get(layer)
    if made is not None and (site.names.resolve(made.func) or "").endswith("nn.Embedding"):
        return "an embedding"
    dotted = site.names.resolve(call.func) or ""
    if dotted.partition(".")[0] in LIBRARIES:
        return f"`{dotted}`"
    op = op_of(call, site.names)
    if op is None and _is_users(site, call):
        return _inside(site, call, given) or _UNKNOWN + ast.unparse(call.func)
    if op is None:
        return ""
    first = op.operands[:1] == (given,)
    if op.name in _COUNTED or (op.name in _INDEXING and (op.name == "where") == first):
        return f"`{op.name}`"
    return ""


def _inside(site: FixSite, call: ast.Call, given: ast.AST) -> str:
    """What counts or looks up an argument in a called function of the same block."""
    method = isinstance(call.func, ast.Attribute)
    name = ast.unparse(call.func).rpartition(".")[2]
    found = [n for n in walk_tree(site.tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    if len(found) != 1:
        return ""
    names = [each.arg for each in (*found[0].args.posonlyargs, *found[0].args.args)]
    if method and names[:1] in (["self"], ["cls"]):
        del names[0]
    given_as = next((k.arg for k in call.keywords if k.value is given), None)
    given_as = given_as or next((n for n, each in zip(names, call.args, strict=False) if each is given), None)
    for each in walk_tree(found[0]):
        taker = ast.unparse(each.func).rpartition(".")[2] if isinstance(each, ast.Call) else ""
        if isinstance(each, ast.Call) and taker in _COUNTED:
            if any(isinstance(part, ast.Name) and part.id == given_as for part in each.args):
                return f"`{taker}`"
    return ""


def _is_users(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is of a function or an object of the user's, which may take whole numbers only."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    return site.names.resolve(call.func) is None and not hasattr(builtins, name)


def _read(site: FixSite, statement: ast.AST, target: ast.expr, depth: int) -> Iterator[str]:
    """The takers of the names that a statement binds."""
    for name in (n.id for n in walk_tree(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)):
        for read in site.scope.reads.get(name, ()):
            binding = site.scope.binding_of(read)
            if binding is None or binding.statement is statement:
                yield taker_of_wholes(site, read, depth + 1)


def _first(takers: Iterator[str]) -> str:
    """What surely takes no such numbers, else the callers, who may not."""
    found = set(filter(None, takers))
    unknown = {taker for taker in found if taker == CALLERS or taker.startswith(_UNKNOWN)}
    return min(found - unknown, default=min(unknown, default=""))


def with_takers(site: FixSite, repair: Repair, *nodes: ast.AST) -> Repair:
    """A repair that makes numbers of any size of these nodes: disabled where they can't go on as such."""
    taker = _first(taker_of_wholes(site, node) for node in nodes)
    if taker == CALLERS:
        return for_callers(repair)
    if taker.startswith(_UNKNOWN):
        name = taker.removeprefix(_UNKNOWN)
        return replace(repair, title=f"{repair.title} (where `{name}` takes floating point)")
    return disabled(repair.title, f"{taker} takes nothing between two whole numbers") if taker else repair


def for_callers(repair: Repair) -> Repair:
    """A repair that hands other numbers out than the callers get now."""
    return replace(repair, title=f"{repair.title} (where the callers take floating point)")
