"""The record of one program, and what torch says about it.

A program is an ordinary module under `cases/`; its record in `truth.jsonl` says how to call it.
`measure` runs forward and backward over a few seeds and classifies the gradient of every source.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import io
import itertools
import json
import linecache
import math
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

HERE = Path(__file__).parent
RECORDS = HERE / "truth.jsonl"
SEEDS = (0, 1, 2, 3, 4)
ROUNDING = 1e-6  # a gradient whose every element is at most this is zero up to float32 rounding

_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Record:
    """How to run a program, where it loses the gradient, and what was measured.

    kind            buggy | control | multi (several causes, or only a part of the gradient is lost)
    category        cause as the table of causes names it, or control_*
    callable        qualified name in the module, `<module>` for a script that calls `.backward()` itself
    setup           for a method: the expression that builds its instance (`mod` is the module)
    inputs          expression for a dict of keyword arguments; torch, np, math and mod are in scope
    wrt             sources: argument names and dotted paths below them, `self.…`, or module-level names
    loss            takes the loss out of the callable's result `out`
    calls           how often the callable runs and `.backward()` is called on its result
    term_cut        every source gets a gradient, yet one term of the loss contributes none
    requires        importable packages beyond torch and numpy
    cut_lines       1-based lines that lose the gradient; also_ok_lines: lines that may be named instead
    region          first and last line of a no-grad block or function
    fix             line number -> new text, with which the gradient comes back (fix_verified)
    runtime         ok | raises | none | zero | nonfinite | partial; per_input: ok | none | zero | nonfinite
    error           first line of the exception; error_stage: forward or backward
    elem            per source at seed 0: how many elements, non-finite ones, zeros
    """

    id: str
    file: str
    kind: str
    callable: str
    setup: str | None
    inputs: str
    wrt: tuple[str, ...]
    cut_lines: tuple[int, ...]
    category: str
    loss: str = "out"
    calls: int = 1
    term_cut: bool = False
    requires: tuple[str, ...] = ()
    also_ok_lines: tuple[int, ...] = ()
    region: tuple[int, int] | None = None
    fix: dict[str, str] = field(default_factory=dict)
    runtime: str = ""
    per_input: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    error_stage: str | None = None
    elem: dict[str, dict[str, int]] = field(default_factory=dict)
    fix_verified: bool | None = None
    notes: str = ""
    folder: Path = HERE

    @classmethod
    def from_json(cls, line: str) -> Record:
        raw = json.loads(line)
        for name in ("wrt", "cut_lines", "requires", "also_ok_lines"):
            raw[name] = tuple(raw[name])
        raw["region"] = tuple(raw["region"]) if raw["region"] else None
        return cls(**raw)

    def to_json(self) -> str:
        fields = dataclasses.asdict(self)
        del fields["folder"]
        return json.dumps(fields)

    @property
    def path(self) -> Path:
        return self.folder / self.file

    def missing_packages(self) -> list[str]:
        return [name for name in self.requires if importlib.util.find_spec(name) is None]


@dataclass(frozen=True, slots=True)
class Call:
    """A loaded program, ready to run; `grad_mode` is what importing its module left behind."""

    record: Record
    function: Callable[..., Any]
    inputs: dict[str, Any]
    sources: dict[str, torch.Tensor]
    grad_mode: bool

    def loss(self) -> Any:
        return eval(self.record.loss, {"out": self.function(**self.inputs)})


@dataclass(frozen=True, slots=True)
class Run:
    """One forward and backward at one seed. `loss` is the first call's; None where there is none."""

    per_input: dict[str, str]
    gradients: dict[str, torch.Tensor | None]
    error: str | None = None
    error_stage: str | None = None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    runtime: str
    per_input: dict[str, str]
    runs: tuple[Run, ...]

    @property
    def first(self) -> Run:
        return self.runs[0]

    def fields(self) -> dict[str, Any]:
        """The measured fields of a record."""
        elements = {
            name: {
                "n": g.numel(),
                "nonfinite": int((~torch.isfinite(g)).sum()),
                "zero": int((g == 0).sum()),
            }
            for name, g in self.first.gradients.items()
            if g is not None
        }
        return {
            "runtime": self.runtime,
            "per_input": self.per_input,
            "error": self.first.error and self.first.error.split("\n")[0][:300],
            "error_stage": self.first.error_stage,
            "elem": elements,
        }


def records(folder: Path = HERE) -> Iterator[Record]:
    """The programs of a folder that is laid out as this one is."""
    for line in (folder / RECORDS.name).read_text().splitlines():
        yield dataclasses.replace(Record.from_json(line), folder=folder)


def classify(gradient: torch.Tensor | None) -> str:
    """One of none, nonfinite, zero, ok."""
    if gradient is None:
        return "none"
    if not torch.isfinite(gradient).all():
        return "nonfinite"
    return "ok" if gradient.numel() and float(gradient.abs().max()) > ROUNDING else "zero"


def measure(record: Record, source: str | None = None, seeds: tuple[int, ...] = SEEDS) -> Measured:
    """Run `record`'s program, or the text `source` in its place.

    Raises RuntimeError when the module, its inputs or its instance cannot be made: a fault of the record.
    """
    runs = tuple(_run(record, source, seed) for seed in seeds)
    per_input = {name: _fold([run.per_input[name] for run in runs]) for name in record.wrt}
    failed = [run.error is not None for run in runs]
    if any(failed):
        runtime = "raises" if all(failed) else "raises_sometimes"
    else:
        kinds = set(per_input.values())
        if kinds == {"ok"}:
            runtime = "partial" if record.term_cut else "ok"
        else:
            runtime = kinds.pop() if len(kinds) == 1 else "partial"
    return Measured(runtime, per_input, runs)


def prepare(record: Record, source: str | None = None) -> Call:
    """Load the program and make its inputs. Raises RuntimeError when that fails: a fault of the record."""
    try:
        module = _load(record.path, source, f"program_{next(_serial)}")
        mode = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        scope = {"torch": torch, "np": np, "math": math, "mod": module}
        inputs = eval(record.inputs, scope)
        roots = {**vars(module), **inputs}
        if record.setup:
            roots["self"] = eval(record.setup, scope)
            function = getattr(roots["self"], record.callable.split(".")[-1])
        else:
            function = _resolve(module, record.callable)
        sources = {path: _resolve(roots, path) for path in record.wrt}
    except Exception as problem:
        raise RuntimeError(f"{record.file}: cannot set up: {type(problem).__name__}: {problem}") from problem
    return Call(record, function, inputs, sources, mode)


def repaired_text(record: Record) -> str:
    """The program with the record's fix applied, each replacement at its line's indentation."""
    lines = record.path.read_text().split("\n")
    for number, text in record.fix.items():
        old = lines[int(number) - 1]
        lines[int(number) - 1] = old[: len(old) - len(old.lstrip())] + text if text else ""
    return "\n".join(lines)


def repaired(record: Record, broken: Measured) -> bool:
    """Whether the record's own fix brings the gradient back (or, for `term_cut`, changes it)."""
    return brings_back(record, broken, repaired_text(record))


def brings_back(record: Record, broken: Measured, text: str) -> bool:
    """Whether the program with the text `text` has the gradient that `broken`, as it stands, loses.

    Raises RuntimeError as `measure` does.
    """
    mended = measure(record, text, SEEDS[:3])
    # Nothing to learn from on that branch, or at that point: a gradient of zero is right there.
    zero_is_right = record.category.startswith(("nonfinite", "constant_branch"))
    good = {"ok", "zero"} if zero_is_right else {"ok"}
    if mended.first.error is not None or not set(mended.per_input.values()) <= good:
        return False
    if not record.term_cut:
        return True
    pairs = ((broken.first.gradients[name], mended.first.gradients[name]) for name in record.wrt)
    return any(a is None or b is None or not torch.allclose(a, b, rtol=1e-3, atol=1e-6) for a, b in pairs)


def _fold(seen: list[str]) -> str:
    if "nonfinite" in seen:
        return "nonfinite"
    if len(set(seen)) == 1:
        return seen[0]
    return "ok" if "ok" in seen else "/".join(sorted(set(seen)))


def _load(path: Path, source: str | None, name: str) -> ModuleType:
    """Execute the program; when it raises, what it defined so far stays in `sys.modules[name]`."""
    with tempfile.TemporaryDirectory() as folder:
        if source is not None:
            path = Path(folder) / path.name
            path.write_text(source)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        linecache.getlines(str(path))  # torch.jit.script reads the source later on
    return module


def _resolve(root: object, dotted: str) -> Any:
    current: Any = root
    for part in dotted.split("."):
        if isinstance(current, dict):
            current = current[part]
        elif part.isdigit():
            current = current[int(part)]
        else:
            current = getattr(current, part)
    return current


def _run(record: Record, source: str | None, seed: int) -> Run:
    torch.manual_seed(seed)
    np.random.seed(seed)
    torch.set_grad_enabled(True)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if record.callable == "<module>":
                return _run_script(record, source)
            return _forward_backward(record, source)
    finally:
        torch.set_grad_enabled(True)


def _run_script(record: Record, source: str | None) -> Run:
    name = f"program_{next(_serial)}"
    error = stage = None
    try:
        _load(record.path, source, name)
    except Exception as problem:  # whatever the program raises is its result
        error = f"{type(problem).__name__}: {problem}"
        own = [f for f in traceback.extract_tb(problem.__traceback__) if f.name == "<module>"]
        stage = "backward" if "backward(" in (own[-1].line or "") else "forward"
    return _result({path: _resolve(sys.modules[name], path) for path in record.wrt}, error, stage)


def _forward_backward(record: Record, source: str | None) -> Run:
    call = prepare(record, source)
    torch.set_grad_enabled(call.grad_mode)
    error = stage = first = None
    try:
        for _ in range(record.calls):
            stage = "forward"
            loss = call.loss()
            if first is None and isinstance(loss, torch.Tensor) and loss.numel() == 1:
                first = float(loss.detach())
            stage = "backward"
            loss.backward()
        stage = None
    except Exception as problem:  # whatever the program raises is its result
        error = f"{type(problem).__name__}: {problem}"
    return dataclasses.replace(_result(call.sources, error, stage), loss=first)


def _result(sources: dict[str, torch.Tensor], error: str | None, stage: str | None) -> Run:
    gradients = {name: None if t.grad is None else t.grad.detach().clone() for name, t in sources.items()}
    return Run({name: classify(g) for name, g in gradients.items()}, gradients, error, stage)
