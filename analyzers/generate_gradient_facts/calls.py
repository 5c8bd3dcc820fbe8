"""The calls to watch: op_db's samples, the samples of `torch.nn`'s layers, and our own."""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from samples import CALLS, LAYERS, namespace
from torch import nn
from torch.overrides import TorchFunctionMode, resolve_name
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db

SAMPLES = 12
"""Sample inputs taken from op_db for one operator."""


@dataclass(frozen=True)
class Call:
    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


def calls() -> Iterator[Call]:
    yield from _operator_calls()
    yield from _own_calls()
    yield from _layer_calls()


def _operator_calls() -> Iterator[Call]:
    """op_db's samples, under all names that an operator has."""
    for op in op_db:
        functions = {op.name: op.op} | {alias.name: alias.op for alias in op.aliases}
        if op.name.startswith("jiterator"):
            continue  # compiled for CUDA while it runs
        if op.inplace_variant and not op.name.endswith("_"):
            functions[f"{op.name}_"] = op.inplace_variant
        functions |= {
            f"{alias.name}_": alias.inplace_variant for alias in op.aliases if alias.inplace_variant
        }
        for (name, function), sample in itertools.product(functions.items(), samples(op)):
            if name.endswith("_") and not name.endswith("__") and sample.broadcasts_input:
                continue
            public = name.removeprefix("torch.ops.aten.").removesuffix(".default")
            call = _bare(Call(public, function, (sample.input, *sample.args), dict(sample.kwargs)))
            if call is not None:
                yield call


def _own_calls() -> Iterator[Call]:
    names = namespace()
    for line in CALLS.split("\n"):
        if line:
            node = ast.parse(line, mode="eval").body
            assert isinstance(node, ast.Call)
            path = ast.unparse(node.func).replace("F.", "torch.nn.functional.", 1)
            name = path.removeprefix("torch.").removeprefix("Tensor.")
            yield Call(
                name,
                _value(node.func, names),
                tuple(_value(a, names) for a in node.args),
                {str(k.arg): _value(k.value, names) for k in node.keywords},
            )


class _First(TorchFunctionMode):
    """Remembers the first call of a public function with a given name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        last = name.rpartition(".")[2]
        self.names = {last, f"{last}_", f"{last}_with_indices"}
        self.call: Call | None = None

    def __torch_function__(self, function: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        name = (resolve_name(function) or "").rpartition(".")[2]
        if self.call is None and name in self.names:
            self.call = Call(name, function, tuple(arguments), dict(keywords or {}))
        return function(*arguments, **(keywords or {}))


def _bare(call: Call) -> Call | None:
    """op_db wraps some functions in a lambda, with arguments in another order: the call inside it.

    None if that cannot be seen and the lambda's own arguments say nothing.
    """
    if getattr(call.function, "__name__", "") != "<lambda>":
        return call
    with _First(call.name) as mode:
        call.function(*copy.deepcopy(call.arguments), **call.keywords)
    if mode.call is None:
        return None if "args" in inspect.signature(call.function).parameters else call
    name = call.name if not mode.call.name.endswith("_") or call.name.endswith("_") else f"{call.name}_"
    return replace(mode.call, name=name)


def samples(op: Any, limit: int = SAMPLES) -> list[Any]:
    """Sample inputs spread over op_db's, in float64 where it goes; none without a kernel for the CPU."""
    types = op.supported_dtypes("cpu")
    wanted = [torch.float64, torch.float32, torch.complex128, torch.bfloat16, torch.int64, torch.bool, *types]
    dtype = next((dtype for dtype in wanted if dtype in types), None)
    if dtype is None:
        return []
    torch.manual_seed(0)
    found = list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=False), 20 * limit))
    full = [s for s in found if not isinstance(s.input, torch.Tensor) or s.input.numel()] or found
    kinds = {_kind((s.args, s.kwargs)): s for s in reversed(full)}
    return [*itertools.islice(kinds.values(), 3 * limit), *full[:: -(-len(full) // limit)]]


def _kind(value: Any) -> object:
    """What sort of call a sample makes: its flags and modes, and where its tensors are."""
    if isinstance(value, torch.Tensor):
        return value.is_floating_point()
    if isinstance(value, list | tuple):
        return tuple(map(_kind, value))
    if isinstance(value, dict):
        return tuple((key, _kind(item)) for key, item in value.items())
    return value if isinstance(value, bool | str | None) else type(value)


def _value(node: ast.expr, names: dict[str, object]) -> Any:
    return eval(compile(ast.Expression(node), "samples", "eval"), names)


class Layer:
    """A call of a module, with its parameters as the first argument."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        forward = inspect.signature(type(module).forward)
        self.__signature__ = forward

    def __call__(self, parameters: dict[str, torch.Tensor], *arguments: Any, **keywords: Any) -> Any:
        return torch.func.functional_call(self.module, parameters, arguments, keywords)


def _layer_calls() -> Iterator[Call]:
    """Calls of modules; the fact about what `nn.X` makes is kept as `nn.X()`."""
    for info in module_db:
        if issubclass(info.module_cls, nn.modules.lazy.LazyModuleMixin):
            continue  # becomes the module that it is named after
        for sample in info.module_inputs_func(info, "cpu", torch.float64, False, True)[:4]:
            made, given = sample.constructor_input, sample.forward_input
            module = info.module_cls(*made.args, **made.kwargs).double()
            if given is not None:
                yield _layer(module, tuple(given.args), dict(given.kwargs))
    names = namespace()
    for line in LAYERS.split("\n"):
        if line:
            node = ast.parse(line, mode="eval").body
            assert isinstance(node, ast.Call)
            module = _value(node.func, names).double()
            yield _layer(module, tuple(_value(a, names) for a in node.args), {})


def _layer(module: nn.Module, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Call:
    parameters = {name: p.detach() for name, p in module.named_parameters()}
    return Call(f"nn.{type(module).__name__}()", Layer(module), (parameters, *arguments), keywords)
