"""Which networks may compute their output past what they learn, by their syntax.

Following a whole network costs thousands of steps; most never turn what a layer gives into something else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from chainrule.flow.core.losing import loses, tells_about
from chainrule.flow.core.trace import Root
from chainrule.flow.core.triggers import may_lose
from chainrule.syntax import children, code_of, walk_tree

# `self.layer = nn.Linear(3, 3)`, `self.scale = nn.Parameter(...)`
OBJECT = re.compile(r"self\.(\w+)[^=\n]*= (?:\w+\.)*[A-Z]\w*\(")


def may_forget(root: Root) -> bool:
    """Whether calling a network turns what a layer or a parameter of it gives into what has no gradient."""
    if root.owner is None:
        return False
    learnt = frozenset(OBJECT.findall(root.block.text))
    methods = {each.name: each for each in root.owner.body if isinstance(each, ast.FunctionDef)}
    losing = _losing_methods(root, methods.values())
    if not learnt or not losing:
        return False
    learnt |= giving(methods, learnt)
    pending, seen = [("forward", False)], {"forward"}
    while pending:
        name, is_given = pending.pop()
        method = methods.get(name)
        if method is None:
            continue
        nodes = list(walk_tree(method))
        given = given_by(nodes, learnt, {each.arg for each in method.args.args[1:]} if is_given else set())
        if name in losing and _loses(nodes, learnt, given):
            return True
        for node in nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            called = node.func.attr
            if called in methods and called not in seen:
                seen.add(called)
                arguments = (*node.args, *(each.value for each in node.keywords))
                pending.append((called, any(holds(each, learnt, given) for each in arguments)))
    return False


def _losing_methods(root: Root, methods: Iterable[ast.FunctionDef]) -> set[str]:
    lines = code_of(root.block).split("\n")
    return {
        method.name
        for method in methods
        if method.name != "__init__" and may_lose("\n".join(lines[method.lineno - 1 : method.end_lineno]))
    }


def giving(methods: Mapping[str, ast.FunctionDef], learnt: frozenset[str]) -> frozenset[str]:
    """The methods that return what comes from a layer."""
    found = frozenset[str]()
    for _ in range(2):  # by way of another one
        for name, method in methods.items():
            if name in found or name in ("__init__", "forward"):
                continue
            nodes = list(walk_tree(method))
            returned = [
                each.value for each in nodes if isinstance(each, ast.Return) and each.value is not None
            ]
            given = given_by(nodes, learnt | found, set()) if returned else set()
            if any(holds(each, learnt | found, given) for each in returned):
                found |= {name}
    return found


def given_by(nodes: list[ast.AST], learnt: frozenset[str], given: set[str]) -> set[str]:
    """The names that hold what comes from a layer, besides those that are `given` to hold it."""
    for _ in range(2):  # what a loop carries is used before it is assigned
        for node in nodes:
            if isinstance(node, ast.Assign) and holds(node.value, learnt, given):
                targets = (name for target in node.targets for name in walk_tree(target))
                given.update(name.id for name in targets if isinstance(name, ast.Name))
    return given


def _loses(nodes: list[ast.AST], learnt: frozenset[str], given: set[str]) -> bool:
    losing = [node for node in nodes if _cuts(node) and holds(node, learnt, given)]
    if not losing:
        return False
    tests = {id(each) for node in nodes for test in _tests(node) for each in walk_tree(test)}
    return any(id(node) not in tests for node in losing)


def _cuts(node: ast.AST) -> bool:
    """Whether an expression is a comparison, or a call that may lose a gradient."""
    if isinstance(node, ast.Compare):
        return not any(isinstance(each, ast.Is | ast.IsNot | ast.In | ast.NotIn) for each in node.ops)
    return isinstance(node, ast.Call) and loses(node)


def _tests(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        return [node.test]
    return node.ifs if isinstance(node, ast.comprehension) else []


def holds(expression: ast.AST, learnt: frozenset[str], given: set[str]) -> bool:
    """Whether numbers of something learnt go into an expression."""
    pending: list[ast.AST] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and node.id in given:
            return True
        if isinstance(node, ast.Attribute):
            if tells_about(node.attr):
                continue
            if node.attr in learnt and isinstance(node.value, ast.Name) and node.value.id == "self":
                return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and tells_about(node.func.id):
            continue
        pending += children(node)
    return False
