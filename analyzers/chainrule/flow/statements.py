"""Statements: what each does to names, containers and the course of the function."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.decided import asks_data
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.trace import STARTS
from chainrule.flow.core.values import NONE, Const, Function, Setting, Tensor, Value
from chainrule.flow.expressions import assign_target, evaluate
from chainrule.flow.numbers.starts import begins_with
from chainrule.flow.operations import (
    accumulation,
    containers,
    correlated,
    freezing,
    inplace,
    iteration,
    rebound,
)
from chainrule.flow.operations.comparisons import condition_of, truth
from chainrule.flow.operations.contexts import run_with
from chainrule.flow.operations.decorators import decorated, register
from chainrule.flow.operations.narrowing import narrow, widen
from chainrule.flow.operations.objects import make_class
from chainrule.flow.operations.patterns import capture
from chainrule.names import Names


def execute(interp: Interpreter, body: Sequence[ast.stmt]) -> bool:
    """Run statements in order; True if they certainly end the function (return or raise)."""
    for statement in body:
        interp.step()
        run = _STATEMENTS.get(type(statement))
        if run is not None and run(interp, statement):
            return True
    return False


def _expression(interp: Interpreter, statement: ast.Expr) -> bool:
    evaluate(interp, statement.value)
    return False


def _assign(interp: Interpreter, statement: ast.Assign) -> bool:
    value = evaluate(interp, statement.value)
    for target in statement.targets:
        if isinstance(target, ast.Name) and target.id in interp.frame.scope.names:
            rebound.check(interp, statement, target, value)
        assign_target(interp, target, value, statement)
    return False


def _annotated(interp: Interpreter, statement: ast.AnnAssign) -> bool:
    if statement.value is not None:
        assign_target(interp, statement.target, evaluate(interp, statement.value), statement)
    return False


def _augmented(interp: Interpreter, statement: ast.AugAssign) -> bool:
    inplace.augmented(interp, statement)
    return False


def _return(interp: Interpreter, statement: ast.Return) -> bool:
    value = evaluate(interp, statement.value) if statement.value is not None else NONE
    frame = interp.frame
    for condition, at in frame.controls:
        if condition is not None:
            value = _under_control(interp, value, condition, at, statement)
    frame.returns.append(value)
    return True


def _under_control(
    interp: Interpreter, value: Value, condition: Node, at: ast.AST, statement: ast.Return
) -> Value:
    if isinstance(value, Tensor):
        node = interp.controlled(value.node, condition, at)
        fixed = interp.constant(value.node, fresh=True) and asks_data(condition)
        if fixed and statement.value is not None:
            node.tags |= _returned(interp)
        return Tensor(node, value.storage, value.base)
    if isinstance(value, Const) and isinstance(value.value, (int, float)) and statement.value is not None:
        made = Node("number", interp.block, statement.value, (), "scalar")
        made = interp.controlled(made, condition, at)
        if isinstance(value.value, bool):
            return value
        if asks_data(condition):
            made.tags = _returned(interp)
        return Tensor(made)
    return value


def _returned(interp: Interpreter) -> frozenset[str]:
    """Marks of a constant that is returned: from the root itself, or from a helper."""
    own = sum(1 for frame in interp.frames if frame.function is not None) <= 2
    return frozenset({"constant-return", "own-return"} if own else {"constant-return"})


def _if(interp: Interpreter, statement: ast.If) -> bool:
    test = evaluate(interp, statement.test)
    interp.note_setting(test, statement)
    decided = truth(test)
    if decided is True:
        return execute(interp, statement.body)
    if decided is False:
        return execute(interp, statement.orelse)
    condition = condition_of(interp, test, statement.test)
    ended_in: list[bool] = []
    swapped: list[correlated.Swapped] = []
    writes: list[correlated.Writes] = []

    steady = correlated.is_steady(statement.test)

    def alternative(holds: bool) -> bool:
        if steady:
            swapped.append(correlated.swap(interp, statement.test, holds))
        returned = len(interp.frame.returns)
        ended_in.append(_alternative(interp, statement, holds))
        if condition is not None and ended_in[-1]:
            _stays(interp, statement, condition, holds, interp.frame.returns[returned:])
        if steady:
            writes.append(correlated.writes(interp))
        return ended_in[-1]

    runs: list[Callable[[], bool]] = [lambda: alternative(True), lambda: alternative(False)]
    settled = isinstance(test, Setting) or (isinstance(test, Const) and isinstance(test.value, bool))
    taken = int(not test.value) if settled and isinstance(test, Const) else None
    ended = interp.branches(runs, condition, statement.test, taken)
    if not ended and True in ended_in:
        narrow(interp, statement.test, not ended_in[0], statement.test)
        if steady:
            correlated.swap(interp, statement.test, not ended_in[0])
    elif not ended and steady:
        correlated.swap_back(interp, swapped, writes)
        correlated.remember(interp, statement.test, *writes)
    if condition is not None and isinstance(statement.body[-1], (ast.Continue, ast.Break)):
        interp.frame.asked.append(condition)
    return ended


def _stays(
    interp: Interpreter, statement: ast.If, condition: Node, holds: bool, returned: Sequence[Value]
) -> None:
    """A side that a parameter takes as it starts, and that returns what is not computed from it."""
    begun = begins_with(interp, condition)
    if begun is None or begun[1] is not holds or not returned:
        return
    parameter, side = begun[0], statement.body if holds else statement.orelse
    name = parameter.source.name.rpartition(".")[2] if parameter.source is not None else ""
    if any(name == getattr(node, "attr", "") for each in side for node in ast.walk(each)):
        return  # it gets its first value there
    nodes = interp.nodes(returned)
    if nodes and all(each is not parameter for node in nodes for each in behind(node)):
        interp.event(Cause.BRANCH, statement.test, parameter, STARTS)


def _alternative(interp: Interpreter, statement: ast.If, holds: bool) -> bool:
    """Run one side of an `if`; True if it ends the function."""
    narrowed = narrow(interp, statement.test, holds, statement.test)
    here, other = (statement.body, statement.orelse)[:: 1 if holds else -1]
    ended = execute(interp, here)
    widen(interp, narrowed, other)
    return ended


def _for(interp: Interpreter, statement: ast.For | ast.AsyncFor) -> bool:
    sequence = evaluate(interp, statement.iter)
    # `mem = b * mem + syn; syn = syn + x`: what comes in now is in `mem` a round later.
    count = 3 if len(_carried(statement.body)) > 1 else 2
    rounds = iteration.rounds(interp, sequence, statement.iter, count)
    before = dict(interp.frame.scope.names)
    for number, element in enumerate(rounds):
        assign_target(interp, statement.target, element, statement.iter)
        interp.loops += 1
        ended = execute(interp, statement.body)
        interp.loops -= 1
        if number == 0 and len(rounds) > 1:
            accumulation.check(interp, statement, before)
        if ended:
            break
    freezing.freeze_rest(interp, sequence)
    accumulation.or_nothing(interp, statement, sequence, before)
    execute(interp, statement.orelse)
    return False


def _carried(body: list[ast.stmt]) -> set[str]:
    """The names that the assignments of a loop read from the round before, to give them a new value."""
    read: set[str] = set()
    carried: set[str] = set()
    bound: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.Assign):
            names = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
            read |= names - bound
            stored = {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            carried |= stored & read
            bound |= stored
    return carried


def _while(interp: Interpreter, statement: ast.While) -> bool:
    for _ in range(2):
        evaluate(interp, statement.test)
        if execute(interp, statement.body):
            break
    return False


def _with(interp: Interpreter, statement: ast.With | ast.AsyncWith) -> bool:
    return run_with(interp, statement.items, statement.body)


def _try(interp: Interpreter, statement: ast.Try) -> bool:
    def main() -> bool:
        return execute(interp, statement.body) or execute(interp, statement.orelse)

    def handler(caught: ast.ExceptHandler) -> Callable[[], bool]:
        def run() -> bool:
            if caught.name:
                interp.put(interp.frame.scope.names, caught.name, interp.unknown(caught))
            return execute(interp, caught.body)

        return run

    runs = [main, *(handler(each) for each in statement.handlers)]
    ended = interp.branches(runs, None, statement, rescues=True)
    return execute(interp, statement.finalbody) or ended


def _match(interp: Interpreter, statement: ast.Match) -> bool:
    subject = evaluate(interp, statement.subject)
    interp.note_setting(subject, statement)
    chosen = _case_of(subject, statement)
    if chosen is not None:
        return execute(interp, chosen.body)
    condition = subject.node if isinstance(subject, Tensor) else None

    def case(each: ast.match_case) -> Callable[[], bool]:
        def run() -> bool:
            capture(interp, each.pattern, subject)
            if each.guard is not None:
                evaluate(interp, each.guard)
            return execute(interp, each.body)

        return run

    runs = [case(each) for each in statement.cases]
    last = statement.cases[-1].pattern
    if not (isinstance(last, ast.MatchAs) and last.pattern is None):
        runs.append(lambda: False)
    return interp.branches(runs, condition, statement.subject)


def _case_of(subject: Value, statement: ast.Match) -> ast.match_case | None:
    """The case that a known value takes among literals, where it is known."""
    if not isinstance(subject, Const) or not subject.known:
        return None
    for case in statement.cases:
        asked = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
        literals = [each.value for each in asked if isinstance(each, ast.MatchValue)]
        values = [each.value for each in literals if isinstance(each, ast.Constant)]
        values += [each.value for each in asked if isinstance(each, ast.MatchSingleton)]
        anything = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
        if case.guard is not None or not (anything or len(values) == len(asked)):
            return None
        if anything or subject.value in values:
            return case
    return None


def _define(interp: Interpreter, statement: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    frame = interp.frame
    interp.encloses()
    made = Function(statement, frame.scope, frame.module, frame.block)
    interp.put(frame.scope.names, statement.name, decorated(interp, made))
    return False


def _class(interp: Interpreter, statement: ast.ClassDef) -> bool:
    interp.encloses()
    made = make_class(interp, statement)
    interp.put(interp.frame.scope.names, statement.name, made)
    register(interp, made)
    return False


def _import(interp: Interpreter, statement: ast.Import | ast.ImportFrom) -> bool:
    module = interp.frame.module
    local = Names(module.names.package)
    local.add([statement])
    for name, dotted in local.bound.items():
        interp.put(interp.frame.scope.names, name, interp.imported(dotted, module))
    return False


def _delete(interp: Interpreter, statement: ast.Delete) -> bool:
    for target in statement.targets:
        if isinstance(target, ast.Name) and target.id in interp.frame.scope.names:
            interp.put(interp.frame.scope.names, target.id, interp.unknown(target))
        elif isinstance(target, ast.Subscript):
            containers.delete(interp, target)
    return False


def _nonlocal(interp: Interpreter, statement: ast.Nonlocal) -> bool:
    interp.frame.scope.outside |= frozenset(statement.names)
    return False


def _global(interp: Interpreter, statement: ast.Global) -> bool:
    """`global hidden`: only the run of a script has the names of the module for its own."""
    if isinstance(interp.frames[0].function, ast.Module):
        interp.frame.scope.outside |= frozenset(statement.names)
    return False


def _raise(interp: Interpreter, statement: ast.Raise) -> bool:
    return True


def _assert(interp: Interpreter, statement: ast.Assert) -> bool:
    test = evaluate(interp, statement.test)
    if isinstance(test, Tensor):
        interp.frame.asked.append(test.node)
    return False


_STATEMENTS: dict[type[ast.stmt], Callable[[Interpreter, Any], bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Delete: _delete,
    ast.Nonlocal: _nonlocal,
    ast.Global: _global,
    ast.Raise: _raise,
    ast.Assert: _assert,
}
