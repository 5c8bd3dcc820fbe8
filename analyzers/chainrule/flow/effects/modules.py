"""Objects of library classes: layers, losses, distributions, containers and what modules inherit."""

from __future__ import annotations

import ast
import re

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Edge, Node, Saved
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.saving import saved
from chainrule.flow.core.values import NONE, Const, Function, Instance, Map, Seq, Tensor, Value
from chainrule.flow.effects import measures, operators, optimisers, standard_library
from chainrule.flow.effects.lifetime import record_backward
from chainrule.flow.numbers import single, starts
from chainrule.flow.operations import contexts, fields, freezing, hooks, iteration
from chainrule.flow.operations.attributes import store_attribute
from chainrule.flow.operations.containers import BETWEEN, call_container
from chainrule.flow.operations.copies import handed_back
from chainrule.flow.operations.holding import SEQUENTIAL, base_of, hold
from chainrule.flow.operations.inplace import touch
from chainrule.flow.operations.objects import learns, ready
from chainrule.flow.operations.overwritten import is_parameter, overwrite
from chainrule.flow.operations.parameter_names import name_object
from chainrule.gradient_facts import lookup

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z][a-z])")
_SAMPLES = frozenset(("sample", "sample_n"))
_OF_CONTAINERS = frozenset(
    """append extend insert pop popleft popitem setdefault add_module items keys values get update clear copy
    __len__ __iter__""".split()
)
_TRAINING = frozenset(
    ("train", "eval", "requires_grad_", "to", "cuda", "cpu", "double", "float", "half", "apply")
)


def call_external_instance(
    interp: Interpreter, instance: Instance, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`layer(x)`, `criterion(pred, target)` for an object of a library class."""

    dotted = instance.external
    if dotted == "torch.nn.Identity" and arguments:
        return arguments[0]
    if dotted == SEQUENTIAL:
        return call_in_sequence(interp, instance, arguments, at)
    if dotted in ("torch.no_grad", "torch.inference_mode", "torch.enable_grad") and arguments:
        return _wrapped(interp, instance, arguments[0])
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


def _wrapped(interp: Interpreter, instance: Instance, function: Value) -> Value:
    """`torch.no_grad()(f)`: calls of the result run under that grad mode; kept as it is."""
    return function


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
    """A layer keeps its input, its state too, for its weight's gradient, and its weight for its input's."""
    if not isinstance(weight, Tensor) or name.startswith(("Embedding", "BatchNorm")):
        return ()
    keep = [saved(value, weight.node) for value in inputs]
    return (*keep, *(saved(weight, value.node) for value in inputs[:1]))


def call_in_sequence(interp: Interpreter, owner: Instance, arguments: list[Value], at: ast.AST) -> Value:
    """`layers(x)` for a `Sequential`: each layer is called on what the one before it gives."""
    value: Value = arguments[0] if arguments else NONE
    layers = iteration.elements(interp, iteration.held(interp, owner) or NONE, at)[0]
    for index, layer in enumerate(layers):
        between = isinstance(layer, Instance) and BETWEEN in layer.arguments
        if not between or layer is not layers[-1] or index == 0:
            value = interp.call(layer, [value], {}, at)
    return value


def call_object_method(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)` where no analysed class defines `name`."""
    if owner.cls is not None and not base_of(owner.cls):
        return call_base_method(interp, owner, name, arguments, keywords, at)
    if owner.external.startswith("torch.distributions."):
        return _distribution(interp, owner, name, arguments, keywords, at)
    return _container(interp, owner, name, arguments, keywords, at)


def call_base_method(
    interp: Interpreter,
    owner: Value,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """A method that a library base class provides (nn.Module and the like)."""

    if isinstance(owner, Instance):
        if name == "__init__":
            if owner.cls is not None:
                hold(interp, owner, base_of(owner.cls), arguments, at)
            return NONE
        if name == "_replace":
            return fields.replaced(interp, owner, keywords, at)
        if name == "step" and owner.external.startswith("torch.optim."):
            return optimisers.step(interp, owner, arguments, at)
        if name == "step" and owner.external.endswith(".GradScaler"):
            return optimisers.scaled_step(interp, arguments, at)
        if name in ("enter_context", "enter_async_context") and arguments:
            return contexts.enter(interp, arguments[0], at)
        if name == "__enter__":
            return contexts.enter(interp, owner, at)
        if name == "__exit__" and contexts.context_gate(interp, owner, at) is not None:
            interp.mode = None
            return NONE
        if name in ("register_buffer", "register_parameter", "add_module", "register_module", "__setattr__"):
            return _register(interp, owner, name, arguments, keywords, at)
        if name in (hooks.BEFORE, hooks.AFTER, hooks.BACKWARD) and arguments:
            hooks.register(owner, name, arguments[0])
            return Const(None, known=False)
        if name in ("named_modules", "named_children"):
            return hooks.named_modules(interp, owner)
        if name in ("parameters", "named_parameters", "state_dict", "buffers", "modules", "children"):
            return _parameters(interp, owner, name, at)
        if name == "load_state_dict" and arguments:
            ready(interp, owner)
            overwrite(interp, filter(is_parameter, interp.tensors([owner])), arguments[:1], at)
            return NONE
        if name in _TRAINING:
            if name == "requires_grad_":
                ready(interp, owner)
                flag = arguments[0] if arguments else keywords.get("requires_grad", Const(True))
                freezing.set_trained(interp, interp.tensors([owner]), flag)
            return owner
        if name == "__call__" or (name == "forward" and owner.cls is None):
            return interp.call(owner, arguments, keywords, at)
        if name == "apply" or name == "manual_backward":
            return _apply(interp, owner, arguments, at)
        if owner.cls is not None and owner.cls.is_function:
            return interp.unknown(at, arguments)
        if name == "backward" or name == "manual_backward":
            return _apply(interp, owner, arguments, at)
        if name in ("log", "log_dict", "save_hyperparameters", "print", "info", "debug", "add_scalar"):
            return NONE
    if isinstance(owner, Function):
        return interp.call_function(owner, arguments, keywords, at)
    if isinstance(owner, Instance) and owner.cls is not None:
        return interp.unknown(at, [*arguments, *keywords.values()], opaque=True)
    return interp.unknown(at, [owner, *arguments, *keywords.values()])


def _apply(interp: Interpreter, owner: Instance, arguments: list[Value], at: ast.AST) -> Value:
    """`self.manual_backward(loss)`, `accelerator.backward(loss)`."""

    for value in arguments[:1]:
        if isinstance(value, Tensor):
            record_backward(interp, value.node, False, at)
    return NONE


def _register(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    label = arguments[0] if arguments else keywords.get("name")
    value = arguments[1] if len(arguments) > 1 else next(iter(keywords.values()), NONE)
    if isinstance(label, Const) and isinstance(label.value, str):
        if name == "register_buffer" and isinstance(value, Tensor) and value.node.source is None:
            value = Tensor(Node("buffer", interp.block, at, value.node.edges, dtype=value.node.dtype))
        store_attribute(interp, owner, label.value, value, at, at)
    return NONE


def _parameters(interp: Interpreter, owner: Instance, name: str, at: ast.AST) -> Value:
    ready(interp, owner)
    leaves: list[Value] = [
        tensor
        for tensor in interp.tensors([owner])
        if tensor.node.op == "copy"
        or (tensor.node.source is not None and tensor.node.source.role in ("parameter", freezing.FROZEN))
    ]
    for leaf in leaves:
        if isinstance(leaf, Tensor):
            handed_back(interp, leaf.node)
    if name == "state_dict":
        gate = interp.gate(Cause.DETACH, at, note="state_dict")
        detached = [
            Tensor(interp.node("state", at, ((leaf.node, gate),)))
            for leaf in leaves
            if isinstance(leaf, Tensor)
        ]
        return Map({}, interp.join(detached, at) if detached else NONE)
    if name == "named_parameters":
        leaves = [Seq([Const(None, known=False), leaf], "tuple") for leaf in leaves]
    if name in ("modules", "children"):
        leaves = [value for value in owner.attributes.values() if isinstance(value, Instance)]
    return Seq(leaves, "parameters" if name.endswith("parameters") else "generator", False)


def _container(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """`owner.name(...)` for what may hold items: a list of layers, a `class Bank(dict)`."""
    items = iteration.held(interp, owner)
    if items is not None and name in _OF_CONTAINERS:
        if name in ("append", "add_module", "insert") and arguments and isinstance(arguments[-1], Instance):
            if owner.name:
                name_object(arguments[-1], f"{owner.name}.{len(items.items)}")
        return call_container(interp, items, name, arguments, keywords, at)
    return call_base_method(interp, owner, name, arguments, keywords, at)


def _distribution(
    interp: Interpreter,
    owner: Instance,
    name: str,
    arguments: list[Value],
    keywords: dict[str, Value],
    at: ast.AST,
) -> Value:
    """Methods of torch.distributions: sample() has no graph, rsample() is reparametrised."""
    parameters = interp.nodes(owner.arguments.values())
    if name in _SAMPLES:
        gate = interp.gate(Cause.SAMPLING, at)
        known = lookup(f"{owner.external}.rsample") is not None
        tags = frozenset({"rsample"}) if known else frozenset()
        return Tensor(interp.node("sample", at, [(node, gate) for node in parameters], tags=tags))
    if name == "rsample":
        drawn = Tensor(interp.node("rsample", at, [(node, None) for node in parameters]))
        interp.put(owner.attributes, "<sample>", drawn)
        return drawn
    if name in ("expand", "to_event"):
        return owner
    values = interp.nodes([*arguments, *keywords.values()])
    edges: list[Edge] = [(node, None) for node in [*parameters, *values]]
    drawn_before = owner.attributes.get("<sample>")
    if name == "log_prob" and isinstance(drawn_before, Tensor):
        if (
            any(node is drawn_before.node for node in values)
            and owner.external.rpartition(".")[2] in _LOCATIONS
        ):
            edges = _own_sample(interp, owner, drawn_before, at)
    if name in ("mean", "variance", "stddev", "entropy", "perplexity", "cdf", "icdf", "log_prob"):
        return Tensor(interp.node(name, at, edges, within=bounds.of_call(name, bounds.ANY)))
    return Tensor(interp.node(name, at, edges))


# Location-scale families: log_prob of an own reparametrised sample does not depend on the location.
_LOCATIONS = {
    "Normal": "loc",
    "Laplace": "loc",
    "Cauchy": "loc",
    "Gumbel": "loc",
    "MultivariateNormal": "loc",
}


def _own_sample(interp: Interpreter, owner: Instance, drawn: Tensor, at: ast.AST) -> list[Edge]:
    location = owner.arguments.get("0") or owner.arguments.get("loc")
    others = [value for key, value in owner.arguments.items() if key not in ("0", "loc")]
    gate = interp.gate(Cause.DEGENERATE, at, zero=True, note="own sample")
    edges: list[Edge] = [(node, None) for node in interp.nodes(others)]
    if location is not None:
        edges.extend((node, gate) for node in interp.nodes([location]))
    edges.append((drawn.node, gate))
    return edges
