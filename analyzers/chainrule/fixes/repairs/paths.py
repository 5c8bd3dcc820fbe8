"""Repairs that take out what cuts a value from its graph: detach, item, re-wraps, rebuilds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import argument, atom
from chainrule.fixes.repairs import numpy_calls
from chainrule.fixes.repairs.common import add_argument, dotted_near, near, op_near, wrapped
from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.usage import same
from chainrule.fixes.vocabulary import words
from chainrule.flow.core.trace import CUT_BEFORE

_CUTTING_METHODS = frozenset({"detach", "detach_", "item", "numpy", "tolist"})
_CUTTING_ATTRIBUTES = frozenset({"data"})
_OUTSIDE = frozenset(
    {"numpy", "scipy", "sklearn", "cv2", "skimage", "pandas", "matplotlib", "librosa", "PIL", "ot"}
)
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


def uncut(site: FixSite, node: ast.expr, plan: Plan | None = None) -> str:
    """The source of an expression without `.detach()`, `.data`, `.item()`, `.numpy()` in its chain.

    With a `plan`, functions of `math` get the names that they have in torch.
    """
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]):
            if method in _CUTTING_METHODS:
                return uncut(site, inner, plan)
        case ast.Attribute(value=inner, attr=name) if name in _CUTTING_ATTRIBUTES:
            return uncut(site, inner, plan)
        case ast.Call(func=ast.Name(id="float" | "int"), args=[inner]):
            return uncut(site, inner, plan)
        case ast.Call() if plan is not None and (function := _in_torch(site, node)):
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


def _in_torch(site: FixSite, call: ast.Call) -> str:
    """The torch function that computes what a function of `math` does; "" for other calls."""
    dotted = site.names.resolve(call.func) or ""
    if call.keywords or not call.args or not dotted.startswith("math.") or dotted[5:] not in _MATH:
        return ""
    return f"torch.{'abs' if dotted == 'math.fabs' else dotted[5:]}"


def keep_attached(site: FixSite) -> Iterator[Repair]:
    """`x.detach()`, `x.data`, `x.item()`, `float(x)` → `x`; `torch.tensor(x.item())` → `x`

    What numpy goes on with is repaired there.
    """
    for node in near(site):
        if not isinstance(node, ast.expr) or not _cuts(node):
            continue
        outermost = node
        while isinstance(parent := _chain_parent(site, outermost), ast.expr):
            outermost = parent
        dropped = " and ".join(dict.fromkeys(f"`{piece}`" for piece in _pieces(outermost)))
        taker = _taker(site, outermost)
        if ".numpy()" in dropped or taker.startswith("numpy"):
            yield from numpy_calls.stay_in_torch(site)
            return
        if taker:
            yield disabled(
                f"Remove {dropped} to keep the graph",
                f"`{taker}` computes outside autograd, and takes no value that requires grad",
            )
            return
        rebuilt = _rebuilt(site, outermost)
        if rebuilt is not None:
            yield from _kept(site, rebuilt)
            return
        plan = site.plan()
        plan.replace(
            outermost, wrapped(site, outermost, text) if _joins(text := uncut(site, outermost)) else text
        )
        yield plan.repair(f"Remove {dropped} to keep the graph", Applicability.SAFE)
        return


def _taker(site: FixSite, node: ast.AST, depth: int = 0) -> str:
    """The function outside torch that is given a value, or `numpy` where it becomes an array later; else ""."""
    parent = site.parent(node)
    match parent:
        case ast.Attribute(attr=name):
            above = site.parent(parent)
            return (
                "numpy"
                if name == "numpy"
                else _taker(site, above if isinstance(above, ast.Call) else parent, depth)
            )
        case ast.Call(func=function) if function is not node:
            dotted = site.names.resolve(function) or ""
            return dotted if dotted.partition(".")[0] in _OUTSIDE else ""
        case ast.keyword() | ast.Starred() | ast.BinOp() | ast.UnaryOp():
            return _taker(site, parent, depth)
        case ast.Subscript(value=value) if value is node:
            return _taker(site, parent, depth)
        case ast.Assign(targets=[ast.Name(id=name)]) if depth < 4:
            reads = site.scope.reads.get(name, ())
            seen = (
                read for read in reads if (made := site.scope.binding_of(read)) and made.statement is parent
            )
            return next(filter(None, (_taker(site, read, depth + 1) for read in seen)), "")
        case _:
            return ""


def _joins(text: str) -> bool:
    """Whether a text is an expression of operators."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp)


def _rebuilt(site: FixSite, node: ast.expr) -> ast.Call | None:
    """The `torch.tensor(...)` or `Variable(...)` that makes a tensor again from what was cut."""
    current: ast.AST | None = site.parent(node)
    inside: ast.AST = node
    while isinstance(current, ast.expr | ast.comprehension):
        if isinstance(current, ast.Call):
            dotted = site.names.resolve(current.func) or ""
            if dotted in _REBUILDERS or dotted == "torch.autograd.Variable":
                return current if inside in current.args[:1] else None
            if not _in_torch(site, current):
                return None
        inside, current = current, site.parent(current)
    return None


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
                rebuilt = _rebuilt(site, node)
                if rebuilt is not None:
                    yield from _kept(site, rebuilt)
                    return
                parent = site.parent(node)
                if isinstance(parent, ast.Call) and (site.names.resolve(parent.func) or "").startswith(
                    "numpy."
                ):
                    yield from numpy_calls.stay_in_torch(site)
                    return
                plan = site.plan()
                plan.replace(node, f"{uncut(site, inner)}.unbind()")
                yield plan.repair(
                    "Iterate over tensors with `unbind()`, not over numbers", Applicability.SAFE
                )
                return


def math_to_torch(site: FixSite) -> Iterator[Repair]:
    """`math.sqrt(x)` → `torch.sqrt(x)`"""
    for node in near(site):
        if not isinstance(node, ast.Call) or not (function := _in_torch(site, node)):
            continue
        rebuilt = _rebuilt(site, node)
        if rebuilt is not None:
            yield from _kept(site, rebuilt)
            return
        plan = site.plan()
        for call in _alike(site, node):
            plan.replace(call, uncut(site, call, plan))
        yield plan.repair(f"Use `{function}`", Applicability.SAFE)
        return


def _alike(site: FixSite, node: ast.Call) -> list[ast.Call]:
    """The calls of the same function in the statement: what goes into the others is a tensor as well."""
    found: list[ast.Call] = []
    pending: list[ast.AST] = [site.statement(node) or node]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Call) and same(each.func, node.func) and _in_torch(site, each):
            found.append(each)
        else:
            pending += ast.iter_child_nodes(each)
    return found if node in found else [node]


def stack(site: FixSite) -> Iterator[Repair]:
    """`torch.tensor([a, b])` → `torch.stack([a, b])`; `torch.tensor(x)` → `x`"""
    call = dotted_near(site, _REBUILDERS)
    if call is not None and site.note != CUT_BEFORE:
        yield from _kept(site, call)


def _kept(site: FixSite, call: ast.Call) -> Iterator[Repair]:
    """The data of a rebuilt tensor, itself."""
    if not call.args:
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


def keep_variables(site: FixSite) -> Iterator[Repair]:
    """`net.state_dict()` → `net.state_dict(keep_vars=True)`"""
    op = op_near(site, {"state_dict"})
    if op is not None and op.dotted is None:
        plan = site.plan()
        add_argument(site, plan, op.node, "keep_vars=True")
        yield plan.repair("Take the parameters themselves with `keep_vars=True`", Applicability.SAFE)


def _unwrapped(
    site: FixSite, plan: Plan, call: ast.Call, data: ast.expr, words: dict[str | None, ast.expr]
) -> Iterator[Repair]:
    if isinstance(data, ast.Constant):
        return
    cast = _cast(site, words)
    text = uncut(site, data, plan)
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
            text = uncut(site, data, plan)
            return f"{name}([{text[1:-1]}])" if isinstance(data, ast.GeneratorExp) else f"{name}({text})"
        case _:
            return f"{name}({argument(data, site.segment(data))})"


def _element(site: FixSite, plan: Plan, element: ast.expr) -> str:
    if isinstance(element, ast.List | ast.ListComp | ast.Tuple):
        return _stacked(site, plan, element)
    if isinstance(element, ast.Constant):
        return f"{plan.spell('torch.tensor')}({site.segment(element)})"
    return uncut(site, element, plan)
