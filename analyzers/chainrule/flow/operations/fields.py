"""Named tuples and data classes whose fields are replaced."""

from __future__ import annotations

import ast

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import ITEMS, NONE, Class, Const, External, Instance, Seq, Value
from chainrule.flow.operations.objects import ready


def named_tuple(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`namedtuple("Pose", "t r")`: the class that a `class Pose(NamedTuple)` defines too."""
    names = _names(arguments[1]) if len(arguments) > 1 else []
    if not names:
        return interp.unknown(at)
    body: list[ast.stmt] = [
        ast.copy_location(
            ast.AnnAssign(ast.Name(name, ast.Store()), ast.Name("object", ast.Load()), None, 1), at
        )
        for name in names
    ]
    node = ast.ClassDef(name="namedtuple", bases=[], keywords=[], body=body, decorator_list=[])
    made = Class(ast.copy_location(node, at), interp.frame.scope, interp.frame.module, interp.block)
    made.bases.append(External("typing.NamedTuple"))
    return made


def _names(fields: Value) -> list[str]:
    if isinstance(fields, Const):
        return fields.value.replace(",", " ").split() if isinstance(fields.value, str) else []
    items = fields.items if isinstance(fields, Seq) else []
    return [item.value for item in items if isinstance(item, Const) and isinstance(item.value, str)]


def replace(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`dataclasses.replace(record, field=value)`."""
    return replaced(interp, arguments[0], keywords, at) if arguments else NONE


def replaced(interp: Interpreter, record: Value, keywords: dict[str, Value], at: ast.AST) -> Value:
    """`record` with some fields set anew."""
    if not isinstance(record, Instance) or record.cls is None:
        return interp.unknown(at, [record, *keywords.values()])
    ready(interp, record)
    made = Instance(record.cls)
    fields = {name: value for name, value in record.attributes.items() if name != ITEMS}
    made.attributes.update({**fields, **keywords})
    made.attributes[ITEMS] = Seq([made.attributes[name] for name in fields], "tuple")
    return made
