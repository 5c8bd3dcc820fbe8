"""Repairs that take out what cuts a value from its graph: detach, data, item, tolist, math."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import number
from chainrule.fixes.repairs import numpy_calls
from chainrule.fixes.repairs.common import add_argument, near, op_near, wrapped
from chainrule.fixes.repairs.outside import taken_by
from chainrule.fixes.repairs.rebuilt import STACKED, gathered, kept, remade_in, stack_list
from chainrule.fixes.repairs.straight import give_both, is_straight_through
from chainrule.fixes.repairs.uncut import CUTTING_ATTRIBUTES, CUTTING_METHODS, in_torch, reads_text, uncut
from chainrule.fixes.repairs.wholes import with_takers
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.usage import same
from chainrule.flow.core.trace import CUT_AGAIN
from chainrule.syntax import children, walk_tree


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
        taker = taken_by(site, outermost)
        if ".numpy()" in dropped or taker.partition(".")[0] in ("numpy", "scipy", "sklearn"):
            repairs = [each for each in numpy_calls.stay_in_torch(site) if _covers(site, each, node)]
            if repairs or not taker:
                yield from repairs
                return
        if _writes_data(site):
            return  # what is written through `.data` has no history, whatever it is computed from
        if is_straight_through(site, node):
            yield from give_both(site, node)
            return
        if site.note == CUT_AGAIN:
            reason = "only indices are taken of it, and those have no gradient"
            yield disabled(f"Remove {dropped} to keep the graph", reason)
            return
        if taker:
            reason = f"`{taker}` computes outside autograd, and takes no value that requires grad"
            yield disabled(f"Remove {dropped} to keep the graph", reason)
            return
        rebuilt = remade_in(site, outermost)
        if rebuilt is not None:
            yield from kept(site, rebuilt)
            return
        if _is_scripted(site) and _makes_number(dropped):
            reason = "TorchScript compiles the function, which has the type of a number here"
            yield disabled(f"Remove {dropped} to keep the graph", reason)
            return
        plan = site.plan()
        plan.replace(
            outermost, wrapped(site, outermost, text) if _joins(text := uncut(site, outermost)) else text
        )
        if "int()" in dropped:
            cut_off = plan.repair(f"Remove {dropped} to keep the graph", Applicability.UNSAFE)
            yield with_takers(site, cut_off, outermost)
            return
        if reads_text(outermost):
            yield plan.repair("Use the value itself, of which the text is a rounding", Applicability.UNSAFE)
            return
        promise = Applicability.UNSAFE if _is_scripted(site) else Applicability.SAFE
        yield plan.repair(f"Remove {dropped} to keep the graph", promise)
        return


def _writes_data(site: FixSite) -> bool:
    """`weight.data = …`, `weight.data += …`"""
    match site.statement():
        case (
            ast.Assign(targets=[ast.Attribute(attr="data")])
            | ast.AugAssign(target=ast.Attribute(attr="data"))
        ):
            return True
        case _:
            return False


def _covers(site: FixSite, repair: Repair, node: ast.expr) -> bool:
    """Whether a repair rewrites `node`, or says why it can't."""
    place = site.source.range(*site.source.span(node))
    edits = [each.range for each in repair.edits]
    return not edits or any(each.start <= place.start and place.end <= each.end for each in edits)


def _is_scripted(site: FixSite) -> bool:
    """Whether TorchScript compiles the function, in which a number and a tensor are of different types."""
    decorators = site.function.decorator_list if site.function is not None else []
    return any((site.names.resolve(each) or "").startswith("torch.jit.") for each in decorators)


def _makes_number(dropped: str) -> bool:
    return any(piece in dropped for piece in ("float()", "int()", ".item()"))


def _joins(text: str) -> bool:
    """Whether a text is an expression of operators."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp)


def _cuts(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=method), args=[], keywords=[]):
            return method in CUTTING_METHODS and method != "tolist"
        case ast.Attribute(attr=name, ctx=ast.Load()):
            return name in CUTTING_ATTRIBUTES
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
            if method in CUTTING_METHODS:
                yield f".{method}()"
        case ast.Attribute(value=inner, attr=name):
            yield from _pieces(inner)
            if name in CUTTING_ATTRIBUTES:
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
                rebuilt = remade_in(site, node)
                if rebuilt is not None:
                    yield from kept(site, rebuilt)
                    return
                parent = site.parent(node)
                if isinstance(parent, ast.Call) and (site.names.resolve(parent.func) or "").startswith(
                    "numpy."
                ):
                    yield from numpy_calls.stay_in_torch(site)
                    return
                if isinstance(parent, ast.Call) and (rebuild := gathered(site, parent)) is not None:
                    plan = site.plan()
                    plan.replace(node, uncut(site, inner))
                    stack_list(site, plan, rebuild)
                    yield plan.repair(STACKED, Applicability.SAFE)
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
        if not isinstance(node, ast.Call) or not (function := in_torch(site, node)):
            continue
        rebuilt = remade_in(site, node)
        if rebuilt is not None:
            yield from kept(site, rebuilt)
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
        if isinstance(each, ast.Call) and same(each.func, node.func) and in_torch(site, each):
            found.append(each)
        else:
            pending += children(each)
    found = [each for each in found if each is node or not _of_numbers(site, each)]
    return found if node in found else [node]


def _of_numbers(site: FixSite, call: ast.Call) -> bool:
    """Whether a call is of nothing but numbers: literals, settings with a number as their default."""
    given = site.function.args if site.function is not None else None
    plain = set()
    if given is not None:
        positional = [*given.posonlyargs, *given.args][::-1]
        pairs = [*zip(positional, given.defaults[::-1], strict=False)]
        plain = {argument.arg for argument, default in pairs if number(default) is not None}
    read = [n for part in call.args for n in walk_tree(part) if isinstance(n, ast.Name)]
    values = [site.scope.value_of(name) for name in read]
    return all(
        number(value) is not None or (isinstance(value, ast.Name) and value.id in plain) for value in values
    )


def keep_variables(site: FixSite) -> Iterator[Repair]:
    """`net.state_dict()` → `net.state_dict(keep_vars=True)`"""
    op = op_near(site, {"state_dict"})
    if op is not None and op.dotted is None:
        plan = site.plan()
        add_argument(site, plan, op.node, "keep_vars=True")
        yield plan.repair("Take the parameters themselves with `keep_vars=True`", Applicability.SAFE)
