"""Which attributes of an object are whole numbers that its constructor was given."""

from __future__ import annotations

import ast

from chainrule.fixes.calls import integer
from chainrule.fixes.site import FixSite
from chainrule.syntax import walk_tree


def is_setting(site: FixSite, node: ast.expr) -> bool:
    """Whether an expression is an argument with a whole number as its default or type, or keeps one."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            pass
        case ast.Name(id=name):
            return site.function is not None and _is_whole(site.function.args, name)
        case _:
            return False
    for method in walk_tree(site.tree):
        if not isinstance(method, ast.FunctionDef) or method.name != "__init__":
            continue
        for statement in walk_tree(method):
            for target, value in _stored(statement):
                kept = isinstance(target, ast.Attribute) and target.attr == name
                if kept and isinstance(value, ast.Name) and _is_whole(method.args, value.id):
                    return True
                if kept and integer(value) is not None:
                    return True
    return False


def _stored(statement: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """What an assignment stores where, element by element."""
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            return list(zip(targets, values, strict=False))
        case ast.Assign(targets=[target], value=value):
            return [(target, value)]
        case _:
            return []


def _is_whole(given: ast.arguments, name: str) -> bool:
    positional = [*given.posonlyargs, *given.args][::-1]
    pairs = [*zip(positional, given.defaults[::-1], strict=False)]
    pairs += [(a, d) for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d is not None]
    for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs]:
        if argument.arg == name and isinstance(argument.annotation, ast.Name):
            return argument.annotation.id == "int"
    return any(argument.arg == name and integer(default) is not None for argument, default in pairs)
