"""Decorators: what they make of a function, and the grad mode that they set for its body."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Class, Function, Instance, Value
from chainrule.flow.operations import contexts


def name_of(decorator: ast.expr) -> str:
    """The last part of a decorator's name: `functools.wraps(f)` → `wraps`."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


_CACHES = frozenset(("lru_cache", "cache"))
CALLED = "()"
"""Ends the name under which an object keeps what a cached method has returned."""


def _cache(function: Function) -> str | None:
    """The name under which the result of a method with functools.lru_cache is kept."""
    if isinstance(function.node, ast.Lambda) or not isinstance(function.bound, Instance):
        return None
    if not function.node.decorator_list:
        return None
    cached = any(name_of(each) in _CACHES for each in function.node.decorator_list)
    return function.node.name + CALLED if cached else None


def kept(function: Function) -> Value | None:
    """What an earlier call of a cached method has returned."""
    name = _cache(function)
    return function.bound.attributes.get(name) if name and isinstance(function.bound, Instance) else None


def keep(interp: Interpreter, function: Function, result: Value) -> Value:
    """`result`, which a cached method returns from now on."""
    name = _cache(function)
    if name and isinstance(function.bound, Instance) and not isinstance(function.node, ast.Lambda):
        interp.put(function.bound.attributes, name, result)
        decorator = next(each for each in function.node.decorator_list if name_of(each) in _CACHES)
        interp.stores[name] = (function.block, decorator)
    return result


def named(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> ast.expr:
    """The decorator called `name` of a function that has it."""
    return next(each for each in function.decorator_list if name_of(each) == name)


def decorated(interp: Interpreter, function: Function) -> Function:
    """`function` as its analysed decorators leave it; library decorators are taken to change nothing."""
    for made in _made(interp, function):
        if isinstance(made, Function):
            function = made
    return function


def register(interp: Interpreter, cls: Class) -> None:
    """Run the analysed decorators of a class: what a registry keeps of it, not what they make of it."""
    for _ in _made(interp, cls):
        pass


def _made(interp: Interpreter, defined: Function | Class) -> Iterator[Value]:
    """What each analysed decorator of a definition makes of what the one below it has made."""
    value: Value = defined
    for decorator in reversed(getattr(defined.node, "decorator_list", ())):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if _is_library(interp, defined, target):
            continue
        wrapper = interp.evaluate_beside(defined, target)
        if not isinstance(wrapper, Function) or contexts.is_generator(wrapper):
            continue
        if isinstance(decorator, ast.Call):
            wrapper = interp.evaluate_beside(defined, decorator)
        if isinstance(wrapper, Function):
            made = interp.call_function(wrapper, [value], {}, decorator)
            if isinstance(made, type(defined)):
                value = made
                yield made


def _is_library(interp: Interpreter, defined: Function | Class, target: ast.expr) -> bool:
    dotted = defined.module.names.resolve(target)
    return dotted is not None and (interp.project is None or dotted.startswith("torch."))


def mode_of(interp: Interpreter, function: Function) -> tuple[Gate | None] | None:
    """The grad mode that decorators set for the body: (gate,) or (None,), and None where they don't."""
    if isinstance(function.node, ast.Lambda):
        return None
    for decorator in function.node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        dotted = function.module.names.resolve(target)
        if dotted in ("torch.no_grad", "torch.inference_mode"):
            return (interp.gate(Cause.NO_GRAD, decorator, note="decorator"),)
        if dotted == "torch.enable_grad":
            return (None,)
        if dotted == "torch.set_grad_enabled" and isinstance(decorator, ast.Call) and decorator.args:
            flag = decorator.args[0]
            if isinstance(flag, ast.Constant):
                return (None,) if flag.value else (interp.gate(Cause.NO_GRAD, decorator, note="decorator"),)
        if not _is_library(interp, function, target):
            context = _context_of(interp, function, decorator)
            if context is not None:
                return (contexts.mode_inside(interp, context, decorator),)
    return None


def _context_of(interp: Interpreter, function: Function, decorator: ast.expr) -> Value | None:
    """The context manager that decorates `function`, made by analysed code: `@frozen()`, `@no_grad`."""
    if not isinstance(decorator, ast.Call):
        made = interp.evaluate_beside(function, decorator)
        return made if isinstance(made, Instance) else None
    maker = interp.evaluate_beside(function, decorator.func)
    if (isinstance(maker, Function) and contexts.is_generator(maker)) or (
        isinstance(maker, Class) and contexts.is_manager(maker)
    ):
        return interp.evaluate_beside(function, decorator)
    return None


def restores_mode(function: Function) -> bool:
    """Whether the grad mode is restored when `function` returns (a bare set_grad_enabled() call leaks)."""
    return isinstance(function.node, ast.Lambda) or bool(function.node.decorator_list)
