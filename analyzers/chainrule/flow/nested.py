"""Functions that no top-level `def` is: what a function makes and returns, and lambdas with a name.

`make_loss(weight)` returns the function that is called in training; `hinge_loss = lambda score, y: …` is one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from chainrule.flow.arguments import symbolic_arguments
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.kinds import Kind, kind_of, measures
from chainrule.flow.core.program import Module
from chainrule.flow.core.stated import NOTHING_KNOWN
from chainrule.flow.core.trace import Root
from chainrule.flow.core.values import Function
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.syntax import Block, children, parse_block, walk_tree

_LAMBDA = re.compile(r"(\w+)[^\S\n]*(?::[^=\n]+)?=\s*\(?\s*lambda\b")
# What an argument of the outer function is called matters less than those of the inner one.
_BEHIND = 100


def returned_functions(root: Root) -> Iterator[Root]:
    """The functions that a function defines and returns, as roots of their own."""
    outer = root.node
    if isinstance(outer, ast.Module) or root.block.text.count("def ") < 2:
        return
    inside = [
        each for each in _statements(outer) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    if not inside:
        return
    returned = {
        each.value.id
        for each in _statements(outer)
        if isinstance(each, ast.Return) and isinstance(each.value, ast.Name)
    }
    given = _given_away(outer) if "backward(" in root.block.text else frozenset()
    for function in inside:
        trains = function.name in given and any(
            isinstance(node, ast.Attribute) and node.attr == "backward" for node in walk_tree(function)
        )
        if (function.name in returned or trains) and not function.decorator_list:
            kind = kind_of(function, None)
            if kind is Kind.NEUTRAL:
                named = LOSS_WORDS.intersection(words(outer.name))
                # `make_accuracy`, not only `accuracy`.
                made = outer.name.partition("_")[2] or outer.name
                kind = Kind.LOSS if named else Kind.METRIC if measures(made) else kind
            yield Root(f"{root.name}.{function.name}", root.block, function, None, kind, outer)


def _given_away(outer: ast.AST) -> frozenset[str]:
    """Names that a function gives to others, `Engine(update)`, or returns among others, and never calls."""
    given: set[str] = set()
    called: set[str] = set()
    for node in walk_tree(outer):
        if isinstance(node, ast.Call):
            called.update(each.id for each in (node.func,) if isinstance(each, ast.Name))
            steps = isinstance(node.func, ast.Attribute) and node.func.attr == "step"  # it is run there
            found = called if steps else given
            found.update(each.id for each in node.args if isinstance(each, ast.Name))
            found.update(each.value.id for each in node.keywords if isinstance(each.value, ast.Name))
        elif isinstance(node, ast.Return) and isinstance(node.value, (ast.Tuple, ast.Dict)):
            given.update(each.id for each in walk_tree(node.value) if isinstance(each, ast.Name))
    return frozenset(given - called)


def lambdas(block: Block) -> Iterator[Root]:
    """A block that binds a lambda to the name of a loss."""
    head = _LAMBDA.match(block.text)
    if head is None or LOSS_WORDS.isdisjoint(words(head.group(1))):
        return
    for statement in parse_block(block).body:
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, ast.Lambda):
            made = ast.FunctionDef(
                name=head.group(1),
                args=value.args,
                body=[ast.copy_location(ast.Return(value.body), value.body)],
                decorator_list=[],
            )
            ast.copy_location(made, statement)
            yield Root(made.name, block, made, None, kind_of(made, None))


def enclosed(interp: Interpreter, module: Module, root: Root) -> Function | None:
    """The function of a root that another one returns: that one is run, and what it leaves is closed over."""
    outer = root.outer
    if outer is None:
        return None
    function = Function(outer, module.scope, module, root.block)
    around: list[Node] = []
    whole = Root(root.name, root.block, outer, None, root.kind)
    given, keywords = symbolic_arguments(interp, whole, outer, function, around, NOTHING_KNOWN)
    for node in around:
        if node.source is not None:
            node.source.position += _BEHIND
    interp.call_function(function, given, keywords, outer)
    return interp.defined(root.node)


def _statements(function: ast.AST) -> Iterator[ast.AST]:
    """The statements of a function without those of the functions in it."""
    pending = children(function)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.stmt, ast.ExceptHandler)):
            yield node
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                pending += children(node)
