"""Places in a file that no run passes through both of."""

from __future__ import annotations

import ast

from chainrule.syntax import Block, parse_block, walk_tree


def are_exclusive(block: Block, one: ast.AST, other: ast.AST) -> bool:
    """Whether no run passes through two places, or through the calls of the two functions around them."""
    tree = parse_block(block)
    if _are_apart(tree, one, other):
        return True
    calls = [_calls_around(tree, each) for each in (one, other)]
    return all(calls) and all(_are_apart(tree, first, second) for first in calls[0] for second in calls[1])


def _calls_around(tree: ast.Module, place: ast.AST) -> list[ast.Call]:
    """The calls, in the same block, of the function that a place is in."""
    around = [
        each.name
        for each in walk_tree(tree)
        if isinstance(each, ast.FunctionDef) and any(node is place for node in walk_tree(each))
    ]
    named = around[-1:]
    return [
        each
        for each in walk_tree(tree)
        if isinstance(each, ast.Call) and ast.unparse(each.func).rpartition(".")[2] in named
    ]


def _are_apart(tree: ast.Module, one: ast.AST, other: ast.AST) -> bool:
    """Whether two places are in different arms of an `if`, or one of them after a return."""
    for branch in walk_tree(tree):
        if not isinstance(branch, ast.If):
            continue
        if isinstance(branch.body[-1], ast.Return) and getattr(other, "lineno", 0) > branch.body[-1].lineno:
            if any(node is one for each in branch.body for node in walk_tree(each)):
                return True
        if branch.orelse:
            arms = [
                {id(node) for each in arm for node in walk_tree(each)} for arm in (branch.body, branch.orelse)
            ]
            if any(id(one) in arm and id(other) in rest for arm, rest in (arms, arms[::-1])):
                return True
    return False
