"""The abstract interpreter: runs a function on symbolic arguments and grows the gradient graph.

It follows what Python does, not what it looks like: calls of analysed functions are entered, both sides
of a branch that data decides are run and joined, loops are run twice. What it cannot know it assumes
differentiable. State changes go through `put`, so that a branch can be undone.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from chainrule.flow.core.forks import Forks
from chainrule.flow.core.given import Asked, callable_given
from chainrule.flow.core.program import Module, Scope
from chainrule.flow.core.state import MAX_AWAY, MAX_DEPTH, MAX_STEPS, Frame, OutOfBudget
from chainrule.flow.core.values import Class, External, Function, Instance, Map, Seq, Value
from chainrule.syntax import Block, parse_block


class Language(Protocol):
    """How each part of Python is run. The parts need one another: they meet here, and only here."""

    def evaluate(self, interp: Interpreter, expression: ast.expr) -> Value: ...
    def assign(self, interp: Interpreter, target: ast.expr, value: Value, at: ast.AST) -> None: ...
    def execute(self, interp: Interpreter, body: Sequence[ast.stmt]) -> bool: ...
    def call(
        self,
        interp: Interpreter,
        callee: Value,
        arguments: list[Value],
        keywords: dict[str, Value],
        at: ast.AST,
    ) -> Value: ...
    def call_method(
        self,
        interp: Interpreter,
        instance: Instance,
        name: str,
        arguments: list[Value],
        keywords: dict[str, Value],
        at: ast.AST,
    ) -> Value | None: ...
    def call_function(
        self,
        interp: Interpreter,
        function: Function,
        arguments: Sequence[Value] | None,
        keywords: Mapping[str, Value],
        at: ast.AST,
    ) -> Value: ...
    def ready(self, interp: Interpreter, instance: Instance) -> None: ...
    def bind_method(
        self,
        interp: Interpreter,
        cls: Class,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        instance: Instance | None,
        at: ast.AST,
    ) -> Value: ...


class Interpreter(Forks):
    """Runs one root: a state, what names stand for in it, and the language (`chainrule.flow.python`)."""

    language: ClassVar[Language]

    def evaluate(self, expression: ast.expr) -> Value:
        """The value of an expression in the running function."""
        return self.language.evaluate(self, expression)

    def evaluate_in(self, cls: Class, expression: ast.expr) -> Value:
        """The value of an expression of a class body."""
        self.enter(Frame(cls.module, cls.scope, cls.block))
        try:
            return self.language.evaluate(self, expression)
        finally:
            self.leave()

    def given(self, callee: str, name: str, position: int) -> Value | None:
        """The function or object of the analysed file that its calls of `callee` give to an argument."""
        self.asked_calls.append(Asked(callee, name, position))
        found = callable_given(self.module, callee, name, position)
        if found is None:
            return None
        block, expression = found
        self.enter(Frame(self.module, self.module.scope, block))
        try:
            return self.language.evaluate(self, expression)
        finally:
            self.leave()

    def evaluate_beside(self, defined: Function | Class, expression: ast.expr) -> Value:
        """The value of an expression that stands beside a definition: a default, a decorator."""
        self.enter(Frame(defined.module, defined.scope, defined.block))
        try:
            return self.language.evaluate(self, expression)
        finally:
            self.leave()

    def assign(self, target: ast.expr, value: Value, at: ast.AST) -> None:
        """`target = value`."""
        self.language.assign(self, target, value, at)

    def execute(self, body: Sequence[ast.stmt]) -> bool:
        """Run statements in order; True if they certainly end the function."""
        return self.language.execute(self, body)

    def call(self, callee: Value, arguments: list[Value], keywords: dict[str, Value], at: ast.AST) -> Value:
        """`callee(*arguments, **keywords)`."""
        return self.language.call(self, callee, arguments, keywords, at)

    def call_method(
        self, instance: Instance, name: str, arguments: list[Value], keywords: dict[str, Value], at: ast.AST
    ) -> Value | None:
        """`instance.name(...)` where an analysed class defines it, else None."""
        return self.language.call_method(self, instance, name, arguments, keywords, at)

    def call_function(
        self,
        function: Function,
        arguments: Sequence[Value] | None,
        keywords: Mapping[str, Value],
        at: ast.AST,
    ) -> Value:
        """Enter an analysed function; `arguments` None means that nothing is known of them."""
        return self.language.call_function(self, function, arguments, keywords, at)

    def ready(self, instance: Instance) -> None:
        """Run `__init__` of an object that has only been made so far."""
        self.language.ready(self, instance)

    def bind_method(
        self,
        cls: Class,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        instance: Instance | None,
        at: ast.AST,
    ) -> Value:
        """A method of `cls` as an attribute of `instance`."""
        return self.language.bind_method(self, cls, node, instance, at)

    # Names

    def lookup(self, name: str) -> Value | None:
        """The value of a name in the running function, or None where it is not known."""
        scope: Scope | None = self.frame.scope
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        module = self.frame.module
        found = module.globals.get(name)
        return self.global_value(module, name) if found is None and name not in module.absent else found

    def names_for(self, name: str) -> dict[str, Value]:
        """The names among which an assignment to `name` in the running function binds it."""
        scope = self.frame.scope
        while name in scope.outside and scope.parent is not None:
            scope = scope.parent
            if name in scope.names:
                break
        return scope.names

    def global_value(self, module: Module, name: str) -> Value | None:
        """The value of a top-level name of `module`; its statement is run on the first call."""
        found = module.globals.get(name)
        if found is not None:
            return found
        dotted = module.names.bound.get(name)
        binding = None if dotted is not None else module.binding(name)
        if dotted is None and binding is None and not module.names.stars:
            module.absent.add(name)
            return None
        key = (id(module), name)
        if key in self.evaluating:
            return None
        value: Value | None
        self.evaluating.add(key)
        try:
            if dotted is not None:
                value = self.imported(dotted, module)
            elif binding is not None:
                value = self._run_global(module, name, *binding)
            else:
                value = self._from_stars(name, module)
        finally:
            self.evaluating.discard(key)
        if value is not None:
            module.globals[name] = value
        if isinstance(value, (Map, Seq, Instance)):
            self._fill(module, name)
        if value is not None:
            module.contents.add(value)
        if not self.evaluating:
            module.contents.keep()
        return value

    def _fill(self, module: Module, name: str) -> None:
        """Run what the module's own statements and decorators put into the container `name`."""
        for block in module.filling(name):
            for statement in parse_block(block).body:
                if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                    self.global_value(module, statement.name)
                elif _stores_into(statement, name) or _freezes(statement):
                    self._run_global(module, "", block, statement)

    def _from_stars(self, name: str, module: Module) -> Value | None:
        """What `from package import *` binds `name` to, where the package is analysed code."""
        if self.project is None or name.startswith("_"):
            return None
        for base in reversed(module.names.stars):
            found = self.from_workspace(f"{base}.{name}", module)
            if found is not None:
                return found
        return None

    def _run_global(self, module: Module, name: str, block: Block, statement: ast.stmt) -> Value | None:
        frame = Frame(module, Scope(module.scope), block)
        if isinstance(statement, (ast.For, ast.While)) and not _freezes(statement):
            return None
        away, self.departure = self.departure, None
        outer, self.frames = self.frames, []  # it has run before whatever runs now
        self.enter(frame)
        try:
            with self.apart():
                self.execute([statement])
        finally:
            self.frames = outer
            if outer:
                self.frame = outer[-1]
            self.departure = away
        return frame.scope.names.pop(name, None)  # a function whose scope held itself would be a cycle

    def imported(self, dotted: str, module: Module) -> Value:
        """What an imported name stands for: analysed code of the workspace, or a library's name."""
        if (
            self.project is not None
            and not dotted.startswith(("torch.", "numpy."))
            and dotted
            not in (
                "torch",
                "numpy",
            )
        ):
            found = self.from_workspace(dotted, module)
            if found is not None:
                return found
        return External(dotted)

    def from_workspace(self, dotted: str, importer: Module) -> Value | None:
        """The value of `package.module.name` in the workspace, None where its source is not there."""
        assert self.project is not None
        head, _, name = dotted.rpartition(".")
        if not head:
            return None
        target = self.project.module(head, importer)
        if target is None or (not target.helps and not target.reexports(name)):
            return None
        return self.global_value(target, name)


def _freezes(statement: ast.stmt) -> bool:
    """Whether a statement is `for p in net.parameters(): p.requires_grad = False`."""
    if not isinstance(statement, ast.For) or not isinstance(statement.iter, ast.Call):
        return False
    called, body = statement.iter.func, statement.body[0]
    listed = isinstance(called, ast.Attribute) and called.attr == "parameters" and len(statement.body) == 1
    if isinstance(body, ast.Assign):
        place, value = body.targets[0], body.value
        off = isinstance(value, ast.Constant) and value.value is False
        return listed and off and isinstance(place, ast.Attribute) and place.attr == "requires_grad"
    return listed and ast.unparse(body).endswith(".requires_grad_(False)")


def _stores_into(statement: ast.stmt, name: str) -> bool:
    """Whether a statement is `name[key] = value` or `name.method(...)`."""
    if isinstance(statement, ast.Assign):
        place: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        place = statement.value.func
    else:
        return False
    if not isinstance(place, (ast.Subscript, ast.Attribute)):
        return False
    return isinstance(place.value, ast.Name) and place.value.id == name


__all__ = ["MAX_AWAY", "MAX_DEPTH", "MAX_STEPS", "Frame", "Interpreter", "OutOfBudget"]
