"""Repairs of custom `torch.autograd.Function` classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import near
from chainrule.fixes.site import FixSite, FunctionNode, Repair
from chainrule.fixes.statements import full_lines, stands_alone


def return_gradients(site: FixSite) -> Iterator[Repair]:
    """`return g` → `return g, None`: one gradient for each input of forward"""
    function, owner = _backward(site)
    forward = _method(owner, "forward") if owner is not None else None
    if function is None or forward is None or forward.args.vararg is not None:
        return
    wanted = len(forward.args.posonlyargs + forward.args.args) - 1
    plan = site.plan()
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        given = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if len(given) < wanted:
            plan.insert(site.source.span(node.value)[1], ", None" * (wanted - len(given)))
        elif len(given) > wanted > 0 and isinstance(node.value, ast.Tuple):
            extra = given[wanted:]
            if all(isinstance(part, ast.Constant) and part.value is None for part in extra):
                start, end = site.source.span(given[wanted - 1])[1], site.source.span(extra[-1])[1]
                plan.replace_span(start, end, "")
    if plan.edits:
        yield plan.repair("Return one gradient for each input of forward", Applicability.SAFE)


def _backward(site: FixSite) -> tuple[FunctionNode | None, ast.ClassDef | None]:
    current: ast.AST | None = site.node
    function: FunctionNode | None = None
    while current is not None and not isinstance(current, ast.ClassDef):
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            function = current
        current = site.parent(current)
    if isinstance(current, ast.ClassDef):
        return function if function is not None else _method(current, "backward"), current
    return function, None


def _method(owner: ast.ClassDef, name: str) -> FunctionNode | None:
    for statement in owner.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
            return statement
    return None


def enable_grad(site: FixSite) -> Iterator[Repair]:
    """A graph built inside backward: put its statement under `torch.enable_grad()`"""
    statement = site.statement()
    grad = _grad_call(site)
    if grad is not None and grad.args and isinstance(grad.args[0], ast.Name):
        binding = site.scope.binding_of(grad.args[0])
        if binding is not None and isinstance(binding.statement, ast.Assign):
            statement = binding.statement
    if statement is None or not stands_alone(site.source, statement):
        return
    plan = site.plan()
    source = site.source
    start, end = full_lines(source, statement)
    indent = source.indentation(statement.lineno)
    plan.insert(start, f"{indent}with {plan.spell('torch.enable_grad')}():{source.newline}")
    unit = _indent_unit(site, indent)
    for line in range(source.line_of(start), source.line_of(max(end - 1, start)) + 1):
        plan.insert(source.line_start(line), unit)
    yield plan.repair("Record this part of backward with `torch.enable_grad()`", Applicability.SAFE)


def _indent_unit(site: FixSite, indent: str) -> str:
    """One level of indentation as the function's body has it."""
    outer = site.source.indentation(site.function.lineno) if site.function is not None else ""
    return indent.removeprefix(outer) or "    "


def _grad_call(site: FixSite) -> ast.Call | None:
    function = site.function
    if function is None:
        return None
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and site.names.resolve(node.func) == "torch.autograd.grad":
            return node
    return None


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
    _, owner = _backward(site)
    if owner is None:
        return
    plan = site.plan()
    for name in ("forward", "backward", "setup_context"):
        method = _method(owner, name)
        if method is None or not method.args.args or method.args.args[0].arg == "self":
            continue
        if not any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in method.decorator_list):
            start = full_lines(site.source, method)[0]
            indent = site.source.indentation(method.lineno)
            plan.insert(start, f"{indent}@staticmethod{site.source.newline}")
    if plan.edits:
        yield plan.repair("Make the methods static", Applicability.SAFE)
