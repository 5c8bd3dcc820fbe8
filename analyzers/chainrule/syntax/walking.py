"""Walking through trees, in half the time of `ast.walk`, and comparing them."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below `node`, in the order of its fields."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif type(value) is list:
            found += [each for each in value if isinstance(each, ast.AST)]
    return found


def walk_tree(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and all that is below it, level by level."""
    found = [node]
    for each in found:
        yield each
        found += children(each)


def alike(one: object, other: object) -> bool:
    """Whether two trees, or parts of trees, are written alike, formatting apart."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return one is other or all(
            alike(getattr(one, name, None), getattr(other, name, None)) for name in one._fields
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return one == other
