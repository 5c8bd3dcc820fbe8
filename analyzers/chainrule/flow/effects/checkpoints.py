"""Activation checkpointing: the reentrant kind runs without gradients where no input of it needs one.

Source: the notes of torch.utils.checkpoint; `use_reentrant` is True where it is not given (torch 2.13 warns).
"""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, walk
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.trace import REENTRANT
from chainrule.flow.core.values import NONE, Const, Instance, Seq, Tensor, Value
from chainrule.flow.operations import iteration
from chainrule.flow.operations.freezing import FROZEN

_SETTINGS = frozenset(
    ("use_reentrant", "context_fn", "determinism_check", "debug", "preserve_rng_state", "early_stop")
)
# What nobody trains; of any other argument it is not known whether it needs a gradient.
_DATA = frozenset(("data", "target", "setting", FROZEN))


def checkpoint(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`checkpoint(function, *args)`: what `function` gives, whose graph is built when backward asks."""
    if not arguments:
        return NONE
    given = {name: value for name, value in keywords.items() if name not in _SETTINGS}
    result = interp.call(arguments[0], arguments[1:], given, at)
    return _unrecorded(interp, result, arguments[1:], keywords, at)


def sequential(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`checkpoint_sequential(functions, segments, input)`: one function after the other."""
    named = [keywords.get(name, NONE) for name in ("functions", "segments", "input")]
    functions, _, value = [*arguments, *named[len(arguments) :]][:3]
    before = value
    if isinstance(functions, Instance):
        value = interp.call(functions, [value], {}, at)
    else:
        for function in iteration.elements(interp, functions, at)[0]:
            value = interp.call(function, [value], {}, at)
    return _unrecorded(interp, value, [before], keywords, at)


def _unrecorded(
    interp: Interpreter, result: Value, inputs: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`result`, cut from its parameters where the reentrant kind of checkpoint does not record it."""
    kind = keywords.get("use_reentrant", Const(True))
    plain = isinstance(kind, Const) and kind.known and kind.value is not False
    given = interp.tensors(inputs)
    if not plain or not given or any(each.leaf or _may_need(each.node) for each in given):
        return result
    if isinstance(result, Seq):
        items = [_cut(interp, each, at) for each in result.items]
        return Seq(items, result.kind, result.exact, result.fields)
    return _cut(interp, result, at)


def _cut(interp: Interpreter, value: Value, at: ast.AST) -> Value:
    if not isinstance(value, Tensor):
        return value
    made = value.node
    edges = ((made, interp.gate(Cause.NO_GRAD, at, note=REENTRANT)),)
    return Tensor(interp.node("checkpoint", at, edges, kind=made.kind, dtype=made.dtype, within=made.bounds))


def _may_need(node: Node) -> bool:
    """Whether an input may need a gradient: what is learnt goes into it, or what was not seen."""
    return any(
        each.is_opaque if each.source is None else each.source.role not in _DATA
        for each in walk(node, lambda current: [parent for parent, gate in current.edges if gate is None])
    )
