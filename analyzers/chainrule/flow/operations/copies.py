"""Copies: copy.copy, copy.deepcopy, torch.func.stack_module_state, torch.jit.freeze.

The gradient of a copy stays with the copy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import OPTIMISED, Edge, Gate, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import NONE, Instance, Map, Seq, Tensor, Value
from chainrule.flow.operations.leaves import start_afresh
from chainrule.flow.operations.objects import ready

COPY = "copy"
"""The note of a gate between a copy and what it was made of."""
TRAINED = "trained copy"
"""The note of such a gate, without a cause any more, where an optimiser trains the copy for itself."""


def copy(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """copy.copy and copy.deepcopy make new leaves of leaves; deepcopy of a computed tensor raises."""
    first = arguments[0] if arguments else NONE
    if isinstance(first, Seq):
        return Seq(list(first.items), first.kind, first.exact)
    if isinstance(first, Map):
        return Map(dict(first.items), first.rest)
    if not isinstance(first, (Tensor, Instance)):
        return first
    # What an object copies when it is made is its own to train.
    building = any(getattr(frame.function, "name", "") == "__init__" for frame in interp.frames)
    if isinstance(first, Instance):
        if building or not _learns(interp, first):
            return Instance(first.cls, first.external)
        return _structure(interp, first, interp.gate(Cause.REWRAP, at, note=COPY), at)
    source = first.node.source
    if source is not None and source.role in ("callable", "unknown", "data"):
        if building or source.role != "callable":
            return interp.unknown(at)
        return Tensor(_cut(interp, first.node, interp.gate(Cause.REWRAP, at, note=COPY), at))
    if first.node.kind == "tensor" and first.node.op != "call":
        return Tensor(interp.node("copy", at, ((first.node, interp.gate(Cause.REWRAP, at, note=COPY)),)))
    return first


def stacked(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`torch.func.stack_module_state(models)`: all parameters in new leaves, and buffers."""
    models = [*arguments, *keywords.values()]
    gate = interp.gate(Cause.REWRAP, at, note=COPY)
    leaves = Tensor(interp.node("copy", at, [(node, gate) for node in interp.nodes(models)]))
    return Seq([Map({}, leaves), Map({}, interp.unknown(at))], "tuple", exact=True)


def frozen(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`torch.jit.freeze(module)`: a module like it, whose parameters have become constants."""
    first = arguments[0] if arguments else NONE
    return (
        _structure(interp, first, interp.gate(Cause.REWRAP, at), at) if isinstance(first, Instance) else first
    )


def trained(interp: Interpreter, values: Iterable[Value]) -> None:
    """An optimiser trains `values`: the copies among them are trained for themselves."""
    values = list(values)
    for tensor in interp.tensors(values):
        start_afresh(interp, tensor)
    for node in interp.nodes(values):
        node.tags |= {OPTIMISED}
        for each in (node, *(parent for parent, _ in node.edges)):
            for _, gate in each.edges if each.op == "copy" else ():
                if gate is not None and gate.note == COPY:
                    gate.cause, gate.note = None, TRAINED


def handed_back(interp: Interpreter, node: Node) -> None:
    """Somebody goes through the parameters of `node`, a network: what its copies learn comes back to it."""
    gate = interp.copied.get(id(node))
    if gate is not None:
        gate.cause, gate.note = None, COPY


def _learns(interp: Interpreter, module: Instance) -> bool:
    ready(interp, module)
    return any(tensor.leaf for tensor in interp.tensors([module]))


def _cut(interp: Interpreter, node: Node, gate: Gate, at: ast.AST) -> Node:
    edges: tuple[Edge, ...] = ((node, gate),)
    if gate.note == COPY:
        interp.copied[id(node)] = gate
    return interp.node("copy" if gate.note == COPY else "constant", at, edges)


def _structure(interp: Interpreter, module: Instance, gate: Gate, at: ast.AST) -> Value:
    """A module like `module`, with the same parts, whose parameters are behind `gate`."""
    copies: dict[int, Value] = {}

    def like(value: Value) -> Value:
        known = copies.get(id(value))
        if known is not None:
            return known
        made = value
        if isinstance(value, Tensor) and value.leaf:
            made = Tensor(_cut(interp, value.node, gate, at))
        elif isinstance(value, Seq):
            made = Seq([like(item) for item in value.items], value.kind, value.exact, value.fields)
        elif isinstance(value, Instance):
            ready(interp, value)
            made = copies[id(value)] = Instance(value.cls, value.external)
            made.arguments = {name: like(given) for name, given in value.arguments.items()}
            made.hooks = value.hooks
            made.attributes = {name: like(held) for name, held in value.attributes.items()}
        copies[id(value)] = made
        return made

    return like(module)


def call_with_parameters(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`torch.func.functional_call(module, parameters, args)`: the module's own parameters are not used."""
    parameters = arguments[1] if len(arguments) > 1 else keywords.get("parameter_and_buffer_dicts", NONE)
    if not interp.nodes([parameters]):
        return interp.unknown(at, [*arguments, *keywords.values()])
    inputs = [*arguments[2:], *(v for k, v in keywords.items() if k not in ("module", "strict"))]
    edges: list[Edge] = [(node, None) for node in interp.nodes([parameters])]
    for node in interp.nodes(inputs):
        plain = node.source is not None and node.source.role in ("data", "unknown")
        edges.append((node, interp.gate(None, at) if plain else None))
    return Tensor(interp.node("call", at, edges, tags=frozenset({"module-call"})))
