"""Repairs of in-place edits: the same result in new memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.calls import op_of
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs.common import keyword_span, near
from chainrule.fixes.repairs.lists import is_list
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import block_of, insert_after, insert_before, stands_alone
from chainrule.fixes.usage import names_in
from chainrule.fixes.vocabulary import words
from chainrule.syntax import walk_tree

_OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
_VIEWS = words(
    """view reshape view_as reshape_as t transpose permute movedim swapaxes squeeze unsqueeze flatten ravel
    expand expand_as narrow select unbind split chunk diagonal unfold detach real imag"""
)
# What has no form that gives a new tensor.
_ONLY_IN_PLACE = words(
    """fill_diagonal_ zero_ fill_ copy_ set_ normal_ uniform_ random_ exponential_ bernoulli_ log_normal_
    cauchy_ geometric_"""
)
_TITLE = "Write the result to new memory"


def out_of_place(site: FixSite) -> Iterator[Repair]:
    """`d /= y` → `d = d / y`; `x.mul_(y)` → `x = x.mul(y)`; `x[i] = v` on a clone; no `inplace=True`"""
    statement = site.statement()
    match statement:
        case ast.AugAssign(target=ast.Name() | ast.Attribute() as target):
            # A module refuses a plain tensor for a parameter.
            if isinstance(target, ast.Name) or site.segment(target) not in site.sources:
                plan = site.plan()
                write_anew(site, plan, statement, site.segment(target))
                yield _promised(site, plan, target)
            return
        case ast.AugAssign(target=ast.Subscript(value=ast.Name() as base) as target) if is_list(site, base):
            plan = site.plan()
            write_anew(site, plan, statement, site.segment(target))
            yield plan.repair(_TITLE, Applicability.SAFE)
            return
        case ast.AugAssign(target=ast.Subscript(value=ast.Name() as base)):
            yield from _on_a_copy(site, statement, base)
            return
        case ast.Assign(targets=[ast.Subscript(value=ast.Name() as base)], value=value):
            loop = _loop_of(site, statement)
            if loop is not None and base.id in names_in(value) and not _is_used_whole(loop, base.id):
                yield from _read_copies(site, statement, base.id)
            else:
                yield from _on_a_copy(site, statement, base)
            return
        case _:
            pass
    yield from _method(site)


def _loop_of(site: FixSite, statement: ast.stmt) -> ast.For | ast.While | None:
    current = site.parent(statement)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.For | ast.While):
        current = site.parent(current)
    return current if isinstance(current, ast.For | ast.While) else None


def _is_used_whole(loop: ast.For | ast.While, name: str) -> bool:
    """Whether a loop computes with all of a tensor that it fills: `y = y + torch.mm(w, b)`."""
    read = {id(node.value) for node in walk_tree(loop) if isinstance(node, ast.Subscript | ast.Attribute)}
    return any(
        isinstance(node, ast.Name) and node.id == name and id(node) not in read for node in walk_tree(loop)
    )


def _read_copies(site: FixSite, statement: ast.Assign, name: str) -> Iterator[Repair]:
    """`s[k] = s[k] * s[k - 1]` in a loop → `s[k] = s[k].clone() * s[k - 1].clone()`: saved are the copies"""
    plan = site.plan()
    for node in walk_tree(statement.value):
        match node:
            case ast.Subscript(value=ast.Name(id=read)) if read == name:
                plan.insert(site.source.span(node)[1], ".clone()")
            case _:
                pass
    if plan.edits:
        yield plan.repair("Read copies of what is written over", Applicability.SAFE)


def write_anew(site: FixSite, plan: Plan, statement: ast.AugAssign, name: str) -> None:
    """`d /= y` → `name = d / y`"""
    target, value = statement.target, statement.value
    start, at = site.source.span(statement)[0], site.source.span(value)[0]
    simple = isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant)
    wrapping = not simple and not _is_wrapped(site, at)
    between = site.text[site.source.span(target)[1] : at]
    tail = between.partition("=")[2] or " "
    symbol = _OPERATORS[type(statement.op)]
    plan.replace_span(start, at, f"{name} = {site.segment(target)} {symbol}{tail}{'(' if wrapping else ''}")
    if wrapping:
        plan.insert(site.source.span(value)[1], ")")


def leave_view(site: FixSite) -> Iterator[Repair]:
    """`a, b = x.chunk(2)`, `a += y` → `a = a + y`: PyTorch lets nobody edit one of several views"""
    statement = site.statement()
    if not isinstance(statement, ast.AugAssign) or not isinstance(statement.target, ast.Name):
        return
    plan = site.plan()
    write_anew(site, plan, statement, statement.target.id)
    yield plan.repair(f"{_TITLE} (what it is a view of keeps its values)", Applicability.UNSAFE)


def _promised(site: FixSite, plan: Plan, target: ast.expr) -> Repair:
    """The repair that binds `target` anew: what shares its memory keeps the old values."""
    if _shares_memory(site, target):
        return plan.repair(f"{_TITLE} (what shares the old keeps its values)", Applicability.UNSAFE)
    return plan.repair(_TITLE, Applicability.SAFE)


def _shares_memory(site: FixSite, target: ast.expr) -> bool:
    """Whether something else may hold the tensor behind a name: the base of a view, the object's owner."""
    if not isinstance(target, ast.Name):
        return not (isinstance(target, ast.Attribute) and _is_buffer(site, target))
    binding = site.scope.binding_of(target)
    if binding is None:
        return False
    if isinstance(binding.statement, ast.For | ast.comprehension):
        return True
    match binding.value:
        case ast.Subscript() | ast.Attribute():
            return True
        case ast.Call():
            op = op_of(binding.value, site.names)
            return op is not None and op.name in _VIEWS
        case _:
            return False


def _on_a_copy(site: FixSite, statement: ast.stmt, base: ast.Name) -> Iterator[Repair]:
    """`x[i] *= v` → `x = x.clone()` before it"""
    if stands_alone(site.source, statement):
        plan = site.plan()
        insert_before(plan, statement, f"{base.id} = {base.id}.clone()")
        shared = _shares_memory(site, base)
        title = "Write to a copy (what shares the old keeps its values)" if shared else "Write to a copy"
        yield plan.repair(title, Applicability.UNSAFE if shared else Applicability.SAFE)


def compute_after_step(site: FixSite) -> Iterator[Repair]:
    """`out = net(x)`, …, `opt.step()`, `g(out)` → `out = net(x)` once more after the step"""
    statement = site.statement()
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="step"))) if stands_alone(
            site.source, statement
        ):
            pass
        case _:
            return
    block = block_of(site.parents, statement)
    if block is None:
        return
    at = block.index(statement)
    read = {n.id for later in block[at + 1 :] for n in walk_tree(later) if isinstance(n, ast.Name)}
    again: list[str] = []
    for earlier in reversed(block[:at]):
        match earlier:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in read:
                pass
            case _:
                continue
        if any(isinstance(n, ast.Call) for n in walk_tree(value)):
            again.insert(0, f"{name} = {in_one_line(site.segment(value))}")
            read |= names_in(value)
    if again:
        plan = site.plan()
        insert_after(plan, statement, *again)
        yield plan.repair("Compute it anew after the step", Applicability.UNSAFE)


def _is_wrapped(site: FixSite, start: int) -> bool:
    return site.text[:start].rstrip(" ").endswith("(")


def _method(site: FixSite) -> Iterator[Repair]:
    for node in near(site):
        if not isinstance(node, ast.Call):
            continue
        yield from _layer(site, node)
        for word in node.keywords:
            if word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value is True:
                plan = site.plan()
                plan.replace_span(*keyword_span(site, node, word), "")
                yield plan.repair(_TITLE, Applicability.SAFE)
                return
        op = op_of(node, site.names)
        if op is None or op.tensor is None or not op.name.endswith("_") or op.name.endswith("__"):
            continue
        if op.name == "requires_grad_":
            continue
        statement = site.parent(node)
        if isinstance(statement, ast.Expr):
            match op.tensor:
                case ast.Subscript(value=ast.Name() as base):
                    yield from _on_a_copy(site, statement, base)
                    return
                case ast.Name() as base if op.name in _ONLY_IN_PLACE:
                    yield from _on_a_copy(site, statement, base)
                    return
                case ast.Name() | ast.Attribute():
                    pass
                case _:
                    continue
        if op.name in _ONLY_IN_PLACE or _is_parameter(site, op.tensor):
            continue
        plan = site.plan()
        end = site.source.span(node.func)[1]
        plan.replace_span(end - 1, end, "")
        if isinstance(statement, ast.Expr):
            plan.insert(site.source.span(node)[0], f"{site.segment(op.tensor)} = ")
            yield _promised(site, plan, op.tensor)
        else:
            yield plan.repair(_TITLE, Applicability.SAFE)
        return


def _is_parameter(site: FixSite, node: ast.expr) -> bool:
    """Whether an attribute is a parameter of the module, in whose place it takes no plain tensor."""
    made = site.scope.attributes.get(node.attr) if isinstance(node, ast.Attribute) else None
    return made is not None and site.names.resolve(made.func) == "torch.nn.Parameter"


def _layer(site: FixSite, call: ast.Call) -> Iterator[Repair]:
    """`self.drop(x)` of `self.drop = nn.Dropout(0.3, inplace=True)` → the layer without `inplace`"""
    made = site.scope.attributes.get(call.func.attr) if isinstance(call.func, ast.Attribute) else None
    if made is None or not (site.names.resolve(made.func) or "").startswith("torch.nn."):
        return
    for word in made.keywords:
        if word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value is True:
            plan = site.plan()
            plan.replace_span(*keyword_span(site, made, word), "")
            yield plan.repair(_TITLE, Applicability.SAFE)


def _is_buffer(site: FixSite, attribute: ast.Attribute) -> bool:
    """Whether the block registers an attribute as a buffer, to which any tensor may be assigned."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "register_buffer"
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == attribute.attr
        for node in walk_tree(site.tree)
    )
