"""First candidates for a loss: one per scenario, and before them the shapes that its documentation states."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from ..program import Program
from .documented import from_annotations, from_docstring
from .hints import Function, Hints, functions_of
from .reading import collect
from .roles import documented, guess
from .scenarios import Scenario, order_scenarios
from .specs import Candidate, Spec, TensorSpec


class Starts:
    """What the code, the annotations and the docstrings of one loss say about its arguments."""

    def __init__(self, program: Program, instance: str | None) -> None:
        self.program = program
        self.instance = instance
        self.functions = functions_of(ast.parse(program.text))
        self.holder, self.function = program.target()
        self.owner = self.holder.__name__ if self.holder is not None else ""
        self.node = self._node(program.qualname, self.function)
        self.known = self._classes()

    def candidates(self) -> list[Candidate]:
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
        candidate = Candidate(arguments, self.constructor(scenario))
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

    def constructor(self, scenario: Scenario) -> dict[str, Spec] | None:
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


def _required(signature: inspect.Signature) -> list[inspect.Parameter]:
    every = list(signature.parameters.values())
    needed = [p for p in every if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if any(p.kind is not p.VAR_POSITIONAL for p in needed):
        needed = [p for p in needed if p.kind is not p.VAR_POSITIONAL]
    return needed
