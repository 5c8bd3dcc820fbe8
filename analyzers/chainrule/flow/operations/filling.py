"""Lists that an object keeps and its other methods fill: `self.log_probs.append(…)` in `act`."""

from __future__ import annotations

import ast
from functools import lru_cache

from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Class, Function, Instance, Seq
from chainrule.syntax import walk_tree

_APPENDS = frozenset(("append", "appendleft", "extend"))
_LEARNT = frozenset(("parameter", "callable"))
_SETUP = frozenset(("__init__", "forward", "__call__"))


def fill(interp: Interpreter, owner: Instance, name: str, held: Seq) -> None:
    """Put into the empty list `self.name` what the methods of its class append to it.

    Only what is computed from parameters: data that is collected says nothing about gradients. What else
    those methods do to the object is undone.
    """
    if owner.cls is None or (id(owner), name) in interp.filled:
        return
    interp.filled.add((id(owner), name))
    running = {frame.function for frame in interp.frames}
    for cls in owner.cls.lineage():
        for method in cls.methods.values():
            if method.name not in _SETUP and method not in running and name in _appended(method):
                _run(interp, owner, cls, method)
    kept = interp.nodes([held])
    figures = any(node.kind == "scalar" for node in kept) and not _goes_back(interp)
    if figures or not any(map(_is_trained, kept)):
        held.items.clear()


def _goes_back(interp: Interpreter) -> bool:
    """Whether the root runs a backward pass: it has no list of figures to print in mind."""
    root = interp.frames[0].function
    return root is not None and any(
        isinstance(node, ast.Attribute) and node.attr == "backward" for node in walk_tree(root)
    )


@lru_cache(maxsize=512)
def _appended(method: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The attributes to which a method appends: `self.name.append(…)`."""
    return frozenset(
        node.func.value.attr
        for node in walk_tree(method)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _APPENDS
        and isinstance(node.func.value, ast.Attribute)
    )


def _run(
    interp: Interpreter, owner: Instance, cls: Class, method: ast.FunctionDef | ast.AsyncFunctionDef
) -> None:
    attributes, stores = dict(owner.attributes), dict(interp.stores)
    told, hazards, backwards = len(interp.events), len(interp.hazards), len(interp.backwards)
    function = Function(method, cls.scope, cls.module, cls.block, cls, owner)
    with interp.apart():
        interp.call_function(function, None, {}, method)
    owner.attributes, interp.stores = attributes, stores
    del interp.events[told:], interp.hazards[hazards:], interp.backwards[backwards:]


def _is_trained(node: Node) -> bool:
    below = walk(node, lambda current: [parent for parent, _ in current.edges])
    return any(each.source is not None and each.source.role in _LEARNT for each in below)
