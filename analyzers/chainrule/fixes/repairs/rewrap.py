"""Repairs of tensors that were wrapped anew: Variable, Parameter, deepcopy, moved leaves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import dotted_near, text_of, wrapped
from chainrule.fixes.repairs.uncut import uncut
from chainrule.fixes.site import FixSite, Repair, disabled
from chainrule.fixes.statements import insert_before, stands_alone
from chainrule.syntax import walk_tree

_OF_MODULES = frozenset({"parameters", "named_parameters", "state_dict", "load_state_dict", "train", "eval"})


def unwrap_variable(site: FixSite) -> Iterator[Repair]:
    """`Variable(t)` → `t`"""
    call = dotted_near(site, {"torch.autograd.Variable"})
    if call is not None and call.args:
        plan = site.plan()
        plan.replace(call, wrapped(site, call, uncut(site, call.args[0])))
        yield plan.repair("Use the tensor itself: `Variable` makes a new leaf", Applicability.SAFE)


def unwrap_parameter(site: FixSite) -> Iterator[Repair]:
    """`nn.Parameter(x)` in forward → `x`"""
    call = dotted_near(site, {"torch.nn.Parameter", "torch.nn.Buffer"})
    if call is None or not call.args:
        return
    title = "Use the computed tensor: a new `nn.Parameter` has no graph"
    statement = site.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute) as target]):
            yield from _local_parameter(site, title, statement, target, attribute, call)
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner)) as target]) if _is_new(site, owner):
            # A module refuses a plain tensor under the name of a parameter that it has.
            if stands_alone(site.source, statement):
                plan = site.plan()
                insert_before(plan, statement, f"del {site.segment(target)}")
                plan.replace(call, uncut(site, call.args[0]))
                yield plan.repair(title, Applicability.SAFE)
        case ast.Assign(targets=[ast.Attribute()]):
            yield disabled(title, "a module takes no plain tensor for a parameter that it has")
        case _:
            plan = site.plan()
            plan.replace(call, wrapped(site, call, uncut(site, call.args[0])))
            yield plan.repair(title, Applicability.SAFE)


def _is_new(site: FixSite, name: str) -> bool:
    """Whether a local name holds a module that the function makes."""
    binding = site.scope.only_binding(name)
    value = binding.value if binding is not None else None
    return isinstance(value, ast.Call) and (site.names.resolve(value.func) or "").startswith("torch.nn.")


def _local_parameter(
    site: FixSite, title: str, statement: ast.stmt, target: ast.Attribute, attribute: str, call: ast.Call
) -> Iterator[Repair]:
    """A module refuses a plain tensor for a registered parameter: use a local name instead."""
    function = site.function
    if function is None:
        return
    local = site.scope.fresh(attribute)
    uses = _attribute_uses(function, attribute)
    elsewhere = [use for use in _attribute_uses(site.tree, attribute) if use not in uses]
    if any(isinstance(use.ctx, ast.Load) and _method_of(site, use) != "__init__" for use in elsewhere):
        yield disabled(title, f"other methods read `self.{attribute}`")
        return
    plan = site.plan()
    for use in uses:
        if use is not target and (use.lineno > statement.lineno):
            plan.replace(use, local)
    plan.replace(target, local)
    plan.replace(call, uncut(site, call.args[0]))
    yield plan.repair(title, Applicability.SAFE)


def _attribute_uses(tree: ast.AST, attribute: str) -> list[ast.Attribute]:
    return [
        node
        for node in walk_tree(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    ]


def _method_of(site: FixSite, node: ast.AST) -> str:
    current = site.parent(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
        current = site.parent(current)
    return current.name if current is not None else ""


def clone(site: FixSite) -> Iterator[Repair]:
    """`copy.deepcopy(x)` → `x.clone()`; a module has no clone"""
    call = dotted_near(site, {"copy.deepcopy", "copy.copy"})
    if call is not None and call.args:
        copied = ast.unparse(call.args[0])
        if any(name.startswith(f"{copied}.") for name in site.sources) or _is_module(site, call):
            reason = f"the copy of `{copied}` has parameters of its own, whatever is done with it"
            yield disabled("Copy with `clone()`, which keeps the graph", reason)
            return
        plan = site.plan()
        plan.replace(call, f"{text_of(site, call.args[0])}.clone()")
        yield plan.repair("Copy with `clone()`, which keeps the graph", Applicability.SAFE)


def _is_module(site: FixSite, call: ast.Call) -> bool:
    """Whether what is copied, or its copy, is called or asked for its parameters, as a module is."""
    names = {ast.unparse(call.args[0])}
    match site.statement(call):
        case ast.Assign(targets=[target]):
            names.add(ast.unparse(target))
        case _:
            pass
    for node in walk_tree(site.function or site.tree):
        match node:
            case ast.Call(func=ast.Name() | ast.Attribute() as called) if ast.unparse(called) in names:
                return True
            case ast.Attribute(value=ast.Name() | ast.Attribute() as asked, attr=attribute):
                if attribute in _OF_MODULES and ast.unparse(asked) in names:
                    return True
            case _:
                pass
    return False
