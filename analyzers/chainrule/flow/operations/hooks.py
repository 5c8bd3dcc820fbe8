"""What is hung on a module or a tensor: hooks, and parametrisations of weights."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Event, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import ITEMS, Const, Function, Instance, Map, Seq, Tensor, Value
from chainrule.flow.operations.objects import ready
from chainrule.syntax import walk_tree

BEFORE, AFTER = "register_forward_pre_hook", "register_forward_hook"
BACKWARD = "register_full_backward_hook"
WHOLE = "<whole>"
"""The argument of a layer that is the network from outside of which it is one."""
_ZEROS = "the hook returns zeros: the gradient of all that comes before is exactly zero"
MAX_DEPTH = 4
_STORES = frozenset(("append", "extend", "add", "update", "setdefault", "insert", "put"))


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
    for hook in instance.hooks.get(BACKWARD, ()):
        arguments = _stopped(interp, instance, arguments, hook, at)
    return arguments


def _stopped(
    interp: Interpreter, instance: Instance, arguments: list[Value], hook: Value, at: ast.AST
) -> list[Value]:
    """The arguments of a module whose backward `hook` gives zeros in the place of their gradients."""
    if not isinstance(hook, Function) or _does_more(hook.node):
        return arguments
    incoming: list[Value] = [Tensor(interp.node("gradient", at, ())) for _ in arguments]
    outgoing: list[Value] = [Tensor(interp.node("gradient", at, ()))]
    result = interp.call(hook, [instance, Seq(incoming, "tuple"), Seq(outgoing, "tuple")], {}, at)
    given = [each for each in result.items if isinstance(each, Tensor)] if isinstance(result, Seq) else []
    if not given or any(not each.node.bounds.low == each.node.bounds.high == 0 for each in given):
        return arguments
    gate = interp.gate(Cause.FUNCTION_GRADIENTS, at, zero=True, note=_ZEROS)
    stopped: list[Value] = []
    for each in arguments:
        if isinstance(each, Tensor):
            if each.node.edges:
                interp.events.append(Event(Cause.FUNCTION_GRADIENTS, interp.block, at, each.node, _ZEROS))
            each = Tensor(interp.node("clone", at, ((each.node, gate),), dtype=each.node.dtype))
        stopped.append(each)
    return stopped


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


def on_gradient(interp: Interpreter, tensor: Tensor, hook: Value, at: ast.AST) -> None:
    """`tensor.register_hook(hook)`: what `hook` returns takes the place of the gradient.

    Of a leaf that is what it keeps, and zeros freeze it; at a result they stop all that comes before.
    """
    node = tensor.node
    if tensor.leaf or node.source is not None or not isinstance(hook, Function) or _does_more(hook.node):
        return
    incoming = Tensor(interp.node("gradient", at, ()))
    result = interp.call(hook, [incoming], {}, at)
    given = result.node if isinstance(result, Tensor) else incoming.node
    if given.bounds.low == given.bounds.high == 0:
        gate = interp.gate(Cause.FUNCTION_GRADIENTS, at, zero=True, note=_ZEROS)
        interp.events.append(Event(Cause.FUNCTION_GRADIENTS, interp.block, at, node, _ZEROS))
        interp.put_node(
            tensor, interp.node("clone", at, ((node, gate),), dtype=node.dtype, within=node.bounds)
        )


def _does_more(hook: ast.AST) -> bool:
    """Whether a hook writes to more than its own names: what it is run for here must leave no trace."""
    return any(
        isinstance(node, (ast.Nonlocal, ast.Global))
        or (isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _STORES)
        for node in walk_tree(hook)
    )


def parametrised(interp: Interpreter, instance: Instance, name: str, value: Value, at: ast.AST) -> Value:
    """`instance.name` as the parametrisations registered for it make it of the original."""
    for maker in instance.hooks.get(name, ()):
        value = interp.call(maker, [value], {}, at)
    return value


def named_modules(interp: Interpreter, module: Instance) -> Value:
    """Pairs of names and modules: `module` and all that it holds."""
    pairs: list[Value] = [Seq([Const(name), each], "tuple") for name, each in _parts(interp, module, "", 0)]
    return Seq(pairs, "generator")


def modules(interp: Interpreter, module: Instance) -> Value:
    """`module` and all that it holds, first what has weights: a loop over them is not run to its end."""
    parts = [each for _, each in _parts(interp, module, "", 0)]
    parts.sort(key=lambda each: "weight" not in each.attributes)
    return Seq(list(parts), "generator")


def _parts(interp: Interpreter, module: Instance, name: str, depth: int) -> Iterator[tuple[str, Instance]]:
    yield name, module
    ready(interp, module)
    held: dict[object, Value] = {key: value for key, value in module.attributes.items() if key != ITEMS}
    items = module.attributes.get(ITEMS)
    if isinstance(items, Seq):
        held.update(enumerate(items.items))
    elif isinstance(items, Map):
        held.update(items.items)
    for key, part in held.items():
        if isinstance(part, Instance) and depth < MAX_DEPTH:
            yield from _parts(interp, part, f"{name}.{key}" if name else str(key), depth + 1)
