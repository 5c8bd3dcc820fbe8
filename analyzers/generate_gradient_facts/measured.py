"""Facts that no file of PyTorch's states: composites and Python functions, run and watched."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from calls import Call
from calls import calls as all_calls
from measure import Path, Seen, measure, saved
from record import Argument, Overload, Result, best
from samples import LISTS, OUTPUTS, SIGNATURES
from torch.overrides import get_testing_overrides


@dataclass(frozen=True)
class Run:
    call: Call
    seen: list[Seen]
    saved_inputs: set[Path]
    saved_outputs: set[int]


def watch(open_names: Callable[[str], bool], report: Callable[[str], None]) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = defaultdict(list)
    for call in all_calls():
        is_open = open_names(call.name)
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
        if shape is not None and len(run.seen) not in (len(shape.outputs), *_variadic(shape)):
            shape = (
                None  # a Python function around it gives a part of the outputs, as `unique_consecutive` does
            )
        (by_overload[shape] if shape else unknown).append(run)
    known = [_filled(overload, by_overload[overload]) for overload in composite if overload in by_overload]
    parts = [run for run in unknown if inspect.isfunction(run.call.function)]
    if not known and (parts or not declared):
        for same in _alike(parts or unknown):
            overload = _signature(name, same)
            known += [_filled(overload, same)] if overload else []
    if name.endswith("()"):
        known = [replace(o, arguments=o.arguments[1:]) for o in known]  # without the module's parameters
    siblings = [
        o for o in composite if known and o not in by_overload and len(o.outputs) == len(known[0].outputs)
    ]
    settled = [_typed(name, overload, by_overload[overload], runs) for overload in declared]
    return settled + known + [_like(sibling, known[0]) for sibling in siblings]


def _variadic(overload: Overload) -> tuple[int, ...]:
    """The numbers of tensors that a list may hold which is an overload's one output."""
    return tuple(range(100)) if len(overload.outputs) == 1 else ()


def _typed(name: str, overload: Overload, runs: Sequence[Run], all_runs: Sequence[Run]) -> Overload:
    """A declared overload with the dtypes that were seen, and documented names for its outputs.

    Less than is declared may come through: PyTorch has no derivative for `bitwise_and`, but its integer
    result never asks for one; `sgn` has one that is zero for every real number.
    """
    names = OUTPUTS.get(name, [output.name for output in overload.outputs])
    outputs = tuple(
        replace(
            output,
            name=public,
            dtype=_dtype({run.seen[i].dtype for run in runs or all_runs if i < len(run.seen)}),
        )
        for i, (output, public) in enumerate(zip(overload.outputs, names, strict=True))
    )
    anywhere = "".join(_letters(all_runs, i, len(outputs)) for i in range(len(outputs)))
    lesser = tuple(
        replace(output, gradient=_lesser(output, _letters(runs, i, len(outputs)), anywhere))
        for i, output in enumerate(outputs)
    )
    if lesser == outputs:
        return replace(overload, outputs=outputs)
    reaches = best("".join(output.gradient for output in lesser))
    arguments = overload.arguments
    if reaches != "f":
        arguments = tuple(replace(a, gradient=reaches) if a.gradient else a for a in arguments)
    return replace(overload, outputs=lesser, arguments=arguments, source="measured")


def _lesser(output: Result, seen: str, anywhere: str) -> str:
    """The letter of a declared output after runs of its overload, and of all overloads, were watched."""
    if output.gradient == "r" and (output.dtype or (anywhere and best(anywhere) == "c")):
        return "c"
    if output.gradient == "f" and seen and best(seen) in "zc" and (best(seen) == "c" or "f" not in anywhere):
        return best(seen)
    return output.gradient


def _letters(runs: Sequence[Run], position: int, count: int) -> str:
    """The letters seen at one of `count` outputs, where it was not empty."""
    return "".join(run.seen[position].gradient for run in runs if len(run.seen) == count)


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


def _alike(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of one signature with the same number of outputs, together."""
    groups: dict[object, list[Run]] = defaultdict(list)
    for run in runs:
        groups[tuple(p.name for p in _parameters(run.call.function)), len(run.seen)].append(run)
    return list(groups.values())


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        return []


def _signature(name: str, runs: Sequence[Run]) -> Overload | None:
    """An overload made from the Python signature, where there is no schema."""
    parameters = _parameters(runs[0].call.function)
    if not parameters or any(p.name in ("args", "kwargs") for p in parameters):
        parameters = _public_parameters(name)
    if name in SIGNATURES:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(word, kind) for word in SIGNATURES[name].split()]
    if not parameters:
        return None
    arguments = tuple(
        Argument(
            "input" if p.name == "self" and not name.endswith("()") else p.name,
            keyword_only=p.kind is inspect.Parameter.KEYWORD_ONLY,
        )
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


def constructor(name: str) -> Overload:
    """What makes a layer: `nn.Linear` for `nn.Linear()`. It gives no tensor."""
    kind = getattr(torch.nn, name.removeprefix("nn.").removesuffix("()"))
    parameters = [p for p in inspect.signature(kind).parameters.values() if p.name not in ("args", "kwargs")]
    arguments = [Argument(p.name, keyword_only=p.kind is inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    return Overload(tuple(arguments), (), "builds measured")
