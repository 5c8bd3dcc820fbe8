"""Search for inputs that a loss accepts: guess by role, run, read torch's complaint, repair, within a budget."""

from __future__ import annotations

import ast
import heapq
import inspect
import itertools
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from ..program import BuildError, Plan, Program, seed_everything
from ..runs import describe_loss, loss_of
from .documented import from_annotations, from_docstring
from .failures import Failure, read_failure
from .hints import Function, Hints, collect, functions_of
from .messages import repairs
from .roles import SCENARIOS, Scenario, constructor_value, documented, guess, order_scenarios
from .specs import Candidate, Spec, TensorSpec, ValueSpec

TRIALS = 240
SECONDS = 6.0
_PER_FAILURE = 14
"""Repairs kept of one failed trial."""


@dataclass
class Found:
    """A plan that runs, or none; what was tried; the last complaint; the first guess, for the user to correct."""

    plan: Plan | None = None
    tried: list[str] = field(default_factory=list)
    trials: int = 0
    last: str = ""
    guess: str = ""


class Search:
    """`run(call)` must prepare and run a built call (its result is not needed to be a loss)."""

    def __init__(self, program: Program, instance: str | None, prepare: Callable[[Any], object]) -> None:
        self.program = program
        self.instance = instance
        self.prepare = prepare
        self.tree = ast.parse(program.text)
        self.functions = functions_of(self.tree)
        self.holder, self.function = program.target()
        self.owner = self.holder.__name__ if self.holder is not None else ""
        self.node = self._node(program.qualname, self.function)
        self.known = self._classes()

    def _node(self, qualname: str, function: Any) -> Function | None:
        found = self.functions.get(qualname)
        if found is None:
            try:
                source = inspect.getsource(inspect.unwrap(function))
                tree = ast.parse(inspect.cleandoc("if 1:\n" + source) if source.startswith(" ") else source)
            except (OSError, TypeError, SyntaxError):
                return None
            found = next(
                (n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))), None
            )
        return found

    def _classes(self) -> dict[str, tuple[str, ...]]:
        """The classes of the file, with the constructor's parameters that have no default."""
        found: dict[str, tuple[str, ...]] = {}
        for name, value in self.program.module.__dict__.items():
            if inspect.isclass(value) and value.__module__ == self.program.module.__name__:
                try:
                    found[name] = tuple(p.name for p in _required(inspect.signature(value)))
                except (TypeError, ValueError):
                    continue
        return found

    def find(self) -> Found:
        """The first plan that runs, in the order: stated shapes, then scenarios, then repairs of what came furthest."""
        found = Found()
        deadline = time.monotonic() + SECONDS
        queue: list[tuple[float, int, int, Candidate]] = []
        count = itertools.count()
        for at, candidate in enumerate(self._starts()):
            heapq.heappush(queue, (1.5 * at, next(count), 2 * at, candidate))
            found.guess = found.guess or candidate.text()
        seen = set()
        fallback: Plan | None = None
        while queue and found.trials < TRIALS and time.monotonic() < deadline:
            _, _, cost, candidate = heapq.heappop(queue)
            plan = self._plan(candidate)
            key = (plan.arguments, plan.instance)
            if key in seen:
                continue
            seen.add(key)
            found.trials += 1
            failure = self._try(plan, candidate)
            if failure is None:
                found.plan = plan
                return found
            if failure.kind == "nonfinite":
                fallback = fallback or plan
            found.last = f"{failure.kind}: {failure.text}"
            if len(found.tried) < 8:
                found.tried.append(f"{plan.arguments}: {_first_line(failure)}")
            for price, repaired in itertools.islice(repairs(candidate, failure), _PER_FAILURE):
                score = cost + price - 1.5 * self._distance(failure.progress)
                heapq.heappush(queue, (score, next(count), cost + price, repaired))
        found.plan = fallback
        return found

    def find_instance(self, plan: Plan) -> str | None:
        """Text that constructs an object for arguments that are given."""
        for scenario in SCENARIOS:
            constructor = self._constructor(scenario)
            instance = Candidate({}, constructor).instance_text(self.owner)
            attempt = Plan(plan.origin, plan.arguments, plan.setup, instance)
            try:
                call = self.program.build(attempt, 0)
                self.prepare(call)
                call.run()
            except (Exception, SystemExit):
                continue
            return instance
        return Candidate({}, self._constructor(SCENARIOS[0])).instance_text(self.owner)

    def _starts(self) -> list[Candidate]:
        signature = self.program.signature()
        parameters = (
            _required(signature)
            or [
                p
                for p in signature.parameters.values()
                if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
            ][:0]
        )
        names = [p.name for p in parameters]
        hints = collect(self.node, self.functions, self.owner) if self.node is not None else {}
        hints = {n: hints.get(n, Hints()) for n in names}
        scenarios = order_scenarios(hints, names)
        starts = [self._start(s, parameters, hints) for s in scenarios]
        if self.node is not None:
            docs = [inspect.getdoc(self.function), inspect.getdoc(self.holder) if self.holder else None]
            for origin, stated in (
                ("docstring", from_docstring(docs, self.node)),
                ("annotations", from_annotations(self.node)),
            ):
                if stated:
                    candidate = starts[0].copy()
                    if documented(stated, candidate.arguments):
                        candidate.origin = origin
                        starts.insert(0, candidate)
        return starts

    def _start(
        self, scenario: Scenario, parameters: Sequence[inspect.Parameter], hints: Mapping[str, Hints]
    ) -> Candidate:
        arguments: dict[str, Spec] = {}
        for parameter in parameters:
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                arguments["*0"] = TensorSpec("float", list(scenario.pred))
                arguments["*1"] = TensorSpec(scenario.target_kind, list(scenario.target), scenario.high)
                continue
            annotation = self._annotation(self.node, parameter.name)
            name = (
                f"*{parameter.name}"
                if parameter.kind is inspect.Parameter.POSITIONAL_ONLY
                else parameter.name
            )
            arguments[name] = guess(
                parameter.name, hints.get(parameter.name, Hints()), annotation, scenario, self.known, False
            )
        candidate = Candidate(arguments, self._constructor(scenario))
        candidate.optional = self._optional(scenario, hints, candidate.constructor is not None)
        return candidate

    def _optional(
        self, scenario: Scenario, hints: Mapping[str, Hints], constructing: bool
    ) -> dict[str, Spec]:
        """First guesses for the parameters whose default is None."""
        found: dict[str, Spec] = {}
        every = collect(self.node, self.functions, self.owner) if self.node is not None else {}
        for parameter in self.program.signature().parameters.values():
            if parameter.default is None:
                annotation = self._annotation(self.node, parameter.name)
                own = every.get(parameter.name, Hints())
                found[parameter.name] = guess(parameter.name, own, annotation, scenario, self.known, False)
        if constructing and self.holder is not None:
            for parameter in inspect.signature(self.holder).parameters.values():
                if parameter.default is None:
                    annotation = str(getattr(parameter.annotation, "__name__", "") or "")
                    found[f"new.{parameter.name}"] = guess(
                        parameter.name, Hints(), annotation, scenario, self.known, True
                    )
        return found

    def _constructor(self, scenario: Scenario) -> dict[str, Spec] | None:
        if not self.program.needs_instance() or self.instance:
            return None
        assert self.holder is not None
        try:
            parameters = _required(inspect.signature(self.holder))
        except (TypeError, ValueError):
            return {}
        node = self._node(f"{self.holder.__qualname__}.__init__", self.holder.__init__)  # type: ignore[misc]
        hints = collect(node, self.functions, self.owner) if node is not None else {}
        made: dict[str, Spec] = {}
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            own = hints.get(parameter.name, Hints())
            annotation = self._annotation(node, parameter.name)
            if node is None or parameter.name not in hints:
                annotation = str(getattr(parameter.annotation, "__name__", "") or "")
                made[parameter.name] = guess(parameter.name, own, annotation, scenario, self.known, True)
            else:
                made[parameter.name] = guess(parameter.name, own, annotation, scenario, self.known, True)
        return made

    def _annotation(self, node: Function | None, name: str) -> str:
        if node is None:
            return ""
        for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            if argument.arg == name and argument.annotation is not None:
                value = argument.annotation
                text = value.value if isinstance(value, ast.Constant) else ast.unparse(value)
                return str(text)
        return ""

    def _plan(self, candidate: Candidate) -> Plan:
        instance = self.instance or candidate.instance_text(self.owner)
        return Plan(candidate.origin, candidate.text(), candidate.setup(), instance)

    def _try(self, plan: Plan, candidate: Candidate) -> Failure | None:
        arguments: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                call = self.program.build(plan, 0)
                arguments = call.arguments
                self.prepare(call)
                seed_everything(0)
                torch.set_grad_enabled(self.program.grad_mode)
                loss = loss_of(call.run())
            except (Exception, SystemExit) as problem:
                cause = (
                    problem.__cause__ if isinstance(problem, BuildError) and problem.__cause__ else problem
                )
                failure = read_failure(cause, candidate, arguments, self._owns)
                return None if failure.of_autograd else failure
            finally:
                torch.set_grad_enabled(True)
        complaint = next((str(w.message) for w in heard if "Using a target size" in str(w.message)), None)
        if complaint is not None:
            return Failure("warning", complaint, (), (10**6,), "", ())
        if (
            isinstance(loss, torch.Tensor)
            and loss.is_floating_point()
            and not bool(torch.isfinite(loss.detach()).all())
        ):
            return Failure(
                "nonfinite", "the loss is not finite", tuple(arguments), (10**6,), "", ("",) * len(arguments)
            )
        return None

    def _distance(self, progress: tuple[int, ...]) -> float:
        """How far a trial came: lines of the loss that ran, and a little for what ran below it."""
        if not progress:
            return 0.0
        first = self.node.lineno if self.node is not None else 0
        return min(max(progress[0] - first, 0), 40) + min(0.1 * len(progress), 0.5)

    def _owns(self, path: str) -> bool:
        return path == self.program.path or self.program.workspace.owns(path)


def _first_line(failure: Failure) -> str:
    return f"{failure.kind}: {failure.text.splitlines()[0][:160]}" if failure.text else failure.kind


def _required(signature: inspect.Signature) -> list[inspect.Parameter]:
    every = list(signature.parameters.values())
    needed = [p for p in every if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if any(p.kind is not p.VAR_POSITIONAL for p in needed):
        needed = [p for p in needed if p.kind is not p.VAR_POSITIONAL]
    return needed


__all__ = ["SCENARIOS", "Found", "Search", "TensorSpec", "ValueSpec", "constructor_value", "describe_loss"]
