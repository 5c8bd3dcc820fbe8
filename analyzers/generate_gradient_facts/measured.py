"""Facts that no file of PyTorch's states: composites and Python functions, run and watched."""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from measure import Path, Seen, measure, saved
from record import Argument, Overload, Result, best
from samples import CALLS, LISTS, OUTPUTS, namespace
from torch.overrides import TorchFunctionMode, get_testing_overrides, resolve_name
from torch.testing._internal.common_methods_invocations import op_db

SAMPLES = 12
"""Sample inputs taken from op_db for one operator."""


@dataclass(frozen=True)
class Call:
    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


@dataclass(frozen=True)
class Run:
    call: Call
    seen: list[Seen]
    saved_inputs: set[Path]
    saved_outputs: set[int]


def calls() -> Iterator[Call]:
    """Every call to watch: op_db's samples under all names an operator has, then our own."""
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
            yield _bare(Call(name, function, (sample.input, *sample.args), dict(sample.kwargs)))
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
        self.names = {name.rpartition(".")[2], name.rpartition(".")[2] + "_"}
        self.call: Call | None = None

    def __torch_function__(self, function: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        name = (resolve_name(function) or "").rpartition(".")[2]
        if self.call is None and name in self.names:
            self.call = Call(name, function, tuple(arguments), dict(keywords or {}))
        return function(*arguments, **(keywords or {}))


def _bare(call: Call) -> Call:
    """op_db wraps some functions in a lambda, with arguments in another order: the call inside it."""
    if getattr(call.function, "__name__", "") != "<lambda>":
        return call
    with _First(call.name) as mode:
        call.function(*copy.deepcopy(call.arguments), **call.keywords)
    if mode.call is None:
        return call
    name = call.name if not mode.call.name.endswith("_") or call.name.endswith("_") else f"{call.name}_"
    return replace(mode.call, name=name)


def samples(op: Any, limit: int = SAMPLES) -> list[Any]:
    """A few sample inputs in float64 where the operator takes it; none if it has no CPU kernel."""
    types = op.supported_dtypes("cpu")
    wanted = [torch.float64, torch.float32, torch.complex128, torch.bfloat16, torch.int64, torch.bool, *types]
    dtype = next((dtype for dtype in wanted if dtype in types), None)
    if dtype is None:
        return []
    torch.manual_seed(0)
    return list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=False), limit))


def _value(node: ast.expr, names: dict[str, object]) -> Any:
    return eval(compile(ast.Expression(node), "samples", "eval"), names)


def watch(open_names: Callable[[str], bool], report: Callable[[str], None]) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = defaultdict(list)
    for call in calls():
        is_open = open_names(call.name)
        if not is_open and len(runs[call.name]) >= 4:
            continue
        try:
            seen = measure(call.function, call.arguments, call.keywords)
            kept = saved(call.function, call.arguments, call.keywords) if is_open else (set(), set())
        except (
            RuntimeError,
            TypeError,
            ValueError,
            NotImplementedError,
            IndexError,
            AttributeError,
        ) as error:
            report(f"{call.name}: {type(error).__name__}: {str(error).partition(chr(10))[0][:100]}")
            continue
        runs[call.name].append(Run(call, seen, *kept))
    return runs


def settle(
    name: str, runs: Sequence[Run], declared: Sequence[Overload], composite: Sequence[Overload]
) -> list[Overload]:
    """All overloads of one operator: composites with the letters that were seen, the others with dtypes."""
    by_overload: dict[Overload, list[Run]] = defaultdict(list)
    unknown: list[Run] = []
    for run in runs:
        shape = next((o for o in [*declared, *composite] if _fits(o, run.call)), None)
        (by_overload[shape] if shape else unknown).append(run)
    known = [_filled(overload, by_overload[overload]) for overload in composite if overload in by_overload]
    if not declared and not known:
        for signature, group in itertools.groupby(unknown, lambda run: (run.call.function, len(run.seen))):
            same = list(group)
            overload = _signature(name, signature[0], same)
            known += [_filled(overload, same)] if overload else []
    siblings = [
        o for o in composite if known and o not in by_overload and len(o.outputs) == len(known[0].outputs)
    ]
    settled = [_typed(name, overload, by_overload[overload] or runs) for overload in declared]
    return settled + known + [_like(sibling, known[0]) for sibling in siblings]


def _typed(name: str, overload: Overload, runs: Sequence[Run]) -> Overload:
    """A declared overload with the dtypes that were seen, and documented names for its outputs.

    PyTorch has no derivative for `bitwise_and` either, but an integer result never asks for one.
    """
    names = OUTPUTS.get(name, [output.name for output in overload.outputs])
    outputs = tuple(
        replace(output, name=public, dtype=_dtype({run.seen[i].dtype for run in runs if i < len(run.seen)}))
        for i, (output, public) in enumerate(zip(overload.outputs, names, strict=True))
    )
    if overload.outputs and runs and all(output.dtype for output in outputs):
        outputs = tuple(replace(output, gradient="c") for output in outputs)
        arguments = tuple(replace(a, gradient="c" if a.gradient else "") for a in overload.arguments)
        return replace(overload, outputs=outputs, arguments=arguments)
    return replace(overload, outputs=outputs)


def _filled(overload: Overload, runs: Sequence[Run]) -> Overload:
    inputs: dict[str, str] = defaultdict(str)
    kept: set[str] = set()
    outputs: list[Result] = []
    single = len(overload.outputs) == 1
    count = 1 if single else max(len(run.seen) for run in runs)
    for run in runs:
        for seen in run.seen:
            for path, letter in seen.inputs.items():
                inputs[_named(overload, path)] += letter
        for path in run.saved_inputs:
            kept.add(_named(overload, path))
        for path, _ in _tensors(run.call):
            inputs[_named(overload, path)] += ""
    for i in range(count):
        seen_here = [s for run in runs for k, s in enumerate(run.seen) if single or k == i]
        outputs.append(
            Result(
                overload.outputs[i].name if i < len(overload.outputs) else f"result{i}",
                best("".join(s.gradient for s in seen_here)),
                any(single or i in run.saved_outputs for run in runs if run.saved_outputs),
                _dtype({s.dtype for s in seen_here}),
            )
        )
    arguments = tuple(
        replace(
            a,
            gradient=best(inputs[a.name]) if a.name in inputs else ("c" if a.gradient else ""),
            saved=a.name in kept and not (overload.inplace and a is overload.arguments[0]),
        )
        for a in overload.arguments
    )
    view = overload.view or all(
        run.seen[0].view for run in runs if run.seen and run.call.name == runs[0].call.name
    )
    return replace(
        overload,
        arguments=arguments,
        outputs=tuple(outputs),
        source="measured",
        view=view and not overload.inplace,
    )


def _dtype(seen: set[str]) -> str:
    return seen.pop() if len(seen) == 1 else ""


def _like(sibling: Overload, known: Overload) -> Overload:
    letters = {a.name: a for a in known.arguments}
    arguments = [
        replace(a, gradient=letters[a.name].gradient or a.gradient, saved=letters[a.name].saved)
        if a.gradient and a.name in letters
        else a
        for a in sibling.arguments
    ]
    outputs = [replace(o, name=p.name) for o, p in zip(known.outputs, sibling.outputs, strict=True)]
    return replace(sibling, arguments=tuple(arguments), outputs=tuple(outputs), source="measured")


def _tensors(call: Call) -> Iterator[tuple[Path, Any]]:
    for i, value in enumerate(call.arguments):
        if isinstance(value, torch.Tensor) or (
            isinstance(value, list | tuple) and any(isinstance(v, torch.Tensor) for v in value)
        ):
            yield (i,), value
    for name, value in call.keywords.items():
        if isinstance(value, torch.Tensor):
            yield (name,), value


def _named(overload: Overload, path: Path) -> str:
    first = path[0]
    if isinstance(first, str):
        return "input" if first == "self" else first
    return overload.arguments[min(first, len(overload.arguments) - 1)].name


def _fits(overload: Overload, call: Call) -> bool:
    """Whether the values could be the overload's: tensors where tensors belong, and known keywords."""
    positional = overload.arguments
    if len(call.arguments) > len(positional):
        return False
    names = {a.name for a in overload.arguments}
    if not all(name in names for name in call.keywords):
        return False
    tensor_at = {path[0] for path, _ in _tensors(call)}
    for i, argument in enumerate(positional[: len(call.arguments)]):
        if argument.keyword_only:
            return False
        if (i in tensor_at) and not argument.gradient:
            return False
        if argument.gradient and i not in tensor_at and call.arguments[i] is not None:
            return False
    required = {a.name for a in positional[len(call.arguments) :]} & set(call.keywords)
    return all(
        bool(next(a for a in positional if a.name == n).gradient) == (n in tensor_at)
        or call.keywords[n] is None
        for n in required
    )


def _signature(name: str, function: Callable[..., Any], runs: Sequence[Run]) -> Overload | None:
    """An overload made from the Python signature, where there is no schema."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:
        parameters = []
    if not parameters or any(p.name in ("args", "kwargs") for p in parameters):
        parameters = _public_parameters(name)
    if not parameters:
        return None
    arguments = tuple(
        Argument("input" if p.name == "self" else p.name, "", False, p.kind is inspect.Parameter.KEYWORD_ONLY)
        for p in parameters
    )
    count = 1 if name in LISTS else len(runs[0].seen)
    names = OUTPUTS.get(name, ["result"] if count == 1 else [f"result{i}" for i in range(count)])
    inplace = name.endswith("_") and not name.endswith("__")
    overload = Overload(arguments, tuple(Result(n, "c") for n in names[:count]), "measured", inplace=inplace)
    marked = {_named(overload, path) for run in runs for path, _ in _tensors(run.call)}
    return replace(
        overload, arguments=tuple(replace(a, gradient="c" if a.name in marked else "") for a in arguments)
    )


def _public_parameters(name: str) -> list[inspect.Parameter]:
    """The signature that PyTorch's own overrides table gives for a public function."""
    for owner in (torch, torch.Tensor):
        target: Any = owner
        for part in name.split("."):
            target = getattr(target, part, None)
        stand_in = get_testing_overrides().get(target) if target is not None else None
        if stand_in is not None:
            return list(inspect.signature(stand_in).parameters.values())
    return []
