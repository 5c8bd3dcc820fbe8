"""Which functions may return what they have made anew of something that learns, by their syntax.

In a function that is no loss `torch.tensor([a, b])` and `x.data = …` are wrong only where that is returned,
and comes from a parameter. Most only make one of sizes, and following them takes thousands of steps.
"""

from __future__ import annotations

import ast

from chainrule.flow.core.forgetting import OBJECT, given_by, giving, holds
from chainrule.flow.core.program import Module
from chainrule.flow.core.trace import Root
from chainrule.flow.training import may_train
from chainrule.syntax import walk_tree

_DEFINITIONS = (
    "def ",
    "class ",
    "Most only make one of sizes, and following them takes thousands of steps.",
    "async ",
)


def may_rebuild(root: Root, module: Module) -> bool:
    """Whether a function may return what is a new tensor of what learns, or was written into it.

    An argument may learn or not. What certainly does is the object's own, the file's, or asked for; where a
    class does not show all that it holds, it may hold such.
    """
    function = root.node
    assert not isinstance(function, ast.Module)
    nodes = list(walk_tree(function))
    if not any(isinstance(node, ast.Return) and node.value is not None for node in nodes):
        return False
    if _uses_variables(nodes, module):
        return True
    if root.owner is None:
        return may_train(function)
    bases = {each.id for each in root.owner.bases if isinstance(each, ast.Name)}
    if "requires_grad" in root.block.text or not bases.isdisjoint(module.bindings):
        return True
    learnt = frozenset(OBJECT.findall(root.block.text))
    if not learnt or any(isinstance(node, ast.Attribute) and node.attr == "data" for node in nodes):
        return bool(learnt)
    methods = {each.name: each for each in root.owner.body if isinstance(each, ast.FunctionDef)}
    learnt |= giving(methods, learnt)
    given = given_by(nodes, learnt, _of_loops(nodes, learnt))
    made = (node for node in nodes if isinstance(node, ast.Call) and _rebuilds(node))
    return any(holds(each, learnt, given) for each in made)


def _of_loops(nodes: list[ast.AST], learnt: frozenset[str]) -> set[str]:
    """The names that stand for one of several layers: `for layer in self.layers`."""
    loops = (node for node in nodes if isinstance(node, (ast.For, ast.comprehension)))
    targets = (each.target for each in loops if holds(each.iter, learnt, set()))
    return {name.id for target in targets for name in walk_tree(target) if isinstance(name, ast.Name)}


def _rebuilds(call: ast.Call) -> bool:
    """`torch.tensor([a, b])`"""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name.endswith("ensor")


def _uses_variables(nodes: list[ast.AST], module: Module) -> bool:
    """Whether some code uses what the statements of its file assign: a network, a parameter."""
    used = {node.id for node in nodes if isinstance(node, ast.Name)} & module.bindings.keys()
    return any(not block.text.startswith(_DEFINITIONS) for name in used for block in module.bindings[name])
