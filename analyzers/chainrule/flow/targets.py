"""What is assigned to: names, attributes, items, and several at once."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Instance, Tensor, Value
from chainrule.flow.operations import inplace, iteration
from chainrule.flow.operations.attributes import store_attribute
from chainrule.flow.operations.leaves import before_edits, is_told, loses_leaf, reads_gradient
from chainrule.flow.operations.parameter_names import name_object


def assign_target(interp: Interpreter, target: ast.expr, value: Value, at: ast.AST) -> None:
    """`target = value`."""
    if isinstance(target, ast.Name):
        binds = isinstance(at, ast.stmt)  # no loop over what is at hand
        if binds and isinstance(value, Tensor) and not value.leaf and interp.mode is None:
            _lost_leaf(interp, interp.frame.scope.names.get(target.id), value, target.id, at)
        interp.put(interp.names_for(target.id), target.id, value)
        if isinstance(value, Tensor) and value.leaf and value.node.source is not None:
            _name_source(value, target.id)
        elif isinstance(value, Instance) and _names_objects(interp):
            name_object(value, target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        star = next((i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)), None)
        parts = iteration.unpack(interp, value, len(target.elts), star, at)
        for each, part in zip(target.elts, parts, strict=True):
            assign_target(interp, each, part, at)
    elif isinstance(target, ast.Starred):
        assign_target(interp, target.value, value, at)
    elif isinstance(target, ast.Attribute):
        store_attribute(interp, interp.evaluate(target.value), target.attr, value, target, at)
    elif isinstance(target, ast.Subscript):
        inplace.store_item(interp, target, value, at)


def _lost_leaf(interp: Interpreter, old: Value | None, value: Tensor, name: str, at: ast.AST) -> None:
    """The name holds no leaf: `w = w - lr * w.grad`, `w = torch.zeros(3, requires_grad=True).cuda()`."""
    if isinstance(old, Tensor) and old.leaf and any(parent is old.node for parent, _ in value.node.edges):
        if before_edits(value.node) is not old.node and reads_gradient(interp, name, at):
            interp.event(Cause.NON_LEAF, at, value.node, name)
    elif loses_leaf(interp, value.node) and not is_told(interp, value.node):
        interp.event(Cause.NON_LEAF, at, value.node, name)


def _names_objects(interp: Interpreter) -> bool:
    """Whether an object is known by the variable that holds it: not what a helper makes, or `__init__`."""
    frame = interp.frame
    return frame.function in (None, interp.frames[0].function) and "self" not in frame.scope.names


def _name_source(tensor: Tensor, name: str) -> None:
    source = tensor.node.source
    if source is not None and source.name.startswith("<"):
        source.name = name
