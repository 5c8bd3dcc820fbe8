"""Whether a function asks how many values there are before it takes their spread."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.flow.core.interpreter import Interpreter
from chainrule.syntax import walk_tree

_FEW = (1, 2)


def asks_how_many(interp: Interpreter, at: ast.AST) -> bool:
    """Whether some condition of the running function compares a size of what `at` is taken of with 1 or 2."""
    function = interp.frame.function
    if function is None:
        return False
    names = {each.id for each in walk_tree(at) if isinstance(each, ast.Name)}
    for each in walk_tree(function):
        if isinstance(each, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in names for target in each.targets
        ):
            names |= {part.id for part in walk_tree(each.value) if isinstance(part, ast.Name)}
    return any(
        _compares_with_few(test)
        and any(isinstance(part, ast.Name) and part.id in names for part in walk_tree(test))
        for test in _tests(function)
    )


def _tests(function: ast.AST) -> Iterator[ast.expr]:
    for each in walk_tree(function):
        if isinstance(each, (ast.If, ast.IfExp, ast.Assert, ast.While)):
            yield each.test
        elif isinstance(each, ast.comprehension):
            yield from each.ifs


def _compares_with_few(test: ast.expr) -> bool:
    return any(
        isinstance(each, ast.Compare)
        and any(
            isinstance(side, ast.Constant) and side.value in _FEW for side in (each.left, *each.comparators)
        )
        for each in walk_tree(test)
    )
