"""Calls of library names: torch, numpy, math and what else loses run into."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import (
    NONE,
    Const,
    Function,
    Instance,
    Method,
    Partial,
    Seq,
    Tensor,
    Value,
)
from chainrule.flow.effects import (
    beyond_torch,
    checkpoints,
    layers,
    measures,
    operators,
    out_arguments,
    standard_library,
    type_tests,
)
from chainrule.flow.effects.creation import fresh, rebuilt
from chainrule.flow.effects.derivatives import (
    DERIVATIVES,
    DERIVED,
    TRANSFORMS,
    derived,
    functional,
    gradients,
    transformed,
)
from chainrule.flow.effects.lifetime import record_backward
from chainrule.flow.effects.mapped import mapped
from chainrule.flow.numbers.starts import restart, start
from chainrule.flow.operations import contexts, copies, hooks
from chainrule.flow.operations.objects import external_instance
from chainrule.flow.operations.overwritten import is_parameter, overwrite
from chainrule.flow.operations.switching import switch
from chainrule.gradient_facts import lookup

Handler = Callable[[Interpreter, list[Value], dict[str, Value], ast.AST], Value]
# What gives the places of a best pairing, to be used as indices: (rows, columns).
_ASSIGNMENTS = frozenset(("scipy.optimize.linear_sum_assignment", "lapjv.lapjv", "lap.lapjv"))
_REBUILDS = frozenset(
    """torch.tensor torch.Tensor torch.FloatTensor torch.DoubleTensor torch.as_tensor torch.asarray
    torch.LongTensor torch.IntTensor torch.HalfTensor torch.cuda.FloatTensor torch.BoolTensor
    torch.ByteTensor torch.scalar_tensor torch.cuda.LongTensor torch.sparse_coo_tensor""".split()
)
_CONTEXTS = frozenset(
    ("torch.autocast", "torch.cuda.amp.autocast", "torch.amp.autocast", "contextlib.nullcontext")
)
_CALLABLE = (Function, Method, Partial, Instance)
# Libraries of operators on tensors about some of which there are facts.
_DOMAINS = frozenset(("torchvision", "torchmetrics", "torcheval"))
# What is asked of types, and of torch itself: `torch.finfo(x.dtype).eps`.
_FACTS = frozenset("finfo iinfo promote_types result_type can_cast initial_seed manual_seed".split())
# What is read from a file.
_LOADS = frozenset(("torch.load", "numpy.load", "pickle.load", "json.load"))


def call_library(
    interp: Interpreter, dotted: str, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """The value of `dotted(*arguments, **keywords)`."""
    if dotted in _ASSIGNMENTS:
        return _indices(interp, [*arguments, *keywords.values()], at)
    special = _SPECIAL.get(dotted) or standard_library.HANDLERS.get(dotted)
    if special is not None:
        return special(interp, arguments, keywords, at)
    if dotted in contexts.DECORATING and isinstance(next(iter(arguments), None), _CALLABLE):
        return layers.call_external_instance(interp, Instance(external=dotted), arguments, keywords, at)
    if dotted in contexts.DECORATING or dotted in _CONTEXTS or dotted in standard_library.GETTERS:
        return _wrapper(interp, dotted, arguments, keywords, at)
    if dotted in _LOADS:
        return interp.unknown(at)  # whatever says where it lies
    if dotted in _REBUILDS:
        return rebuilt(interp, arguments, keywords, at, dotted)
    if dotted in beyond_torch.FROM_ARRAY:
        return beyond_torch.from_array(interp, arguments, at)
    top = dotted.partition(".")[0]
    outside = beyond_torch.OUTSIDE.get(top)
    if outside is not None:
        return beyond_torch.leaves(interp, dotted, outside, [*arguments, *keywords.values()], at)
    last = dotted.rpartition(".")[2]
    if top == "torch":
        if last[:1].isupper():
            if dotted.startswith("torch.optim."):
                copies.trained(interp, arguments[:1])
            return external_instance(interp, dotted, arguments, keywords, at)
        operator = lookup(dotted)
        if operator is not None:
            name = last[:-1] if last.endswith("_") else last
            out = keywords.pop("out", None)
            made = operators.apply(interp, operator, name, arguments, keywords, at)
            return made if out is None else out_arguments.write(interp, made, out, at)
        if dotted.startswith("torch.nn.init."):
            restart(interp, last, arguments)
            return arguments[0] if arguments else NONE
        asks = last.startswith(("get_", "is_")) and not interp.nodes([*arguments, *keywords.values()])
        if asks or last in _FACTS:
            return Const(None, known=False)  # `torch.distributed.get_world_size()`
        return mapped(interp, last, arguments, at) or interp.unknown(at, [*arguments, *keywords.values()])
    if top in _DOMAINS:
        operator = lookup(dotted) or (measures.score(dotted) if last[:1].islower() else None)
        if operator is not None:
            return operators.apply(interp, operator, last, arguments, keywords, at)
    if top == "operator":
        return standard_library.call_operator(interp, last, arguments, keywords, at)
    if top == "einops":
        return interp.unknown(at, arguments[:1], op="view")
    if last[:1].isupper():
        made = Instance(external=dotted)
        made.arguments.update({str(i): value for i, value in enumerate(arguments)})
        made.arguments.update(keywords)
        return made
    return mapped(interp, last, arguments, at) or interp.unknown(at, [*arguments, *keywords.values()])


def _wrapper(
    interp: Interpreter, dotted: str, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Instance:
    made = Instance(external=dotted)
    made.arguments.update({str(i): value for i, value in enumerate(arguments)})
    made.arguments.update(keywords)
    return made


def _indices(interp: Interpreter, arguments: list[Value], at: ast.AST) -> Value:
    edges = [(node, interp.gate(None, at)) for node in interp.nodes(arguments)]
    return Seq(
        [Tensor(interp.node("index", at, edges, kind="array", dtype="int")) for _ in range(2)], "tuple"
    )


def _set_grad_enabled(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    made = _wrapper(interp, "torch.set_grad_enabled", arguments, keywords, at)
    flag = arguments[0] if arguments else keywords.get("mode")
    if isinstance(at, ast.Call) and not (isinstance(flag, Const) and flag.known):
        given = [*at.args, *(keyword.value for keyword in at.keywords)]
        decided = contexts.holds_in_training(given[0]) if len(given) == 1 else None
        if decided is not None:
            flag = Const(decided)
            made.arguments = {"mode": flag}
    if isinstance(flag, Const) and flag.known:
        switch(interp, None if flag.value else interp.gate(Cause.NO_GRAD, at, note=contexts.LEFT_OFF))
    return made


def _is_grad_enabled(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    return Const(interp.mode is None)


def _parameter(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    data = arguments[0] if arguments else keywords.get("data", NONE)
    flag = keywords.get("requires_grad") or (arguments[1] if len(arguments) > 1 else None)
    if isinstance(flag, Const) and flag.known and flag.value is False:
        return Tensor(interp.node("parameter", at))
    made = interp.source("<parameter>", "parameter", at)
    made.leaf = True
    gate = interp.gate(Cause.REWRAP, at)
    made.node.edges = tuple((node, gate) for node in interp.nodes([data]) if not interp.constant(node))
    start(interp, made.node, data)
    return made


def _variable(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    nodes = interp.nodes(arguments)
    gate = interp.gate(Cause.VARIABLE, at)
    flag = keywords.get("requires_grad")
    if not nodes and isinstance(flag, Const) and flag.value is True:
        return fresh(interp, "tensor", keywords, at, None)
    # What was stopped already is not stopped again.
    edges = [(node, None if node.op in ("data", "detach") else gate) for node in nodes]
    made = interp.node("Variable", at, edges)
    if len(nodes) == 1:
        made.bounds, made.dtype, made.tags = nodes[0].bounds, nodes[0].dtype, nodes[0].tags
    result = Tensor(made)
    if isinstance(flag, Const) and flag.value is True:
        interp.event(Cause.FRESH_LEAF, at, made)
        result.leaf = True
    return result


def run_backward(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`torch.autograd.backward(losses)`, `accelerator.backward(loss)`."""
    for node in interp.nodes(arguments[:1]):
        record_backward(interp, node, "retain_graph" in keywords, at)
    return NONE


def _unflatten(interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
    """`vector_to_parameters(vector, parameters)`: writes to the parameters' data."""
    vector = arguments[0] if arguments else keywords.get("vec", NONE)
    given = arguments[1] if len(arguments) > 1 else keywords.get("parameters", NONE)
    overwrite(interp, filter(is_parameter, interp.tensors([given])), [vector], at)
    return NONE


def _parametrise(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """`register_parametrization(module, "weight", maker)`: from here on the weight is `maker(original)`."""
    module, name, maker = [*arguments, *keywords.values(), NONE, NONE, NONE][:3]
    if isinstance(module, Instance) and isinstance(name, Const) and isinstance(name.value, str):
        hooks.register(module, name.value, maker)
    return module


def _transformed(
    interp: Interpreter, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
) -> Value:
    """torch.vmap, torch.compile, torch.jit.script: what comes out computes what went in."""
    return arguments[0] if arguments else NONE


_SPECIAL: dict[str, Handler] = {
    "torch.set_grad_enabled": _set_grad_enabled,
    "torch.is_tensor": type_tests.is_tensor,
    "torch.is_floating_point": type_tests.is_floating_point,
    "torch.is_grad_enabled": _is_grad_enabled,
    "torch.nn.Parameter": _parameter,
    "torch.autograd.Variable": _variable,
    "torch.autograd.grad": gradients,
    **{f"torch.autograd.functional.{name}": partial(functional, name) for name in DERIVATIVES},
    **{f"torch.func.{name}": partial(transformed, name) for name in TRANSFORMS},
    DERIVED: derived,
    "torch.autograd.backward": run_backward,
    "torch.nn.utils.vector_to_parameters": _unflatten,
    "torch.nn.utils.convert_parameters.vector_to_parameters": _unflatten,
    "torch.vmap": _transformed,
    "torch.func.vmap": _transformed,
    "torch.compile": _transformed,
    "torch.jit.script": _transformed,
    "torch.jit.trace": _transformed,
    "torch.jit.freeze": copies.frozen,
    "torch.func.stack_module_state": copies.stacked,
    "torch.func.functional_call": copies.call_with_parameters,
    "torch.nn.utils.stateless.functional_call": copies.call_with_parameters,
    "torch.nn.utils.weight_norm": _transformed,
    "torch.nn.utils.spectral_norm": _transformed,
    "torch.nn.utils.parametrizations.weight_norm": _transformed,
    "torch.nn.utils.parametrizations.spectral_norm": _transformed,
    "torch.nn.utils.parametrizations.orthogonal": _transformed,
    "torch.nn.utils.parametrize.register_parametrization": _parametrise,
    "torch.utils.checkpoint.checkpoint": checkpoints.checkpoint,
    "torch.utils.checkpoint.checkpoint_sequential": checkpoints.sequential,
}
