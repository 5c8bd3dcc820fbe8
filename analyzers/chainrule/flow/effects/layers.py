"""Calls of objects of library classes: layers, losses and what wraps a function."""

from __future__ import annotations

import ast
import re

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Node, Saved
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.saving import saved
from chainrule.flow.core.values import NONE, Const, Instance, Partial, Seq, Tensor, Value
from chainrule.flow.effects import measures, operators, standard_library
from chainrule.flow.numbers import single, starts
from chainrule.flow.operations import contexts, hooks, iteration
from chainrule.flow.operations.containers import BETWEEN
from chainrule.flow.operations.holding import SEQUENTIAL
from chainrule.flow.operations.inplace import touch
from chainrule.flow.operations.objects import learns
from chainrule.gradient_facts import lookup

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z][a-z])")


def call_external_instance(
    interp: Interpreter, instance: Instance, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`layer(x)`, `criterion(pred, target)`, `no_grad()(f)` for an object of a library class."""
    dotted = instance.external
    if dotted == "torch.nn.Identity" and arguments:
        return arguments[0]
    if dotted == SEQUENTIAL:
        return call_in_sequence(interp, instance, arguments, at)
    if dotted in contexts.DECORATING and arguments:
        return Partial(arguments[0], [], {}, contexts.context_gate(interp, instance, at))
    if dotted in standard_library.GETTERS and arguments:
        return standard_library.get(interp, instance, arguments[0], at)
    if dotted.startswith("torch.nn."):
        operator = lookup(dotted)
        if operator is not None and operator.builds and not learns(dotted):
            called = lookup(operator.builds)
            if called is not None:
                axis = instance.arguments.get("dim", instance.arguments.get("0"))
                if axis is not None and dotted.endswith("oftmax"):
                    keywords = {"dim": axis, **keywords}
                for flag in ("inplace", "return_indices"):
                    if flag in operator.arguments and not _follows_itself(dotted, arguments):
                        place = str(operator.arguments.index(flag))
                        made = instance.arguments
                        keywords = {flag: made.get(flag, made.get(place, NONE)), **keywords}
                return operators.apply(interp, called, functional_name(dotted), arguments, keywords, at)
        return _layer(interp, instance, arguments, keywords, at)
    operator = measures.score(dotted)
    if operator is not None:
        return operators.apply(interp, operator, operator.name, arguments, keywords, at)
    return interp.unknown(at, [instance, *arguments, *keywords.values()])


def functional_name(dotted: str) -> str:
    """`torch.nn.MSELoss` → `mse_loss`: the function behind a layer without parameters."""
    name = _CAPITAL.sub("_", dotted.rpartition(".")[2]).lower()
    return "cross_entropy" if name == "cross_entropy_loss" else name


def _follows_itself(dotted: str, arguments: list[Value]) -> bool:
    """Whether an activation is put on its own result: in a list that a loop fills, layers stand between."""
    given = arguments[0] if arguments else NONE
    return isinstance(given, Tensor) and given.node.op == functional_name(dotted)


def _layer(
    interp: Interpreter, instance: Instance, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    name = instance.external.rpartition(".")[2]
    first = arguments[0] if arguments else None
    gate = single.constant(interp, name, {}, first, at) if isinstance(first, Tensor) else None
    edges: list[Edge] = [(node, gate) for node in interp.nodes([*arguments, *keywords.values()])]
    weight = instance.attributes.get("weight")
    if isinstance(weight, Tensor) and instance.hooks:
        weight = hooks.parametrised(interp, instance, "weight", weight, at)
    tags: frozenset[str] = frozenset()
    if isinstance(weight, Tensor):
        edges.append((weight.node, None))
        tags = frozenset({"module-call"})
    if "one-output" in instance.arguments:
        tags |= single.CHANNEL if "Conv" in instance.external else single.LINEAR
    if name == "Embedding":
        if isinstance(weight, Tensor) and _is_given(instance, "max_norm", 3):
            touch(interp, weight, at)  # rows that are too long are shortened in place
        edges = [(n, None if n is getattr(weight, "node", None) else interp.gate(None, at)) for n, _ in edges]
    made = interp.node(name, at, edges, tags=tags)
    if interp.starts and isinstance(weight, Tensor) and name.startswith(("Linear", "Conv")):
        starts.of_layer(
            interp, made, weight.node, instance.attributes.get("bias", instance.arguments.get("bias"))
        )
    made.saved = _saved_by_layer(name, interp.tensors(arguments), weight)
    if name in ("LSTM", "GRU", "RNN", "MultiheadAttention", "LSTMCell"):
        second: Value = Tensor(made)
        if name == "LSTM":
            second = Seq([Tensor(made), Tensor(made)], "tuple")
        if name == "LSTMCell":
            return Seq([Tensor(made), Tensor(made)], "tuple")
        return Seq([Tensor(made), second], "tuple")
    return Tensor(made)


def _is_given(instance: Instance, name: str, place: int) -> bool:
    """Whether an object was made with another value than None for an option of its class."""
    value = instance.arguments.get(name, instance.arguments.get(str(place), NONE))
    return not (isinstance(value, Const) and value.known and value.value is None)


def _saved_by_layer(name: str, inputs: list[Tensor], weight: Value | None) -> tuple[Saved, ...]:
    """A layer keeps its inputs, a state too, for its weights' gradient, and its weights for that of each."""
    if not isinstance(weight, Tensor) or name.startswith(("Embedding", "BatchNorm")):
        return ()
    keep = [saved(value, weight.node) for value in inputs]
    return (*keep, *(saved(weight, value.node) for value in inputs))


def call_in_sequence(interp: Interpreter, owner: Instance, arguments: list[Value], at: ast.AST) -> Value:
    """`layers(x)` for a `Sequential`: each layer is called on what the one before it gives."""
    value: Value = arguments[0] if arguments else NONE
    layers = iteration.elements(interp, iteration.held(interp, owner) or NONE, at)[0]
    for index, layer in enumerate(layers):
        between = isinstance(layer, Instance) and BETWEEN in layer.arguments
        if not between or layer is not layers[-1] or index == 0:
            value = interp.call(layer, [value], {}, at)
            if isinstance(layer, Instance) and isinstance(value, Tensor):
                _blame_layer(layer, value.node, at)
    return value


def _blame_layer(layer: Instance, made: Node, at: ast.AST) -> None:
    """A layer whose output is constant is at fault where it was made: no line calls it alone."""
    for _, gate in made.edges:
        if gate is not None and gate.cause is Cause.DEGENERATE and gate.at is at and layer.made is not None:
            gate.block, gate.at = layer.made
