"""What functions and classes of a file do with what their calls give them: where each argument is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from chainrule.flow.core.program import Module
from chainrule.flow.core.uses import Functions, Place, attributes, names
from chainrule.syntax import Block, parse_block


class Taken(NamedTuple):
    """An argument: the function that takes it (None for a field of objects), its name, where it is read."""

    function: ast.AST | None
    name: str
    uses: list[Place]


def taken(module: Module, place: Place) -> list[Taken] | None:
    """The arguments that the expression at `place` is given for; None where it is not known who takes it."""
    around = place.around
    call = place.at(around).around if isinstance(around, ast.keyword) else around
    if not isinstance(call, ast.Call):
        return None
    found: list[Taken] = []
    for block, function, bound in _called(module, call.func):
        name = _name_of(function, bound, call, place)
        if name is None:
            return None
        if isinstance(function, ast.ClassDef):
            found.append(Taken(None, name, list(attributes(module, name))))
        else:
            inside = Place(block, function.body[0])
            found.append(Taken(function, name, list(names(module, name, inside))))
    return found or None


def arguments_of(function: ast.AST | None) -> list[str]:
    """The names of a function's arguments."""
    spec = function.args if isinstance(function, Functions) else None
    return [] if spec is None else [each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]


_Callee = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _called(module: Module, func: ast.expr) -> Iterator[tuple[Block, _Callee, bool]]:
    """What a call may run: a function, a class with its fields or its constructor, methods by their name.

    With each, whether its first argument is the object.
    """
    if isinstance(func, ast.Name):
        binding = module.binding(func.id) if func.id in module.bindings else None
        if binding is not None and isinstance(binding[1], Functions):
            yield binding[0], binding[1], False
        elif binding is not None and isinstance(binding[1], ast.ClassDef):
            made = _method(binding[1], "__init__")
            yield binding[0], made or binding[1], made is not None
    elif isinstance(func, ast.Attribute) and not func.attr.startswith("__"):
        for block in module.blocks:
            if f"def {func.attr}(" in block.text:
                for cls in parse_block(block).body:
                    method = _method(cls, func.attr) if isinstance(cls, ast.ClassDef) else None
                    if method is not None:
                        yield block, method, True


def _name_of(callee: _Callee, bound: bool, call: ast.Call, place: Place) -> str | None:
    """The name of the argument that the expression at `place` is given for."""
    if isinstance(callee, ast.ClassDef):
        fields = (each.target for each in callee.body if isinstance(each, ast.AnnAssign))
        listed = known = [each.id for each in fields if isinstance(each, ast.Name)]
    else:
        known = arguments_of(callee)
        listed = known[: len(callee.args.posonlyargs) + len(callee.args.args)][bound:]
    if isinstance(place.around, ast.keyword):
        name = place.around.arg
    else:
        at = next((i for i, each in enumerate(call.args) if each is place.node), len(listed))
        name = listed[at] if at < len(listed) else None
    return name if name in known else None


def _method(cls: ast.ClassDef, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    methods = (each for each in cls.body if isinstance(each, Functions))
    return next((each for each in methods if each.name == name), None)
