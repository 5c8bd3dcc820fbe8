"""Statements of which one part runs and another does not: `if`, `try`, `match`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.trace import STARTS
from chainrule.flow.core.values import Const, Setting, Tensor, Value
from chainrule.flow.numbers.starts import begins_with
from chainrule.flow.operations import correlated, switching
from chainrule.flow.operations.comparisons import condition_of, truth
from chainrule.flow.operations.narrowing import narrow, widen
from chainrule.flow.operations.patterns import capture
from chainrule.syntax import walk_tree


def run_if(interp: Interpreter, statement: ast.If) -> bool:
    test = interp.evaluate(statement.test)
    interp.note_setting(test, statement)
    decided = truth(test)
    if decided is True:
        return interp.execute(statement.body)
    if decided is False:
        return interp.execute(statement.orelse)
    condition = condition_of(interp, test, statement.test)
    ended_in: list[bool] = []
    swapped: list[correlated.Swapped] = []
    writes: list[correlated.Writes] = []

    steady = correlated.is_steady(statement.test)

    def alternative(holds: bool) -> bool:
        if steady:
            swapped.append(correlated.swap(interp, statement.test, holds))
        returned, mode = len(interp.frame.returns), interp.mode
        ended_in.append(_alternative(interp, statement, holds))
        if interp.mode is not mode and not ended_in[-1]:
            switching.left_by_call(interp, statement.body if holds else statement.orelse, mode)
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
    if any(name == getattr(node, "attr", "") for each in side for node in walk_tree(each)):
        return  # it gets its first value there
    nodes = interp.nodes(returned)
    if nodes and all(each is not parameter for node in nodes for each in behind(node)):
        interp.event(Cause.BRANCH, statement.test, parameter, STARTS)


def _alternative(interp: Interpreter, statement: ast.If, holds: bool) -> bool:
    """Run one side of an `if`; True if it ends the function."""
    narrowed = narrow(interp, statement.test, holds, statement.test)
    here, other = (statement.body, statement.orelse)[:: 1 if holds else -1]
    ended = interp.execute(here)
    widen(interp, narrowed, other)
    return ended


def run_try(interp: Interpreter, statement: ast.Try) -> bool:
    switches = interp.switches
    since, until = len(switches.spans), len(switches.spans)
    leaks, off = len(switches.leaks), len(interp.frame.off)

    def main() -> bool:
        nonlocal until
        ended = interp.execute(statement.body) or interp.execute(statement.orelse)
        until = len(switches.spans)
        return ended

    def handler(caught: ast.ExceptHandler) -> Callable[[], bool]:
        def run() -> bool:
            on = len(switches.on)
            if caught.name:
                interp.put(interp.frame.scope.names, caught.name, interp.unknown(caught))
            ended = interp.execute(caught.body)
            if until > since and on == len(switches.on) and switching.survives(caught):
                switching.interrupted(interp, statement.body, switches.spans[since:until], caught)
            return ended

        return run

    runs = [main, *(handler(each) for each in statement.handlers)]
    ended = interp.branches(runs, None, statement, rescues=True)
    if not statement.finalbody:
        return ended
    on, settles = len(switches.on), switches.settles
    switches.settles = True
    ended = interp.execute(statement.finalbody) or ended
    switches.settles = settles
    if on < len(switches.on):  # whatever was raised or returned, gradients are on
        del switches.leaks[leaks:], interp.frame.off[off:]
    return ended


def run_match(interp: Interpreter, statement: ast.Match) -> bool:
    subject = interp.evaluate(statement.subject)
    interp.note_setting(subject, statement)
    chosen = _case_of(subject, statement)
    if chosen is not None:
        return interp.execute(chosen.body)
    condition = subject.node if isinstance(subject, Tensor) else None

    def case(each: ast.match_case) -> Callable[[], bool]:
        def run() -> bool:
            capture(interp, each.pattern, subject)
            if each.guard is not None:
                interp.evaluate(each.guard)
            return interp.execute(each.body)

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
