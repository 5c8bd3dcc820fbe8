"""Optimisers: a step writes to parameters in place, and may call a closure several times."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Step
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import compares, is_teacher
from chainrule.flow.core.values import NONE, Instance, Tensor, Value
from chainrule.flow.core.words import words
from chainrule.flow.effects.played import was_run_before
from chainrule.flow.operations.inplace import touch
from chainrule.flow.operations.objects import ready_parts, sources_of
from chainrule.flow.operations.overwritten import is_parameter

_NAMES = frozenset(("opt", "optim", "optimizer", "optimiser"))


def step(interp: Interpreter, optimiser: Instance, arguments: list[Value], at: ast.AST) -> Value:
    """`optimiser.step()`, `optimiser.step(closure)` of an optimiser that was made by followed code."""
    result = _close(interp, arguments, at)
    trained = interp.tensors(optimiser.arguments.values())
    interp.taken.append(Step(frozenset(map(id, sources_of(trained))), len(interp.backwards)))
    for tensor in trained:
        if is_parameter(tensor):
            touch(interp, tensor, at)
    return result


def add_group(interp: Interpreter, arguments: list[Value]) -> Value:
    """`optimiser.add_param_group({"params": …})`: these are trained as well from here on."""
    interp.optimised.update(map(id, sources_of(interp.tensors(arguments))))
    return NONE


def scaled_step(interp: Interpreter, arguments: list[Value], at: ast.AST) -> Value:
    """`scaler.step(optimiser)`: a step, unless a gradient is not finite."""
    for given in arguments[:1]:
        if isinstance(given, Instance) and given.external.startswith("torch.optim."):
            return step(interp, given, [], at)
    return NONE


def is_named(owner: Tensor) -> bool:
    """Whether an argument is called an optimiser: `optimizer`, `opt_d`."""
    source = owner.node.source
    return source is not None and not _NAMES.isdisjoint(words(source.name))


def step_of_argument(interp: Interpreter, optimiser: Tensor, arguments: list[Value], at: ast.AST) -> Value:
    """A step of an optimiser that came as an argument: of the one network, or the one it is named after."""
    result = _close(interp, arguments, at)
    assert optimiser.node.source is not None
    after = [word for word in words(optimiser.node.source.name) if word not in _NAMES]
    trained = {
        id(value): (value, role)
        for name, value in interp.frame.scope.names.items()
        if isinstance(value, Tensor) and value is not optimiser
        if (role := _trained_as(value, name, after)) and _called_after(after, name)
    }
    made = {
        id(value): value
        for name, value in interp.frame.scope.names.items()
        if isinstance(value, Instance) and value.cls is not None and value.cls.is_module
        if _called_after(after, name) and not is_teacher(name) and not compares(name)
    }
    if (made or trained) and was_run_before(interp):
        return result
    if len(made) == 1 and not trained:
        network = next(iter(made.values()))
        ready_parts(interp, network)
        parameters = interp.tensors([network])
        interp.optimised.update(map(id, sources_of(parameters)))
        interp.taken.append(Step(frozenset(map(id, sources_of(parameters))), len(interp.backwards)))
        for each in filter(is_parameter, parameters):
            touch(interp, each, at)
    if len(trained) == 1 and not made:
        value, role = next(iter(trained.values()))
        assert value.node.source is not None
        value.node.source.role = role
        interp.optimised.add(id(value.node.source))
        touch(interp, value, at)
    return result


def _close(interp: Interpreter, arguments: list[Value], at: ast.AST) -> Value:
    result: Value = NONE
    for closure in arguments[:1]:
        result = interp.call(closure, [], {}, at)
        interp.call(closure, [], {}, at)
    return result


def _trained_as(value: Tensor, name: str, after: list[str]) -> str:
    """The role of an argument that may be trained, "" of others.

    A criterion, or a tensor as `log_alpha`, is trained only if the optimiser is named `after` it.
    """
    source = value.node.source
    if source is None or source.name != name:
        return ""
    if source.role == "callable":
        return "callable"
    if not after or is_named(value):
        return ""
    if compares(name):
        return "callable"
    return "leaf" if source.role in ("setting", "unknown") else ""


def _called_after(after: list[str], network: str) -> bool:
    """`opt_d`, `d_optimizer` → `disc`, `D`."""
    return all(any(part.startswith(word) for part in words(network)) for word in after)
