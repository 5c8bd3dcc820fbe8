"""Repairs that take out what cuts a value from its graph: detach, item, re-wraps, rebuilds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import argument, atom
from chainrule.fixes.repairs.common import dotted_near, near, wrapped
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.vocabulary import words

_CUTTING_METHODS = frozenset({"detach", "detach_", "item", "numpy", "tolist"})
_CUTTING_ATTRIBUTES = frozenset({"data"})
_REBUILDERS = frozenset(
    {
        "torch.tensor",
        "torch.as_tensor",
        "torch.asarray",
        "torch.Tensor",
        "torch.FloatTensor",
        "torch.DoubleTensor",
        "torch.from_numpy",
        "torch.cuda.FloatTensor",
    }
)
_MATH = words(
    """exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
    pow floor ceil trunc erf erfc lgamma hypot sqrt fabs"""
)


def uncut(site: FixSite, node: ast.expr) -> str:
    """The source of an expression without `.detach()`, `.data`, `.item()`, `.numpy()` in its chain."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]):
            if method in _CUTTING_METHODS:
                return uncut(site, inner)
        case ast.Attribute(value=inner, attr=name) if name in _CUTTING_ATTRIBUTES:
            return uncut(site, inner)
        case ast.Call(func=ast.Name(id="float" | "int"), args=[inner]):
            return uncut(site, inner)
        case _:
            pass
    texts: dict[ast.AST, str] = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            texts[child] = uncut(site, child)
        elif isinstance(child, ast.comprehension):
            texts[child.iter] = uncut(site, child.iter)
    return site.source.substitute(node, texts)


def keep_attached(site: FixSite) -> Iterator[Repair]:
    """`x.detach()`, `x.data`, `x.item()`, `float(x)` → `x`"""
    for node in near(site):
        if not isinstance(node, ast.expr) or not _cuts(node):
            continue
        outermost = node
        while isinstance(parent := _chain_parent(site, outermost), ast.expr):
            outermost = parent
        dropped = " and ".join(dict.fromkeys(f"`{piece}`" for piece in _pieces(outermost)))
        plan = site.plan()
        plan.replace(outermost, uncut(site, outermost))
        yield plan.repair(f"Remove {dropped} to keep the graph", Applicability.SAFE)
        return


def _cuts(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=method), args=[], keywords=[]):
            return method in _CUTTING_METHODS and method != "tolist"
        case ast.Attribute(attr=name, ctx=ast.Load()):
            return name in _CUTTING_ATTRIBUTES
        case ast.Call(func=ast.Name(id="float" | "int"), args=[_]):
            return True
        case _:
            return False


def _chain_parent(site: FixSite, node: ast.expr) -> ast.AST | None:
    """The next link outwards that cuts as well: the `.numpy()` of `x.detach().cpu().numpy()`."""
    current: ast.AST = node
    for _ in range(4):
        attribute = site.parent(current)
        if not isinstance(attribute, ast.Attribute):
            return None
        call = site.parent(attribute)
        current = call if isinstance(call, ast.Call) and call.func is attribute else attribute
        if isinstance(current, ast.expr) and _cuts(current):
            return current
    return None


def _pieces(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method)):
            yield from _pieces(inner)
            if method in _CUTTING_METHODS:
                yield f".{method}()"
        case ast.Attribute(value=inner, attr=name):
            yield from _pieces(inner)
            if name in _CUTTING_ATTRIBUTES:
                yield f".{name}"
        case ast.Call(func=ast.Name(id="float" | "int" as cast), args=[inner]):
            yield from _pieces(inner)
            yield f"{cast}()"
        case _:
            pass


def unbind_list(site: FixSite) -> Iterator[Repair]:
    """`x.tolist()` → `x.unbind()`"""
    for node in near(site):
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="tolist"), args=[]):
                plan = site.plan()
                plan.replace(node, f"{uncut(site, inner)}.unbind()")
                yield plan.repair(
                    "Iterate over tensors with `unbind()`, not over numbers", Applicability.SAFE
                )
                return


def math_to_torch(site: FixSite) -> Iterator[Repair]:
    """`math.sqrt(x)` → `torch.sqrt(x)`"""
    for node in near(site):
        if not isinstance(node, ast.Call) or node.keywords or not node.args:
            continue
        dotted = site.names.resolve(node.func) or ""
        if not dotted.startswith("math.") or dotted[5:] not in _MATH:
            continue
        plan = site.plan()
        function = "abs" if dotted == "math.fabs" else dotted[5:]
        name = plan.spell(f"torch.{function}")
        plan.replace(node, f"{name}({', '.join(uncut(site, a) for a in node.args)})")
        yield plan.repair(f"Use `torch.{function}`", Applicability.SAFE)
        return


def stack(site: FixSite) -> Iterator[Repair]:
    """`torch.tensor([a, b])` → `torch.stack([a, b])`; `torch.tensor(x)` → `x`"""
    call = dotted_near(site, _REBUILDERS)
    if call is None or not call.args:
        return
    data = call.args[0]
    plan = site.plan()
    words = {word.arg: word.value for word in call.keywords}
    if not _is_list(site, data):
        yield from _unwrapped(site, plan, call, data, words)
        return
    cast = _cast(site, words)
    plan.replace(call, f"{_stacked(site, plan, data)}{cast}")
    yield plan.repair("Build the tensor with `torch.stack`, which keeps the graph", Applicability.SAFE)


def _unwrapped(
    site: FixSite, plan: Plan, call: ast.Call, data: ast.expr, words: dict[str | None, ast.expr]
) -> Iterator[Repair]:
    if isinstance(data, ast.Constant):
        return
    cast = _cast(site, words)
    text = uncut(site, data)
    plan.replace(call, f"{atom(data, text)}{cast}" if cast else wrapped(site, call, text))
    yield plan.repair("Use the tensor itself: a copy of its data has no graph", Applicability.SAFE)


def _cast(site: FixSite, words: dict[str | None, ast.expr]) -> str:
    """The `.to(...)` that keeps a requested device, or a dtype other than float32."""
    dtype = words.get("dtype")
    kept = []
    if dtype is not None and site.names.resolve(dtype) in ("torch.float64", "torch.double", "torch.float16"):
        kept.append(site.segment(dtype))
    device = words.get("device")
    if device is not None:
        kept.insert(0, site.segment(device))
    return f".to({', '.join(kept)})" if kept else ""


def _is_list(site: FixSite, node: ast.expr) -> bool:
    value = site.scope.value_of(node)
    if isinstance(value, ast.List | ast.ListComp | ast.Tuple | ast.GeneratorExp):
        return True
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in ("list", "tuple")
    )


def _stacked(site: FixSite, plan: Plan, data: ast.expr) -> str:
    name = plan.spell("torch.stack")
    match data:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return f"{name}([{', '.join(_element(site, plan, element) for element in elements)}])"
        case ast.ListComp(elt=elt) if isinstance(elt, ast.List | ast.ListComp | ast.Tuple):
            return f"{name}({site.source.substitute(data, {elt: _stacked(site, plan, elt)})})"
        case ast.ListComp() | ast.GeneratorExp():
            text = uncut(site, data)
            return f"{name}([{text[1:-1]}])" if isinstance(data, ast.GeneratorExp) else f"{name}({text})"
        case _:
            return f"{name}({argument(data, site.segment(data))})"


def _element(site: FixSite, plan: Plan, element: ast.expr) -> str:
    if isinstance(element, ast.List | ast.ListComp | ast.Tuple):
        return _stacked(site, plan, element)
    if isinstance(element, ast.Constant):
        return f"{plan.spell('torch.tensor')}({site.segment(element)})"
    return uncut(site, element)
