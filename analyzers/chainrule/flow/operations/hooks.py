"""What is hung on a module: forward hooks, and parametrisations of its weights."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.graph import behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Instance, Map, Seq, Tensor, Value
from chainrule.flow.operations.objects import ready

BEFORE, AFTER = "register_forward_pre_hook", "register_forward_hook"
MAX_DEPTH = 4


def register(instance: Instance, kind: str, hook: Value) -> None:
    """`module.register_forward_hook(hook)`; for a parametrisation `kind` is the parameter's name."""
    instance.hooks.setdefault(kind, []).append(hook)


def before(interp: Interpreter, instance: Instance, arguments: list[Value], at: ast.AST) -> list[Value]:
    """The arguments of a call of `instance` as its hooks leave them."""
    for hook in instance.hooks.get(BEFORE, ()):
        changed = interp.call(hook, [instance, Seq(arguments, "tuple")], {}, at)
        if isinstance(changed, Seq) and changed.exact:
            arguments = list(changed.items)
        elif isinstance(changed, Tensor):
            arguments = [changed, *arguments[1:]]
    return arguments


def after(
    interp: Interpreter, instance: Instance, arguments: list[Value], result: Value, at: ast.AST
) -> Value:
    """The result of a call of `instance` as its hooks leave it; a hook that returns None only looks at it."""
    for hook in instance.hooks.get(AFTER, ()):
        changed = interp.call(hook, [instance, Seq(arguments, "tuple"), result], {}, at)
        if isinstance(changed, (Tensor, Seq, Map)):
            result = changed
    return result


def register_outside(interp: Interpreter, module: Tensor, hook: Value) -> None:
    """A forward hook on a module that came from outside, or on a part of it: `net.layer4`."""
    for node in behind(module.node):
        if node.source is not None:
            interp.hooked.append((node, hook))


def call_outside(
    interp: Interpreter, module: Tensor, arguments: list[Value], result: Tensor, at: ast.AST
) -> None:
    """`module`, which came from outside, is called: its hooks see values that are computed on the way."""
    for node, hook in interp.hooked:
        if node is module.node:
            inside = Tensor(interp.node("call", at, result.node.edges, tags=result.node.tags))
            interp.call(hook, [module, Seq(arguments, "tuple"), inside], {}, at)


def parametrised(interp: Interpreter, instance: Instance, name: str, value: Value, at: ast.AST) -> Value:
    """`instance.name` as the parametrisations registered for it make it of the original."""
    for maker in instance.hooks.get(name, ()):
        value = interp.call(maker, [value], {}, at)
    return value


def named_modules(interp: Interpreter, module: Instance) -> Value:
    """Pairs of names and modules: `module` and all that it holds."""
    pairs: list[Value] = [Seq([Const(name), each], "tuple") for name, each in _parts(interp, module, "", 0)]
    return Seq(pairs, "generator")


def _parts(interp: Interpreter, module: Instance, name: str, depth: int) -> Iterator[tuple[str, Instance]]:
    yield name, module
    ready(interp, module)
    held: dict[object, Value] = {key: value for key, value in module.attributes.items() if key != "items"}
    items = module.attributes.get("items")
    if isinstance(items, Seq):
        held.update(enumerate(items.items))
    elif isinstance(items, Map):
        held.update(items.items)
    for key, part in held.items():
        if isinstance(part, Instance) and depth < MAX_DEPTH:
            yield from _parts(interp, part, f"{name}.{key}" if name else str(key), depth + 1)
