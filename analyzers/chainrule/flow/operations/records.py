"""Arguments that are objects of a class of the analysed code: `record.observed` may be a property of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.kinds import Kind, kind_of
from chainrule.flow.core.networks import asked_of, class_given, class_with, is_called, is_used_as_network
from chainrule.flow.core.roles import compares, is_function, is_network, is_teacher, role_of
from chainrule.flow.core.titles import class_called
from chainrule.flow.core.values import ITEMS, Class, Function, Instance, Seq, Tensor, Value
from chainrule.flow.core.words import words
from chainrule.flow.operations import decorators
from chainrule.flow.operations.objects import new_instance

# What says that an argument is a network, and not which.
_GENERIC = frozenset(("model", "net", "network", "classifier", "my", "the", "nn", "student"))


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
    """The network that an argument of `callee` stands for: `generator` is a `Generator`.

    By its annotation or its name; by the calls in the file; by the name that the script gives its own; by the
    methods that are called of it; `model` is what the file defines, if that is one network and none of the
    `others` among the arguments is one as well.
    """
    module, name = interp.frame.module, parameter.arg
    found = interp.lookup(_class_name(parameter))
    if not _is_network(found):
        given = class_given(module, callee, name, position)
        open_kind = parameter.annotation is None or _is_any_network(parameter.annotation)
        plain = given is None and open_kind
        if plain and name in module.bindings:
            same = interp.global_value(module, name)
            if isinstance(same, Instance) and (
                _is_network(same.cls) or same.external.startswith("torch.nn.")
            ):
                return same
        if given is not None:
            found = interp.lookup(given)
        elif plain and (like := _class_with(interp, name, others)) is not None:
            return new_instance(like, name, parameter)
        elif plain and not any(_is_network_too(each, interp) for each in others):
            found = _only_network(interp, name, others)
    return new_instance(found, name, parameter) if _is_network(found) else None


def record_of(interp: Interpreter, parameter: ast.arg, position: int) -> Instance | None:
    """An argument that is annotated as a record with fields that hold networks of the file: `nets: Nets`."""
    cls = interp.lookup(_class_name(parameter)) if parameter.annotation is not None else None
    if not isinstance(cls, Class) or "__init__" in cls.methods:
        return None
    fields = [each for each in cls.node.body if isinstance(each, ast.AnnAssign)]
    named = [(each.target.id, each.annotation) for each in fields if isinstance(each.target, ast.Name)]
    held = {name: interp.lookup(kind.id) for name, kind in named if isinstance(kind, ast.Name)}
    if not any(map(_is_network, held.values())):
        return None
    made = Instance(cls)
    for name, kind in named:
        whole, network = f"{parameter.arg}.{name}", held.get(name)
        if _is_network(network):
            made.attributes[name] = new_instance(network, whole, parameter)
        else:
            role = "callable" if _is_any_network(kind) else role_of(name)
            made.attributes[name] = interp.source(whole, role, parameter, position)
    made.attributes[ITEMS] = Seq(list(made.attributes.values()), "tuple")
    return made


def network_by_key(interp: Interpreter, called: Tensor, at: ast.AST) -> Tensor:
    """`nets["enc"]` of an argument, which is called: a network of its own beside `nets["dec"]`."""
    place = at.func if isinstance(at, ast.Call) else None
    if called.node.op != "select" or not isinstance(place, ast.Subscript) or not called.node.edges:
        return called
    whole, key = called.node.edges[0][0], place.slice
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or whole.source is None:
        return called
    if is_teacher(key.value) or whole.source.role not in ("unknown", "callable", "setting", "data"):
        return called
    known = interp.parts.get((whole, key.value))
    if known is None:
        name = f"{whole.source.name}.{key.value}"
        known = interp.source(name, "callable", whole.at, whole.source.position)
        interp.parts[whole, key.value] = known
    return known


def _is_any_network(annotation: ast.expr | None) -> bool:
    """Whether an annotation says that something is a network, and not which: `nn.Module`."""
    return annotation is not None and ast.unparse(annotation) in ("nn.Module", "torch.nn.Module", "Module")


def _is_network(value: Value | None) -> TypeGuard[Class]:
    if not _is_module(value):
        return False
    return any("forward" in cls.methods for cls in value.lineage()) or len(set(value.externals())) > 1


def _is_module(value: Value | None) -> TypeGuard[Class]:
    return isinstance(value, Class) and "torch.nn.Module" in value.externals()


def _is_called(name: str, interp: Interpreter) -> bool:
    """Whether an argument is a network for all that is known, or an object like one: it is called."""
    block = interp.frame.block
    return not compares(name) and (is_called(name, block.text) or bool(asked_of(name, block)))


def _class_with(interp: Interpreter, name: str, others: Sequence[str]) -> Class | None:
    """The one class of modules of the file that has the methods which are called of an argument."""
    methods = asked_of(name, interp.frame.block)
    if not methods or is_teacher(name) or any(_is_called(each, interp) for each in others):
        return None
    found = class_with(interp.frame.module, methods)
    cls = None if found is None else interp.lookup(found)
    return cls if _is_module(cls) else None


def _is_network_too(name: str, interp: Interpreter) -> bool:
    called = is_teacher(name) and f"{name}(" in interp.frame.block.text
    return (is_network(name) or called) and not compares(name)


def _only_network(interp: Interpreter, argument: str, others: Sequence[str]) -> Class | None:
    """The one network of the file that an argument may be, for all that its name says."""
    module, own = interp.frame.module, interp.frame.block
    if is_teacher(argument) or not module.networks:
        return None
    if not is_network(argument) and not is_used_as_network(argument, own.text):
        called = is_called(argument, own.text) and not (compares(argument) or is_function(argument))
        alone = len(module.networks) == 1 and not any(_is_called(each, interp) for each in others)
        if not (called and (alone or _is_called_after(argument, module.networks))) or any(
            f"{name}(" in own.text for name in module.networks
        ):
            return None  # what makes its own network is given something else
    found: list[Class] = []
    for name, block in module.networks.items():
        cls = interp.global_value(module, name) if block is not own else None
        forward = cls.methods.get("forward") if isinstance(cls, Class) else None
        if not isinstance(cls, Class) or forward is None or "__init__" not in cls.methods:
            continue  # nothing in it learns
        if kind_of(forward, cls.node) is not Kind.LOSS:
            found.append(cls)
    if len(found) > 1 or not _GENERIC.issuperset(words(argument)):
        found = [cls for cls in found if _may_be_called(cls.node.name, argument, len(found) == 1)]
    return found[0] if len(found) == 1 else None


def _is_called_after(argument: str, classes: Iterable[str]) -> bool:
    """Whether an argument has its name, and not only a word for any network, from one of `classes`."""
    said = set(words(argument)) - _GENERIC
    return any(not said.isdisjoint(words(cls)) for cls in classes)


def _may_be_called(cls: str, argument: str, alone: bool) -> bool:
    """Whether an argument may be a network of a class: a `critic` is no `Generator`, and may be a `Net`."""
    if not set(words(argument)).isdisjoint(words(cls)):
        return True
    another = is_network(argument) and is_network(cls) and _GENERIC.isdisjoint(words(cls)[-1:])
    return alone and not another


def _class_name(parameter: ast.arg) -> str:
    """The class that a parameter is annotated with, or that it is called after: `batch` is a `Batch`."""
    annotation = parameter.annotation
    if annotation is None:
        return class_called(parameter.arg)
    if isinstance(annotation, ast.Constant):
        return str(annotation.value)
    return annotation.id if isinstance(annotation, ast.Name) else ""
