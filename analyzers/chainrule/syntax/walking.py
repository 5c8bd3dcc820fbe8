"""Walking through trees, in less than half the time of `ast.walk`, and comparing them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Names, numbers, operators, and whether something is written to: most of what the fields of nodes hold.
_PLAIN = frozenset(("ctx", "op", "ops", "id", "attr", "arg", "kind"))


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each class of nodes under which others stand."""

    def __missing__(self, cls: type[ast.AST]) -> tuple[str, ...]:
        plain = {*_PLAIN, "value"} if cls is ast.Constant else _PLAIN
        found = self[cls] = tuple(name for name in cls._fields if name not in plain)
        return found


_FIELDS = _Fields()


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below `node`, in the order of its fields; contexts and operators are left out."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if type(value) is list:
            for each in value:
                if isinstance(each, ast.AST):
                    found.append(each)
        elif isinstance(value, ast.AST):
            found.append(value)
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
