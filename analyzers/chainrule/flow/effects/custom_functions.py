"""`F.apply(...)` of subclasses of torch.autograd.Function: the inputs flow as far as backward lets them."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Event, Gate
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.roles import LEARNS
from chainrule.flow.core.values import Class, Instance, Seq, Tensor, Value
from chainrule.flow.core.words import words
from chainrule.flow.effects.derivatives import ONCE
from chainrule.flow.effects.faults import Fault
from chainrule.flow.effects.function_faults import find_faults, holder, is_once_differentiable
from chainrule.flow.operations.inplace import leads_to_source
from chainrule.syntax import Block, walk_tree

# What chooses, and has no gradient though forward multiplies by it.
_CHOICES = frozenset(
    """mask masks index indices idx ids id label labels target targets valid keep flag flags length lengths
    gt truth batch""".split()
)


def apply_function(interp: Interpreter, cls: Class, arguments: list[Value], at: ast.AST) -> Value:
    """`cls.apply(...)`: the inputs flow where backward returns a gradient for them."""
    faults = find_faults(cls)
    everything = next((fault for fault in faults if fault.index is None and not fault.outside), None)
    edges: list[Edge] = []
    _tell_derived(interp, cls, faults, arguments, at)
    for index, argument in enumerate(arguments):
        hit = (each for each in faults if each.index == index and _applies(interp, each, arguments))
        fault = everything or next(hit, None)
        gate: Gate | None = None
        if fault is not None:
            block, where = _place(interp, cls, fault, at)
            gate = Gate(
                fault.cause, block, where, zero=fault.zero, note=fault.message, raises=fault.index is None
            )
        edges.extend((node, gate) for node in interp.nodes([argument]))
    forward = cls.methods.get("forward")
    tags = {"module-call", *([ONCE] if is_once_differentiable(cls) else ())}
    made = interp.node(cls.node.name, at, edges, tags=frozenset(tags))
    if forward is not None:
        for statement in walk_tree(forward):
            if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple):
                return Seq([Tensor(made) for _ in statement.value.elts], "tuple")
    return Tensor(made)


def called(interp: Interpreter, cls: Class, arguments: list[Value], at: ast.AST) -> Value:
    """`F(x)` and `F()(x)`: the first computes nothing, the second raises."""
    nodes = interp.nodes(arguments)
    if not nodes:
        return Instance(cls)
    name = cls.node.name
    text = f"`{name}` is called, but a Function runs by `{name}.apply(...)`: PyTorch raises here"
    gate = interp.gate(Cause.FUNCTION_CALL, at, raises=True, note=text)
    return Tensor(interp.node("call", at, [(node, gate) for node in nodes]))


def _place(interp: Interpreter, cls: Class, fault: Fault, at: ast.AST) -> tuple[Block, ast.AST]:
    told = holder(cls, fault)
    away = interp.depart(told.module, at, told.node.name)
    if away is None:
        return told.block, fault.at
    return away.block, away.inside(told.module, told.block, fault.at)


def _tell_derived(
    interp: Interpreter, cls: Class, faults: list[Fault], arguments: list[Value], at: ast.AST
) -> None:
    """Inputs without gradient that forward computes with, where by its name nobody waits for it."""
    for fault in faults:
        if not fault.derived or fault.index is None or fault.index >= len(arguments):
            continue
        argument = arguments[fault.index]
        if not isinstance(argument, Tensor):
            continue
        source = argument.node.source
        if source is None or source.role not in ("setting", "unknown", "data", "target"):
            continue
        if _CHOICES.isdisjoint({*words(source.name), *words(fault.message.split("`")[3])}):
            interp.events.append(
                Event(fault.cause, *_place(interp, cls, fault, at), argument.node, fault.message)
            )


def _applies(interp: Interpreter, fault: Fault, arguments: list[Value]) -> bool:
    """Whether a fault that depends on the call is one at a call with these arguments."""
    assert fault.index is not None
    if fault.asks is not None and interp.nodes(arguments[fault.asks : fault.asks + 1]):
        return False
    nodes = interp.nodes([arguments[fault.index]])
    if any(node.source is not None and node.source.role == "callable" for node in nodes):
        return False  # a function, not a result of one
    return not fault.waits or any(leads_to_source(node, LEARNS) for node in nodes)
