"""The user's program in this process: load a sliced source, build the object and the arguments, call the
loss."""

from __future__ import annotations

import importlib
import inspect
import linecache
import math
import os
import random
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from .missing import tolerating_missing
from .trace.importing import Workspace


class BuildError(Exception):
    """Inputs or an object that could not be built. The message is for the user."""


@dataclass(frozen=True)
class Plan:
    """How to call the loss: Python text, evaluated with the module's names, torch, np and math in scope."""

    origin: str
    arguments: str
    setup: str = ""
    instance: str | None = None

    @staticmethod
    def of(data: Mapping[str, Any]) -> Plan:
        return Plan(data["origin"], data["arguments"], data.get("setup", ""), data.get("instance"))


@dataclass
class Call:
    """One loss with its object and its arguments, ready to run."""

    function: Callable[..., Any]
    arguments: dict[str, Any]
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)
    instance: Any = None

    def run(self) -> Any:
        """What the loss gives: of a coroutine its result, of a generator the list of what it yields."""
        returned = self.function(*self.positional, **self.named)
        if inspect.iscoroutine(returned):
            import asyncio  # rarely needed, and slow to import

            return asyncio.run(returned)
        return list(returned) if inspect.isgenerator(returned) else returned

    def again(self, arguments: Call) -> Call:
        """The next call of the same function of the same object, with the arguments of another call."""
        return replace(arguments, function=self.function, instance=self.instance)


class Program:
    """The module that holds the loss. Loading it runs the sliced source; any exception of it comes
    through."""

    def __init__(self, request: Mapping[str, Any], workspace: Workspace) -> None:
        self.path = str(request["path"])
        self.qualname = str(request["function"])
        self.text = str(request["source"])
        self.workspace = workspace
        self._target: tuple[type | None, Any] | None = None
        self._signature: inspect.Signature | None = None
        name, package = str(request.get("module") or "probed"), str(request.get("package") or "")
        self.module = tolerating_missing(lambda: self._load(name, package))
        self.grad_mode = torch.is_grad_enabled()
        """What loading the module left behind: `torch.set_grad_enabled(False)` holds for the loss too."""
        torch.set_grad_enabled(True)

    def _load(self, name: str, package: str) -> types.ModuleType:
        if package:
            _import_package(package, os.path.dirname(self.path))
        module = types.ModuleType(name)
        module.__file__ = self.path
        module.__package__ = package
        prime_lines(self.path, self.text)
        sys.modules[name] = module
        code = self.workspace.compile(self.text, self.path)
        module.__dict__.update(self.workspace.hooks)
        exec(code, module.__dict__)
        return module

    def scope(self) -> dict[str, Any]:
        """The names that inputs may use."""
        names: dict[str, Any] = {"torch": torch, "math": math, "np": sys.modules.get("numpy")}
        if names["np"] is None:
            try:
                names["np"] = importlib.import_module("numpy")
            except ImportError:
                del names["np"]
        names.update(self.module.__dict__)
        return names

    def target(self) -> tuple[type | None, Any]:
        """The class (None for a function) and the function that the qualified name stands for.

        Raises BuildError where there is none.
        """
        if self._target is None:
            self._target = self._find_target()
        return self._target

    def _find_target(self) -> tuple[type | None, Any]:
        owner: Any = self.module
        holder: type | None = None
        for part in self.qualname.split("."):
            if part == "<locals>" or not hasattr(owner, part):
                raise BuildError(
                    f"{self.qualname} cannot be reached from the module: only functions and methods that are "
                    "defined at module or class level can be probed."
                )
            holder = owner if inspect.isclass(owner) else None
            owner = getattr(owner, part)
        if inspect.isclass(owner):
            method = "forward" if issubclass(owner, torch.nn.Module) else "__call__"
            return owner, getattr(owner, method)
        return holder, owner

    def needs_instance(self) -> bool:
        holder, function = self.target()
        if holder is None or issubclass(holder, torch.autograd.Function):
            return False
        return not isinstance(
            inspect.getattr_static(holder, function.__name__, None), (staticmethod, classmethod)
        )

    def signature(self) -> inspect.Signature:
        """The parameters that a caller gives (no self, no ctx)."""
        if self._signature is None:
            self._signature = self._find_signature()
        return self._signature

    def _find_signature(self) -> inspect.Signature:
        holder, function = self.target()
        signature = inspect.signature(function)
        drop = self.needs_instance() or (holder is not None and issubclass(holder, torch.autograd.Function))
        parameters = list(signature.parameters.values())
        return signature.replace(parameters=parameters[1:] if drop else parameters)

    def build(self, plan: Plan, seed: int) -> Call:
        """Raises BuildError if the plan's text does not evaluate or does not fit the signature."""
        seed_everything(seed)
        scope = self.scope()
        mode = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        try:
            exec(compile(plan.setup, "<setup>", "exec"), scope)
            instance = self._instance(plan, scope)
            scope["__chainrule_bind"] = lambda *a, **k: (a, k)
            positional, named = eval(f"__chainrule_bind({plan.arguments})", scope)
        except BuildError:
            raise
        except Exception as problem:
            raise BuildError(f"{type(problem).__name__}: {problem}") from problem
        finally:
            torch.set_grad_enabled(mode)
        holder, function = self.target()
        if self.needs_instance():
            whole = function.__name__ in ("forward", "__call__") and callable(instance)
            function = instance if whole else getattr(instance, function.__name__)
        elif holder is not None and issubclass(holder, torch.autograd.Function):
            function = holder.apply
        try:
            bound = self.signature().bind(*positional, **named)
        except TypeError as problem:
            raise BuildError(f"The inputs do not fit {self.qualname}: {problem}.") from problem
        return Call(function, dict(bound.arguments), tuple(positional), dict(named), instance)

    def _instance(self, plan: Plan, scope: dict[str, Any]) -> Any:
        if not self.needs_instance():
            return None
        holder, _ = self.target()
        assert holder is not None
        if not plan.instance:
            raise BuildError(
                f"{self.qualname} is a method, and nothing says how to construct {holder.__name__}."
            )
        instance = eval(plan.instance, scope)
        if not isinstance(instance, holder):
            raise BuildError(f"{plan.instance} gives a {type(instance).__name__}, not a {holder.__name__}.")
        return instance


def seed_everything(seed: int) -> None:
    """What `torch.manual_seed` does, for the generators that are in use (it costs milliseconds for the
    others)."""
    random.seed(seed)
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(seed)


def prime_lines(path: str, text: str) -> None:
    """Let tracebacks show the unsaved text."""
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)


def _import_package(package: str, folder: str) -> None:
    """Import the package of the probed file; if its `__init__` fails, stand in for it so that siblings
    import."""
    try:
        importlib.import_module(package)
    except Exception as problem:
        name = problem.name if isinstance(problem, ModuleNotFoundError) else None
        if name and name.partition(".")[0] != package.partition(".")[0]:
            raise  # a package that is not installed: the caller puts a stand-in for it
        parts = package.split(".")
        for count in range(1, len(parts) + 1):
            name = ".".join(parts[:count])
            if name not in sys.modules:
                stand_in = types.ModuleType(name)
                stand_in.__path__ = [os.path.normpath(os.path.join(folder, *[".."] * (len(parts) - count)))]
                sys.modules[name] = stand_in
