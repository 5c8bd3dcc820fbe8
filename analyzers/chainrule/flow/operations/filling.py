"""Lists that an object keeps and its other methods fill: `self.log_probs.append(…)` in `act`."""

from __future__ import annotations

import ast

from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Class, Function, Instance, Seq

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
            if method.name not in _SETUP and method not in running and _appends(method, name):
                _run(interp, owner, cls, method)
    kept = interp.nodes([held])
    figures = any(node.kind == "scalar" for node in kept) and not _goes_back(interp)
    if figures or not any(map(_is_trained, kept)):
        held.items.clear()


def _goes_back(interp: Interpreter) -> bool:
    """Whether the root runs a backward pass: it has no list of figures to print in mind."""
    root = interp.frames[0].function
    return root is not None and any(
        isinstance(node, ast.Attribute) and node.attr == "backward" for node in ast.walk(root)
    )


def _appends(method: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a method calls `self.name.append(…)`."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _APPENDS
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == name
        for node in ast.walk(method)
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
