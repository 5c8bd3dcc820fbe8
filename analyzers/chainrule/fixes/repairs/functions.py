"""Repairs of custom `torch.autograd.Function` classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import add_argument, near
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.statements import full_lines, insert_before, put_under, stands_alone
from chainrule.fixes.usage import same
from chainrule.syntax import walk_tree


def add_backward(site: FixSite) -> Iterator[Repair]:
    """A Function without backward → one that passes the gradient straight through"""
    _, owner = backward_of(site)
    forward = method_of(owner, "forward") if owner is not None else None
    if owner is None or forward is None or any(method_of(owner, name) for name in ("backward", "vjp")):
        return
    count = len(forward.args.posonlyargs + forward.args.args) - 1
    if count < 1 or forward.args.vararg is not None or not stands_alone(site.source, forward):
        return
    plan = site.plan()
    indent = site.source.indentation(forward.lineno)
    unit = site.source.indentation(forward.body[0].lineno).removeprefix(indent) or "    "
    gradients = ", ".join(["grad_output", *["None"] * (count - 1)])
    lines = ["@staticmethod", "def backward(ctx, grad_output):", f"{unit}return {gradients}"]
    newline = site.source.newline
    at = full_lines(site.source, forward)[1]
    text = newline + "".join(indent + line + newline for line in lines)
    if at == len(site.text) and not site.text.endswith(("\n", "\r")):
        text = newline + text[: -len(newline)]
    plan.insert(at, text)
    yield plan.repair("Add a backward that passes the gradient straight through", Applicability.UNSAFE)


def backward_of(site: FixSite) -> tuple[FunctionNode | None, ast.ClassDef | None]:
    """The method around the break, or else `backward`, and the class that it belongs to."""
    current: ast.AST | None = site.node
    function: FunctionNode | None = None
    while current is not None and not isinstance(current, ast.ClassDef):
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            function = current
        current = site.parent(current)
    if isinstance(current, ast.ClassDef):
        return function if function is not None else method_of(current, "backward"), current
    return function, None


def method_of(owner: ast.ClassDef, name: str) -> FunctionNode | None:
    """The method of this name in the class's own body."""
    for statement in owner.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
            return statement
    return None


def enable_grad(site: FixSite) -> Iterator[Repair]:
    """A graph built inside backward: put its statement under `torch.enable_grad()`"""
    statement = site.statement()
    grad = next(iter(_grad_calls(site)), None)
    if grad is not None and grad.args and isinstance(grad.args[0], ast.Name):
        binding = site.scope.binding_of(grad.args[0])
        if binding is not None and isinstance(binding.statement, ast.Assign):
            statement = binding.statement
    if statement is None or not stands_alone(site.source, statement):
        return
    plan = site.plan()
    put_under(plan, statement, f"with {plan.spell('torch.enable_grad')}():")
    for call in _grad_calls(site)[:-1]:
        if grad is not None and call.args and same(call.args[0], grad.args[0]):
            add_argument(site, plan, call, "retain_graph=True")
    yield plan.repair("Record this part of backward with `torch.enable_grad()`", Applicability.SAFE)


def edit_a_copy(site: FixSite) -> Iterator[Repair]:
    """`grad.mul_(y)` in backward → `grad = grad.clone()` before it, or in the name that was given to it"""
    statement = site.statement()
    value = statement.value if isinstance(statement, ast.Assign) else statement
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        value = statement.targets[0]
    names = [each for each in walk_tree(value) if isinstance(each, ast.Name)] if value is not None else []
    if statement is None or not names:
        return
    edited = min(names, key=lambda each: (each.lineno, each.col_offset))
    name, binding = edited.id, site.scope.binding_of(edited)
    plan = site.plan()
    if binding is not None and isinstance(binding.statement, ast.Assign):
        plan.replace(binding.statement.value, f"{site.segment(binding.statement.value)}.clone()")
    elif stands_alone(site.source, statement):
        insert_before(plan, statement, f"{name} = {name}.clone()")
    else:
        return
    yield plan.repair("Change a copy of the gradient", Applicability.SAFE)


def _grad_calls(site: FixSite) -> list[ast.Call]:
    """The calls of `torch.autograd.grad` in the function, in the order of the text."""
    found = [
        node
        for node in walk_tree(site.function or ast.Module([], []))
        if isinstance(node, ast.Call) and site.names.resolve(node.func) == "torch.autograd.grad"
    ]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def apply(site: FixSite) -> Iterator[Repair]:
    """`MyFunction()(x)` → `MyFunction.apply(x)`"""
    for node in near(site):
        match node:
            case ast.Call(func=ast.Call(func=function, args=[], keywords=[]) as made):
                plan = site.plan()
                plan.replace(made, f"{site.segment(function)}.apply")
                yield plan.repair("Call it through `.apply`", Applicability.SAFE)
                return
            case ast.Call(func=ast.Attribute(value=owner, attr="forward") as method):
                plan = site.plan()
                plan.replace(method, f"{site.segment(owner)}.apply")
                yield plan.repair("Call it through `.apply`", Applicability.SAFE)
                return


def make_static(site: FixSite) -> Iterator[Repair]:
    """Methods of a Function are static: add `@staticmethod` to those that take `ctx`"""
    _, owner = backward_of(site)
    if owner is None:
        return
    plan = site.plan()
    for name in ("forward", "backward", "setup_context"):
        method = method_of(owner, name)
        if method is None or not method.args.args or method.args.args[0].arg == "self":
            continue
        if not any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in method.decorator_list):
            start = full_lines(site.source, method)[0]
            indent = site.source.indentation(method.lineno)
            plan.insert(start, f"{indent}@staticmethod{site.source.newline}")
    if plan.edits:
        yield plan.repair("Make the methods static", Applicability.SAFE)
