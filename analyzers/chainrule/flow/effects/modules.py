"""Methods of objects of library classes, and those that analysed classes inherit from such."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Const, Function, Instance, Map, Seq, Tensor, Value
from chainrule.flow.effects import distributions, optimisers
from chainrule.flow.effects.lifetime import record_backward
from chainrule.flow.operations import contexts, fields, freezing, hooks, iteration
from chainrule.flow.operations.attributes import store_attribute
from chainrule.flow.operations.containers import call_container
from chainrule.flow.operations.copies import handed_back
from chainrule.flow.operations.holding import base_of, hold
from chainrule.flow.operations.objects import ready_parts
from chainrule.flow.operations.overwritten import is_parameter, overwrite
from chainrule.flow.operations.parameter_names import name_object

_OF_CONTAINERS = frozenset(
    """append extend insert pop popleft popitem setdefault add_module items keys values get update clear copy
    __len__ __iter__""".split()
)
_TRAINING = frozenset(
    ("train", "eval", "requires_grad_", "to", "cuda", "cpu", "double", "float", "half", "apply")
)


def call_object_method(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)` where no analysed class defines `name`."""
    if owner.cls is not None and not base_of(owner.cls):
        return call_base_method(interp, owner, name, arguments, keywords, at)
    if owner.external.startswith("torch.distributions."):
        return distributions.call_distribution(interp, owner, name, arguments, keywords, at)
    return _container(interp, owner, name, arguments, keywords, at)


def call_base_method(
    interp: Interpreter,
    owner: Value,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """A method that a library base class provides (nn.Module and the like)."""

    if isinstance(owner, Instance):
        if name == "__init__":
            if owner.cls is not None:
                hold(interp, owner, base_of(owner.cls), arguments, at)
            return NONE
        if name == "_replace":
            return fields.replaced(interp, owner, keywords, at)
        if name == "step" and owner.external.startswith("torch.optim."):
            return optimisers.step(interp, owner, arguments, at)
        if name == "add_param_group" and owner.external.startswith("torch.optim."):
            return optimisers.add_group(interp, arguments)
        if name == "step" and owner.external.endswith(".GradScaler"):
            return optimisers.scaled_step(interp, arguments, at)
        if name in ("enter_context", "enter_async_context") and arguments:
            return contexts.enter(interp, arguments[0], at)
        if name == "__enter__":
            return contexts.enter(interp, owner, at)
        if name == "__exit__" and contexts.context_gate(interp, owner, at) is not None:
            interp.mode = None
            return NONE
        if name in ("register_buffer", "register_parameter", "add_module", "register_module", "__setattr__"):
            return _register(interp, owner, name, arguments, keywords, at)
        if name in (hooks.BEFORE, hooks.AFTER, hooks.BACKWARD) and arguments:
            whole = owner.arguments.get(hooks.WHOLE)
            if isinstance(whole, Tensor) and name == hooks.AFTER:
                hooks.register_outside(interp, whole, arguments[0])
            hooks.register(owner, name, arguments[0])
            return Const(None, known=False)
        if name in ("modules", "children"):
            return hooks.modules(interp, owner)
        if name in ("named_modules", "named_children"):
            return hooks.named_modules(interp, owner)
        if name in ("parameters", "named_parameters", "state_dict", "buffers"):
            return _parameters(interp, owner, name, at)
        if name == "load_state_dict" and arguments:
            ready_parts(interp, owner)
            for tensor in interp.tensors([owner]):
                handed_back(interp, tensor.node)
            overwrite(interp, filter(is_parameter, interp.tensors([owner])), arguments[:1], at)
            return NONE
        if name in _TRAINING:
            if name == "requires_grad_":
                ready_parts(interp, owner)
                flag = arguments[0] if arguments else keywords.get("requires_grad", Const(True))
                freezing.set_trained(interp, interp.tensors([owner]), flag)
            return owner
        if name == "__call__" or (name == "forward" and owner.cls is None):
            return interp.call(owner, arguments, keywords, at)
        if name == "apply" or name == "manual_backward":
            return _apply(interp, owner, arguments, at)
        if owner.cls is not None and owner.cls.is_function:
            return interp.unknown(at, arguments)
        if name == "backward" or name == "manual_backward":
            return _apply(interp, owner, arguments, at)
        if name in ("log", "log_dict", "save_hyperparameters", "print", "info", "debug", "add_scalar"):
            return NONE
    if isinstance(owner, Function):
        return interp.call_function(owner, arguments, keywords, at)
    if isinstance(owner, Instance) and owner.cls is not None:
        return interp.unknown(at, [*arguments, *keywords.values()], opaque=True)
    return interp.unknown(at, [owner, *arguments, *keywords.values()])


def _apply(interp: Interpreter, owner: Instance, arguments: list[Value], at: ast.AST) -> Value:
    """`self.manual_backward(loss)`, `accelerator.backward(loss)`."""

    for value in arguments[:1]:
        if isinstance(value, Tensor):
            record_backward(interp, value.node, False, at)
    return NONE


def _register(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    label = arguments[0] if arguments else keywords.get("name")
    value = arguments[1] if len(arguments) > 1 else next(iter(keywords.values()), NONE)
    if isinstance(label, Const) and isinstance(label.value, str):
        if name == "register_buffer" and isinstance(value, Tensor) and value.node.source is None:
            value = Tensor(Node("buffer", interp.block, at, value.node.edges, dtype=value.node.dtype))
        store_attribute(interp, owner, label.value, value, at, at)
    return NONE


def _parameters(interp: Interpreter, owner: Instance, name: str, at: ast.AST) -> Value:
    ready_parts(interp, owner)
    leaves: list[Value] = [
        tensor
        for tensor in interp.tensors([owner])
        if tensor.node.op == "copy"
        or (tensor.node.source is not None and tensor.node.source.role in ("parameter", freezing.FROZEN))
    ]
    for leaf in leaves:
        if isinstance(leaf, Tensor):
            handed_back(interp, leaf.node)
    if name == "state_dict":
        gate = interp.gate(Cause.DETACH, at, note="state_dict")
        detached = [
            Tensor(interp.node("state", at, ((leaf.node, gate),)))
            for leaf in leaves
            if isinstance(leaf, Tensor)
        ]
        return Map({}, interp.join(detached, at) if detached else NONE)
    if name == "named_parameters":
        leaves = [Seq([Const(None, known=False), leaf], "tuple") for leaf in leaves]
    return Seq(leaves, "parameters" if name.endswith("parameters") else "generator", False)


def _container(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)` for what may hold items: a list of layers, a `class Bank(dict)`."""
    items = iteration.held(interp, owner)
    if items is not None and name in _OF_CONTAINERS:
        if name in ("append", "add_module", "insert") and arguments and isinstance(arguments[-1], Instance):
            if owner.name:
                name_object(arguments[-1], f"{owner.name}.{len(items.items)}")
        return call_container(interp, items, name, arguments, keywords, at)
    return call_base_method(interp, owner, name, arguments, keywords, at)
