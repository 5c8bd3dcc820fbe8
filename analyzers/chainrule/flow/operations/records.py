"""Arguments that are objects of a class of the analysed code: `record.observed` may be a property of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeGuard

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.networks import network_given, networks, only_network
from chainrule.flow.core.titles import class_called
from chainrule.flow.core.values import Class, Function, Instance, Tensor, Value
from chainrule.flow.operations import decorators
from chainrule.flow.operations.objects import new_instance


def property_of(interp: Interpreter, owner: Tensor, name: str, at: ast.AST) -> Value | None:
    """The value of `owner.name` where it is a property of the class that an argument belongs to."""
    parameter = owner.node.at
    if owner.node.source is None or not isinstance(parameter, ast.arg) or parameter.arg == "self":
        return None
    if "@property" not in interp.frame.module.text:
        return None
    cls = interp.lookup(_class_name(parameter))
    if not isinstance(cls, Class):
        return None
    for each in cls.lineage():
        method = each.methods.get(name)
        if method is not None:
            if "property" not in {decorators.name_of(decorator) for decorator in method.decorator_list}:
                return None
            function = Function(method, each.scope, each.module, each.block, each, owner)
            return interp.call_function(function, [], {}, at)
    return None


def network_of(
    interp: Interpreter, parameter: ast.arg, callee: str, position: int, others: Sequence[str]
) -> Instance | None:
    """The network of its own file that an argument of `callee` stands for.

    By its annotation or its name, `generator` is a `Generator`; by the calls in the file; or because the
    file has one network, and none of the `others` among the arguments is called one.
    """
    module = interp.frame.module
    found = interp.lookup(_class_name(parameter))
    if not _is_network(found) and networks(module):
        named = network_given(module, callee, parameter.arg, position)
        if named is None and parameter.annotation is None:
            named = only_network(module, parameter.arg, others, interp.frame.block)
        found = None if named is None else interp.lookup(named)
    return new_instance(found, parameter.arg, parameter) if _is_network(found) else None


def _is_network(value: Value | None) -> TypeGuard[Class]:
    if not isinstance(value, Class) or "torch.nn.Module" not in value.externals():
        return False
    return any("forward" in cls.methods for cls in value.lineage()) or len(set(value.externals())) > 1


def _class_name(parameter: ast.arg) -> str:
    """The class that a parameter is annotated with, or that it is called after: `batch` is a `Batch`."""
    annotation = parameter.annotation
    if annotation is None:
        return class_called(parameter.arg)
    if isinstance(annotation, ast.Constant):
        return str(annotation.value)
    return annotation.id if isinstance(annotation, ast.Name) else ""
