"""What gives names their values: assignments, loops, arguments, imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that gives a name a value.

    `value` is the bound expression; None when there is none to look at (a parameter, a loop variable,
    `+=`, an import). `path` says which element of an unpacked `value` it is: `_, i = topk(x, 2)` binds
    `i` to element `(1,)`.
    """

    name: str
    statement: ast.AST
    value: ast.expr | None
    path: tuple[int, ...] = ()


def bindings_of(node: ast.AST) -> Iterator[Binding]:
    """The names to which a statement, or a part of one, gives values."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpack(target, node, value, ())
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _unpack(target, node, value, ())
        case ast.NamedExpr(target=target, value=value):
            yield from _unpack(target, node, value, ())
        case ast.AugAssign(target=ast.Name(id=name)):
            yield Binding(name, node, None)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _unpack(target, node, None, ())
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from _unpack(item.optional_vars, node, None, ())
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            for alias in aliases:
                yield Binding(alias.asname or alias.name.split(".")[0], node, None)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield Binding(name, node, None)
        case ast.ExceptHandler(name=str() as name):
            yield Binding(name, node, None)
        case _:
            pass


def _unpack(
    target: ast.expr, statement: ast.AST, value: ast.expr | None, path: tuple[int, ...]
) -> Iterator[Binding]:
    match target:
        case ast.Name(id=name):
            yield Binding(name, statement, value, path)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else None
            for number, element in enumerate(elements):
                if values is not None and len(values) == len(elements) and not path:
                    yield from _unpack(element, statement, values[number], ())
                else:
                    yield from _unpack(element, statement, value, (*path, number))
        case ast.Starred(value=inner):
            yield from _unpack(inner, statement, None, ())
        case _:
            pass
