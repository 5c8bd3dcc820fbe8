"""Repairs of tensors that are made again from the numbers of other tensors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from chainrule.findings import Applicability
from chainrule.fixes.calls import argument, atom, number, op_of
from chainrule.fixes.repairs.common import dotted_near, op_near, wrapped
from chainrule.fixes.repairs.lists import Element, elements_of, is_list
from chainrule.fixes.repairs.uncut import in_torch, reads_text, uncut
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.usage import names_in
from chainrule.fixes.vocabulary import REDUCTIONS
from chainrule.flow.core.trace import CUT_BEFORE
from chainrule.syntax import walk_tree

REBUILDERS = frozenset(
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

_COMPUTED = (ast.Call, ast.Attribute, ast.Subscript)
STACKED = "Build the tensor with `torch.stack`, which keeps the graph"


def stack(site: FixSite) -> Iterator[Repair]:
    """`torch.tensor([a, b])`, `x.new_tensor([a, b])` → `torch.stack([a, b])`; `torch.tensor(x)` → `x`"""
    call = dotted_near(site, REBUILDERS)
    if call is None:
        made = op_near(site, {"new_tensor"})
        call = made.node if made is not None else None
    if call is not None and site.note != CUT_BEFORE:
        yield from kept(site, call)


def kept(site: FixSite, call: ast.Call) -> Iterator[Repair]:
    """The data of a rebuilt tensor, itself."""
    rounded = reads_text(call)
    for repair in _kept(site, call) if call.args else ():
        yield replace(repair, applicability=Applicability.UNSAFE) if rounded else repair


def _kept(site: FixSite, call: ast.Call) -> Iterator[Repair]:
    data = _data(site, call)
    plan = site.plan()
    words = {word.arg: word.value for word in call.keywords}
    if not is_list(site, data):
        yield from _unwrapped(site, plan, call, data, words)
        return
    stack_list(site, plan, call)
    yield plan.repair(STACKED, Applicability.SAFE)


def _data(site: FixSite, call: ast.Call) -> ast.expr:
    """What a rebuilt tensor is made of, also inside a `Variable(torch.tensor(...))`."""
    data = call.args[0]
    while isinstance(data, ast.Call) and data.args and site.names.resolve(data.func) in REBUILDERS:
        data = data.args[0]
    return data


def stack_list(site: FixSite, plan: Plan, call: ast.Call) -> None:
    """Put a stack in place of a call that rebuilds a tensor from a list."""
    words = {word.arg: word.value for word in call.keywords}
    plan.replace(call, f"{stacked(site, plan, _data(site, call))}{cast_of(site, words)}")


def gathered(site: FixSite, append: ast.Call) -> ast.Call | None:
    """For `rows.append(…)`: the only `torch.tensor(rows)`."""
    match append:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append")):
            pass
        case _:
            return None
    found = [
        call
        for read in site.scope.reads.get(name, ())
        if isinstance(call := site.parent(read), ast.Call)
        and read in call.args[:1]
        and site.names.resolve(call.func) in REBUILDERS
    ]
    return found[0] if len(found) == 1 else None


def _unwrapped(
    site: FixSite, plan: Plan, call: ast.Call, data: ast.expr, words: dict[str | None, ast.expr]
) -> Iterator[Repair]:
    if isinstance(data, ast.Constant):
        return
    if _may_be_numbers(site, data) and not words.keys() - {"dtype", "device"}:
        plan.replace(call.func, plan.spell("torch.as_tensor"))
        yield plan.repair("Use `torch.as_tensor`, which keeps the graph of a tensor", Applicability.SAFE)
        return
    cast = cast_of(site, words)
    text = uncut(site, data, plan)
    plan.replace(call, f"{atom(data, text)}{cast}" if cast else wrapped(site, call, text))
    title = "Use the tensor itself: a copy of its data has no graph"
    if isinstance(data, ast.Call) and isinstance(data.func, ast.Name) and not site.names.resolve(data.func):
        # The function is elsewhere, and may return several.
        title = f"{title} (where `{data.func.id}` returns one tensor)"
        yield plan.repair(title, Applicability.UNSAFE)
        return
    yield plan.repair(title, Applicability.SAFE)


def _may_be_numbers(site: FixSite, data: ast.expr) -> bool:
    """Whether data is a parameter that is numbers unless a tensor is given: `location=(0.0, 1.0)`"""
    if not isinstance(data, ast.Name) or site.function is None or data.id not in site.scope.parameters:
        return False
    given = site.function.args
    positional = [*given.posonlyargs, *given.args][::-1]
    pairs = zip(positional, given.defaults[::-1], strict=False)
    return any(
        argument.arg == data.id and isinstance(default, ast.Tuple | ast.List) for argument, default in pairs
    )


def cast_of(site: FixSite, words: dict[str | None, ast.expr]) -> str:
    """The `.to(...)` that keeps a requested device, or a dtype other than float32."""
    dtype = words.get("dtype")
    kept = []
    if dtype is not None and site.names.resolve(dtype) in ("torch.float64", "torch.double", "torch.float16"):
        kept.append(site.segment(dtype))
    device = words.get("device")
    if device is not None:
        kept.insert(0, site.segment(device))
    return f".to({', '.join(kept)})" if kept else ""


def stacked(site: FixSite, plan: Plan, data: ast.expr, beside: bool = False) -> str:
    """`torch.stack` of what a list holds; `beside`: it is a row of a matrix that also holds numbers."""
    name = plan.spell("torch.stack")
    match data:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            alone = {n.id for n in walk_tree(data) if isinstance(n, ast.Name) and _stands_alone(site, n)}
            beside = beside or _holds_number(data)
            texts = [_element(site, plan, element, alone, beside) for element in elements]
            return f"{name}([{', '.join(texts)}])"
        case ast.ListComp(elt=elt) if isinstance(elt, ast.List | ast.ListComp | ast.Tuple):
            return f"{name}({site.source.substitute(data, {elt: stacked(site, plan, elt)})})"
        case ast.ListComp() | ast.GeneratorExp():
            text = uncut(site, data, plan)
            return f"{name}([{text[1:-1]}])" if isinstance(data, ast.GeneratorExp) else f"{name}({text})"
        case _:
            pass
    kinds = elements_of(site, data)
    text = site.segment(data)
    if Element.LIST in kinds:
        row = site.scope.fresh("row", "values")
        return f"{name}([{name}({row}) for {row} in {text}])"
    if Element.NUMBER in kinds:
        value = site.scope.fresh("value", "each")
        return f"{name}([{plan.spell('torch.as_tensor')}({value}) for {value} in {text}])"
    return f"{name}({argument(data, text)})"


def _stands_alone(site: FixSite, node: ast.Name) -> bool:
    """Whether a name is an element of a list by itself, or its negative."""
    parent = site.parent(node)
    if isinstance(parent, ast.UnaryOp):
        parent = site.parent(parent)
    return isinstance(parent, ast.List | ast.Tuple)


def _holds_number(data: ast.expr) -> bool:
    """Whether a number is written into a list, or into one of its rows."""
    if isinstance(data, ast.List | ast.Tuple):
        return any(map(_holds_number, data.elts))
    return number(data) is not None


def _element(site: FixSite, plan: Plan, element: ast.expr, alone: set[str], beside: bool) -> str:
    """`alone`: the names that are elements by themselves; without them, arithmetic may be of numbers.

    `beside`: with numbers, which have no dimension, so that a tensor of one element must not have one either.
    """
    if isinstance(element, ast.List | ast.ListComp | ast.Tuple):
        return stacked(site, plan, element, beside)
    if isinstance(element, ast.Constant):
        return f"{plan.spell('torch.tensor')}({site.segment(element)})"
    plain = isinstance(element, ast.BinOp) and not any(
        isinstance(part, _COMPUTED) for part in walk_tree(element)
    )
    if plain and alone and not names_in(element) & alone:
        return f"{plan.spell('torch.as_tensor')}({site.segment(element)})"
    text = uncut(site, element, plan)
    return f"{atom(element, text)}.reshape(())" if beside and not _is_single(site, element) else text


def _is_single(site: FixSite, element: ast.expr) -> bool:
    """Whether an element has no dimension for certain: `x.mean()`, `-loss.sum()`, `F.mse_loss(x, y)`."""
    if isinstance(element, ast.UnaryOp):
        return _is_single(site, element.operand)
    made = op_of(site.scope.value_of(element), site.names)
    return made is not None and made.name in REDUCTIONS and made.get(1, "dim") is None


def remade_in(site: FixSite, node: ast.expr) -> ast.Call | None:
    """The `torch.tensor(...)` or `Variable(...)` that makes a tensor again from what was cut."""
    current: ast.AST | None = site.parent(node)
    inside: ast.AST = node
    while isinstance(current, ast.expr | ast.comprehension):
        if isinstance(current, ast.Call):
            dotted = site.names.resolve(current.func) or ""
            if dotted in REBUILDERS or dotted == "torch.autograd.Variable":
                return _outermost(site, current) if inside in current.args[:1] else None
            if not in_torch(site, current):
                return None
        inside, current = current, site.parent(current)
    return None


def _outermost(site: FixSite, call: ast.Call) -> ast.Call:
    """The `Variable(...)` around a rebuilt tensor, which cuts again."""
    above = site.parent(call)
    wraps = isinstance(above, ast.Call) and site.names.resolve(above.func) == "torch.autograd.Variable"
    return above if wraps and isinstance(above, ast.Call) and above.args[:1] == [call] else call
