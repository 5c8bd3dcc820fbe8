"""Repair of Functions in the style of PyTorch 0.x, which were objects that one called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import near
from chainrule.fixes.repairs.functions import method_of
from chainrule.fixes.site import FixSite, FunctionNode, Plan, Repair
from chainrule.fixes.statements import full_lines, insert_before, remove, stands_alone
from chainrule.fixes.usage import scope_of
from chainrule.syntax import walk_tree

_TITLE = "Make the methods static, and call the Function through `.apply`"


def static_function(site: FixSite) -> Iterator[Repair]:
    """`F(margin)(x)` with methods that take `self` → `F.apply(x, margin)` with static ones that take `ctx`

    What the constructor kept becomes an input of forward, for which backward returns None.
    """
    owner = _class_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    backward = method_of(owner, "backward") if owner is not None else None
    if owner is None or forward is None or backward is None or not _has_only_methods(owner):
        return
    kept = _kept(method_of(owner, "__init__"))
    if kept is None:
        return
    plan = site.plan()
    settings = list(kept)
    if not all(_call_statically(site, plan, owner, made, settings) for made in _made(site, owner)):
        return
    if not _give_to_forward(site, plan, forward, kept) or not _widen(
        site, plan, forward, backward, len(kept)
    ):
        return
    for method in (forward, backward):
        if not _make_static(site, plan, method):
            return
    if (constructor := method_of(owner, "__init__")) is not None:
        remove(plan, constructor)
    yield plan.repair(_TITLE, Applicability.SAFE)


def _class_of(site: FixSite) -> ast.ClassDef | None:
    """The class in this file whose object is called at the break."""
    for node in near(site):
        if not isinstance(node, ast.Call):
            continue
        made = site.scope.value_of(node.func)
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Name):
            for each in walk_tree(site.tree):
                if isinstance(each, ast.ClassDef) and each.name == made.func.id:
                    return each
    return None


def _has_only_methods(owner: ast.ClassDef) -> bool:
    """Whether the class has nothing that needs an object but forward, backward and a constructor."""
    for statement in owner.body:
        match statement:
            case ast.FunctionDef(name="forward" | "backward" | "__init__"):
                pass
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                return False
    return True


def _kept(constructor: FunctionNode | None) -> dict[ast.arg, str] | None:
    """The attribute that each argument of a constructor is kept in; None where it does more than that."""
    if constructor is None:
        return {}
    given = constructor.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs:
        return None
    named = {argument.arg: argument for argument in given.args[1:]}
    found: dict[ast.arg, str] = {}
    for statement in constructor.body:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(), attr="__init__"))):
                pass
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)], value=ast.Name(id=name)
            ) if name in named:
                found[named[name]] = attribute
            case _:
                return None
    return found if list(found) == given.args[1:] else None


def _made(site: FixSite, owner: ast.ClassDef) -> list[ast.Call]:
    return [
        node
        for node in walk_tree(site.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == owner.name
    ]


def _call_statically(
    site: FixSite, plan: Plan, owner: ast.ClassDef, made: ast.Call, settings: list[ast.arg]
) -> bool:
    """Write the calls of one object as calls of `.apply`; False where not all of them are in sight."""
    given = _arguments(site, owner, made, settings)
    if given is None:
        return False
    text = f"{owner.name}.apply"
    parent = site.parent(made)
    match parent:
        case ast.Call(func=function) if function is made:
            plan.replace(made, text)
            return _hand_over(site, plan, parent, given)
        case ast.Assign(targets=[ast.Name(id=name)]):
            around = site.parent(parent)
            if not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
                return False
            plan.replace(made, text)
            reads = scope_of(around).reads.get(name, [])
            calls = [site.parent(read) for read in reads]
            return all(
                isinstance(call, ast.Call) and call.func is read and _hand_over(site, plan, call, given)
                for call, read in zip(calls, reads, strict=True)
            )
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))]) if not given:
            plan.replace(made, text)
            return True
        case _:
            return False


def _arguments(
    site: FixSite, owner: ast.ClassDef, made: ast.Call, settings: list[ast.arg]
) -> list[str] | None:
    """The texts of the constructor's arguments in a call, in order; defaults are written out."""
    constructor = method_of(owner, "__init__")
    said = {word.arg: word.value for word in made.keywords}
    if len(made.args) > len(settings) or any(isinstance(each, ast.Starred) for each in made.args):
        return None
    texts = [site.segment(each) for each in made.args]
    defaults = constructor.args.defaults if constructor is not None else []
    standing = dict(zip(reversed(settings), reversed(defaults), strict=False))
    for setting in settings[len(texts) :]:
        value = said.pop(setting.arg, standing.get(setting))
        if value is None:
            return None
        texts.append(site.segment(value))
    return None if said else texts


def _hand_over(site: FixSite, plan: Plan, call: ast.Call, given: list[str]) -> bool:
    """Add the constructor's arguments to a call; `.apply` takes no keywords."""
    if call.keywords or not call.args or any(isinstance(each, ast.Starred) for each in call.args):
        return False
    if given:
        plan.insert(site.source.span(call.args[-1])[1], "".join(f", {text}" for text in given))
    return True


def _give_to_forward(site: FixSite, plan: Plan, forward: FunctionNode, kept: dict[ast.arg, str]) -> bool:
    """What the constructor kept comes as further inputs, and is kept on `ctx`."""
    given = forward.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults or not given.args:
        return False
    first = forward.body[0]
    names = {argument.arg for argument in given.args}
    if not stands_alone(site.source, first) or any(argument.arg in names for argument in kept):
        return False
    if kept:
        plan.insert(site.source.span(given.args[-1])[1], "".join(f", {each.arg}" for each in kept))
        insert_before(plan, first, *(f"ctx.{name} = {each.arg}" for each, name in kept.items()))
    return True


def _widen(site: FixSite, plan: Plan, forward: FunctionNode, backward: FunctionNode, more: int) -> bool:
    """Return None for every further input."""
    if not more:
        return True
    several = len(forward.args.args) > 2
    for node in walk_tree(backward):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        if isinstance(node.value, ast.Tuple) and node.value.elts:
            plan.insert(site.source.span(node.value.elts[-1])[1], ", None" * more)
        elif several:
            return False
        else:
            plan.insert(site.source.span(node.value)[1], ", None" * more)
    return True


def _make_static(site: FixSite, plan: Plan, method: FunctionNode) -> bool:
    """`def forward(self, x)` → a static method that calls its first argument `ctx`."""
    first = method.args.args[0]
    taken = {node.id for node in walk_tree(method) if isinstance(node, ast.Name)}
    if first.arg != "ctx" and "ctx" in taken | {argument.arg for argument in method.args.args}:
        return False
    if not any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in method.decorator_list):
        indent = site.source.indentation(method.lineno)
        plan.insert(full_lines(site.source, method)[0], f"{indent}@staticmethod{site.source.newline}")
    if first.arg == "ctx":
        return True
    plan.replace(first, "ctx")
    for node in walk_tree(method):
        if isinstance(node, ast.Name) and node.id == first.arg:
            plan.replace(node, "ctx")
    return True
