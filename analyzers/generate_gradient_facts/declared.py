"""What torchgen's own data declares: derivatives.yaml and native_functions.yaml of the installed wheel.

torchgen, the code generator that builds PyTorch's autograd from these files, ships in the wheel. It is used
here to read them, so that "differentiable", "saved" and "not implemented" mean what they mean to PyTorch.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import torchgen
from record import Argument, Overload, Result, best
from torchgen.api import cpp
from torchgen.api.autograd import (
    DifferentiabilityInfo,
    NativeFunctionWithDifferentiabilityInfo,
    SavedAttribute,
    dispatch_strategy,
    gen_differentiable_outputs,
    match_differentiability_info,
)
from torchgen.api.types import BaseCType, tensorT
from torchgen.context import native_function_manager
from torchgen.gen import parse_native_yaml
from torchgen.model import NativeFunction, SchemaKind
from torchgen.packaged.autograd.gen_inplace_or_view_type import get_view_info
from torchgen.packaged.autograd.gen_trace_type import MANUAL_AUTOGRAD
from torchgen.packaged.autograd.gen_variable_type import DONT_REQUIRE_DERIVATIVE
from torchgen.packaged.autograd.load_derivatives import load_derivatives

DATA = Path(torchgen.__file__).parent / "packaged"
NATIVE = DATA / "ATen" / "native"
# A formula that hands back zeros of the argument's own shape, whatever the incoming gradient is.
ZERO = re.compile(
    r"zeros_like\(grads?(\[i\])?\)|\w+_info\.zeros\(\)|at::zeros_symint\(\w+, grad\.options\(\)\)"
)
NAMESPACES = {"linalg": "linalg.", "fft": "fft.", "special": "special.", "sparse": "sparse."}


def public_name(function: NativeFunction) -> str:
    """ATen's `linalg_det` is `linalg.det` in Python."""
    name = str(function.func.name.name)
    module = function.python_module
    if module in NAMESPACES and name.startswith(f"{module}_"):
        return NAMESPACES[module] + name.removeprefix(f"{module}_")
    return name


def read() -> tuple[dict[str, list[Overload]], dict[str, list[Overload]]]:
    """All overloads by Python name: those that the data settles, and the composites it leaves open.

    A composite's overloads carry "f" for every tensor; what they really do has to be measured.
    """
    native, tags = str(NATIVE / "native_functions.yaml"), str(NATIVE / "tags.yaml")
    derivatives, _ = load_derivatives(str(DATA / "autograd" / "derivatives.yaml"), native, tags)
    functions = parse_native_yaml(native, tags).native_functions
    settled: dict[str, list[Overload]] = defaultdict(list)
    composite: dict[str, list[Overload]] = defaultdict(list)
    for function in match_differentiability_info(functions, derivatives):
        schema = function.func.func
        name = str(schema.name.name)
        if (
            schema.kind() == SchemaKind.out
            or "generated" in function.func.tags
            or name.startswith("_foreach")
        ):
            continue
        with native_function_manager(function.func):
            if _is_composite(function):
                composite[public_name(function.func)].append(_open(function.func))
            else:
                settled[public_name(function.func)].append(_settled(function))
    return settled, composite


def _is_composite(function: NativeFunctionWithDifferentiabilityInfo) -> bool:
    if str(function.func.func.name.name) in MANUAL_AUTOGRAD:
        return True  # written by hand in C++, so nothing is declared: measured like a composite
    if dispatch_strategy(function) == "use_type":
        return True
    usual = function.info.get("Default") if function.info else None
    formulas = {letter for _, letter in _formulas(usual)} if usual else set()
    return function.func.has_composite_implicit_autograd_kernel and formulas <= {"r"}


def _settled(function: NativeFunctionWithDifferentiabilityInfo) -> Overload:
    native, schema = function.func, function.func.func
    name, base = str(schema.name.name), schema.name.name.base
    info = next(iter(function.info.values())) if function.info else None
    differentiable = {
        output.name
        for output in gen_differentiable_outputs(function, next(iter(function.info or ["Default"])))
    }
    ignored = info.non_differentiable_arg_names if info else set()
    inputs = [a.name for a in _arguments(native) if a.type.is_tensor_like() and a.name not in ignored]
    inplace = schema.kind() == SchemaKind.inplace
    if {base, name} & DONT_REQUIRE_DERIVATIVE and inplace:
        gradients = {"self": "f"}  # the old grad_fn stays, as if nothing had happened
    elif {base, name} & DONT_REQUIRE_DERIVATIVE or not inputs or not differentiable:
        gradients = dict.fromkeys(inputs, "c")
    elif info is None or not info.has_derivatives:
        gradients = dict.fromkeys(inputs, "r")
    else:
        gradients = dict.fromkeys(inputs, "r") | dict(_formulas(info))
    saved_inputs = _saved(info.all_saved_inputs) if info else set()
    saved_outputs = _saved(info.all_saved_outputs) if info else set()
    reaches = best("".join(gradients.values()))
    names = [n if n != "self" else "result" for n in cpp.return_names(native)]
    outputs = tuple(
        Result(
            public,
            reaches if raw in differentiable and returned.type.is_tensor_like() else "c",
            public in saved_outputs,
        )
        for raw, public, returned in zip(cpp.return_names(native), names, schema.returns, strict=True)
    )
    guards = _guards(info) if info else {}
    return Overload(
        arguments=tuple(
            _renamed(native, gradients, saved_inputs - {"self"} if inplace else saved_inputs, guards)
        ),
        outputs=outputs,
        source="derivatives" if info else "native",
        inplace=inplace,
        view=_is_view(native),
    )


def _open(native: NativeFunction) -> Overload:
    gradients = {a.name: "f" for a in _arguments(native) if a.type.is_tensor_like()}
    names = [n if n != "self" else "result" for n in cpp.return_names(native)]
    return Overload(
        arguments=tuple(_renamed(native, gradients, set(), {})),
        outputs=tuple(
            Result(name, "f" if returned.type.is_tensor_like() else "c")
            for name, returned in zip(names, native.func.returns, strict=True)
        ),
        source="native",
        inplace=native.func.kind() == SchemaKind.inplace,
        view=_is_view(native),
    )


def _arguments(native: NativeFunction):
    return native.func.arguments.flat_non_out


def _renamed(
    native: NativeFunction, gradients: dict[str, str], saved: set[str], guards: dict[str, str]
) -> Iterator[Argument]:
    """Python calls ATen's `self` `input`."""
    taken = {a.name for a in _arguments(native)}
    keyword_only = {a.name for a in native.func.arguments.flat_kwarg_only}
    for argument in _arguments(native):
        name = _public(argument.name, taken)
        tensor = argument.type.is_tensor_like()
        gradient = gradients.get(argument.name, "c") if tensor else ""
        yield Argument(
            name,
            gradient,
            tensor and argument.name in saved,
            argument.name in keyword_only,
            _public(guards.get(argument.name, ""), taken),
        )


def _public(name: str, taken: set[str]) -> str:
    return "input" if name == "self" and "input" not in taken else name


def _guards(info: DifferentiabilityInfo) -> dict[str, str]:
    """Inputs that are saved only if one certain input requires grad.

    As `guard_for` in torchgen's gen_variable_type.py: a tensor that one formula with one variable uses, where
    there are several formulas to choose from.
    """
    tensors = {str(a.nctype.name) for a in info.all_saved_inputs if a.nctype.type == BaseCType(tensorT)}
    several = len(info.args_with_derivatives) > 1 and "backward" not in info.name
    if not several or any("List" in a.type for a in info.args_with_derivatives):
        return {}
    guards = {}
    for name in tensors:
        users = [d for d in info.derivatives if name in {str(a.nctype.name) for a in d.saved_inputs}]
        if len(users) == 1 and len(users[0].var_names) == 1:
            guards[name] = users[0].var_names[0]
    return guards


def _formulas(info: DifferentiabilityInfo) -> Iterator[tuple[str, str]]:
    for derivative in info.derivatives:
        if derivative.formula.startswith("not_implemented"):
            letter = "r"
        else:
            letter = "z" if ZERO.fullmatch(derivative.formula) else "f"
        for name in derivative.var_names:
            yield name, letter


def _saved(attributes: list[SavedAttribute]) -> set[str]:
    """Names of tensors kept whole; `self.sym_sizes()` and its like are kept under other names and types."""
    return {
        str(a.nctype.name)
        for a in attributes
        if "Tensor" in str(a.nctype.cpp_type()) and "Options" not in str(a.nctype.cpp_type())
    }


def _is_view(native: NativeFunction) -> bool:
    if get_view_info(native) is not None:
        return True
    return any(r.annotation is not None and not r.annotation.is_write for r in native.func.returns)
