"""Symbolic arguments for a root: sources for tensors, settings that may not hold for the rest."""

from __future__ import annotations

import ast
from dataclasses import replace

from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.networks import asked_of, is_called
from chainrule.flow.core.roles import role_of, roles_of
from chainrule.flow.core.stated import KnownRoles
from chainrule.flow.core.titles import is_iterated
from chainrule.flow.core.trace import Root
from chainrule.flow.core.values import Const, Default, External, Function, Instance, Partial, Seq, Value
from chainrule.flow.operations.records import network_of, record_of

# Annotations of arguments that are no tensors.
_PLAIN = frozenset(
    ("int", "float", "bool", "str", "bytes", "None", "Callable", "dict", "Dict", "Path", "device")
)
_ARRAYS = frozenset(("ndarray", "NDArray"))


def symbolic_arguments(
    interp: Interpreter,
    root: Root,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    function: Function,
    arguments: list[Node],
    known: KnownRoles,
) -> tuple[list[Value], dict[str, Value]]:
    """Symbolic values for the parameters: sources for tensors, defaults that may not hold for settings."""
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    skip = 1 if function.bound is not None or (root.owner is not None and _takes_self(node)) else 0
    names = [parameter.arg for parameter in positional[skip:]]
    names += [parameter.arg for parameter in spec.kwonlyargs]
    roles = roles_of(names)
    if node.name.startswith("test_"):
        # A test is given fixtures and parameters: what it differentiates by is made in it.
        roles = {name: role if role == "callable" else "setting" for name, role in roles.items()}
    roles |= known.shown

    def argument(parameter: ast.arg, default: ast.expr | None, position: int) -> Value:
        name = parameter.arg
        owner = "" if node.name in ("forward", "__call__") else node.name
        made = Default(owner, name, position, None)
        record = record_of(interp, parameter, position) if name not in known.stated else None
        if record is not None:
            return record
        block = root.block
        used = roles[name] == "callable" or is_called(name, block.text) or asked_of(name, block)
        if name not in known.stated and used:
            if default is None and not is_iterated(parameter.annotation):
                others = [each for each in names if each != name]
                network = network_of(interp, parameter, node.name, position, others)
                if network is not None:
                    return network
                if root.owner is None and f"{name}(" in root.block.text:
                    handed = interp.given(node.name, name, position)
                    if handed is not None:
                        return handed
        return _argument(interp, parameter, default, roles[name], made, arguments, known.stated.get(name))

    given: list[Value] = []
    if skip and function.bound is None:
        given.append(interp.unknown(node, op="self"))
    first_default = len(positional) - len(spec.defaults)
    for index, parameter in enumerate(positional[skip:], start=skip):
        default = spec.defaults[index - first_default] if index >= first_default else None
        given.append(argument(parameter, default, index - skip))
    keywords = {
        parameter.arg: argument(parameter, default, len(given))
        for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    }
    if spec.vararg is not None:
        rest = interp.source(spec.vararg.arg, role_of(spec.vararg.arg), spec.vararg, len(given))
        arguments.append(rest.node)
        given.extend([rest] * 3)  # any number of them
    return given, keywords


def _takes_self(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg in ("self", "cls")


def _argument(
    interp: Interpreter,
    parameter: ast.arg,
    default: ast.expr | None,
    role: str,
    place: Default,
    arguments: list[Node],
    stated: str | None,
) -> Value:
    if stated is not None:
        tensor = interp.source(parameter.arg, stated, parameter, place.position)
        assert tensor.node.source is not None
        tensor.node.source.stated = True
        arguments.append(tensor.node)
        return tensor
    if isinstance(default, ast.Constant) and default.value is not None:
        return interp.setting(replace(place, value=default.value))
    if default is not None and not isinstance(default, ast.Constant):
        number = _number(default)
        if number is not None:
            return interp.setting(replace(place, value=number))
        if isinstance(default, (ast.Tuple, ast.List, ast.Dict)):
            return Seq([Const(None, known=False)], "tuple", False)
        if isinstance(default, (ast.Name, ast.Attribute, ast.Lambda, ast.Call)):
            given = interp.evaluate(default)
            if isinstance(given, (Function, Partial, Instance, External)):
                return given
    if parameter.annotation is not None and _is_plain(parameter.annotation):
        return Const(None, known=False)
    if role == "callable" and is_iterated(parameter.annotation):
        return Const(None, known=False)
    tensor = interp.source(parameter.arg, role, parameter, place.position)
    arguments.append(tensor.node)
    return tensor


def _number(expression: ast.expr) -> float | None:
    """The value of a number with a sign."""
    if not isinstance(expression, ast.UnaryOp) or not isinstance(expression.operand, ast.Constant):
        return None
    value = expression.operand.value
    if not isinstance(value, (int, float)):
        return None
    return -value if isinstance(expression.op, ast.USub) else value


def _is_plain(annotation: ast.expr) -> bool:
    """Whether an argument is annotated as what is no tensor and holds none: a number, an array."""
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    if getattr(named, "attr", getattr(named, "id", "")) in _ARRAYS:
        return True
    if isinstance(annotation, ast.Name):
        return annotation.id in _PLAIN
    if isinstance(annotation, ast.Constant):
        return annotation.value is None or str(annotation.value) in _PLAIN
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        if isinstance(annotation.value, ast.Name) and annotation.value.id == "Optional":
            return _is_plain(inner)
        if isinstance(annotation.value, ast.Name) and annotation.value.id in ("tuple", "Tuple"):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            dots = (isinstance(each, ast.Constant) and each.value is ... for each in parts)
            return all(dot or _is_plain(each) for each, dot in zip(parts, dots, strict=True))
        return isinstance(annotation.value, ast.Name) and annotation.value.id in ("Callable", "Literal")
    if isinstance(annotation, ast.BinOp):
        return _is_plain(annotation.left) and _is_plain(annotation.right)
    return False
