"""Statements: what each does to names, containers and the course of the function."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chainrule.flow import branching
from chainrule.flow.core.decided import asks_data
from chainrule.flow.core.graph import Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.joins import CONSTANT_ITEM
from chainrule.flow.core.scalars import is_zero
from chainrule.flow.core.values import NONE, Const, Function, Map, Seq, Tensor, Value
from chainrule.flow.core.words import LOSS_WORDS, words
from chainrule.flow.expressions import evaluate
from chainrule.flow.operations import (
    accumulation,
    containers,
    entries,
    freezing,
    inplace,
    iteration,
    rebound,
)
from chainrule.flow.operations.contexts import run_with
from chainrule.flow.operations.decorators import decorated, register
from chainrule.flow.operations.objects import make_class
from chainrule.flow.operations.switching import leave, went_on
from chainrule.flow.targets import assign_target
from chainrule.names import Names
from chainrule.syntax import walk_tree


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
    leave(interp, statement)
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
            node.tags |= _returned(interp, node)
        return Tensor(node, value.storage, value.base)
    if isinstance(value, (Seq, Map)) and asks_data(condition):
        for item in _terms(value, statement):
            if isinstance(item, Tensor) and (is_zero(item.node) or "fresh-leaf" in item.node.tags):
                interp.note_item(item.node)
        return value
    if isinstance(value, Const) and isinstance(value.value, (int, float)) and statement.value is not None:
        made = Node("number", interp.block, statement.value, (), "scalar")
        made = interp.controlled(made, condition, at)
        if isinstance(value.value, bool):
            return value
        if asks_data(condition):
            made.tags = _returned(interp, made)
        return Tensor(made)
    return value


def _terms(value: Seq | Map, statement: ast.Return) -> Iterable[Value]:
    """What of several values that are returned may be a loss: `loss, stats`, `{"loss": loss}`."""
    if isinstance(value, Seq):
        return value.items if isinstance(statement.value, ast.Tuple) else ()
    return [item for key, item in value.items.items() if isinstance(key, str) and _is_of_losses(key)]


def _is_of_losses(key: str) -> bool:
    return not LOSS_WORDS.isdisjoint(words(key))


def _returned(interp: Interpreter, constant: Node) -> frozenset[str]:
    """Marks of a constant that is returned: from the root itself, or from a helper."""
    if sum(1 for frame in interp.frames if frame.function is not None) <= 2:
        return frozenset({"constant-return", "own-return"})
    return frozenset({"constant-return", CONSTANT_ITEM} if is_zero(constant) else {"constant-return"})


def _for(interp: Interpreter, statement: ast.For | ast.AsyncFor) -> bool:
    sequence = evaluate(interp, statement.iter)
    # `mem = b * mem + syn; syn = syn + x`: what comes in now is in `mem` a round later.
    count = 3 if len(_carried(statement.body)) > 1 else 2
    rounds = iteration.rounds(interp, sequence, statement.iter, count)
    before, off = dict(interp.frame.scope.names), len(interp.frame.off)
    for number, element in enumerate(rounds):
        assign_target(interp, statement.target, element, statement.iter)
        interp.loops += 1
        ended = execute(interp, statement.body)
        interp.loops -= 1
        if number == 0 and len(rounds) > 1:
            accumulation.check(interp, statement, before)
            entries.check(interp, statement, before)
        if ended:
            break
    went_on(interp, statement, off)
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
            names = {n.id for n in walk_tree(statement.value) if isinstance(n, ast.Name)}
            read |= names - bound
            stored = {n.id for t in statement.targets for n in walk_tree(t) if isinstance(n, ast.Name)}
            carried |= stored & read
            bound |= stored
    return carried


def _while(interp: Interpreter, statement: ast.While) -> bool:
    off = len(interp.frame.off)
    for _ in range(2):
        evaluate(interp, statement.test)
        if execute(interp, statement.body):
            break
    went_on(interp, statement, off)
    return False


def _continue(interp: Interpreter, statement: ast.Continue) -> bool:
    leave(interp, statement)
    return False


def _with(interp: Interpreter, statement: ast.With | ast.AsyncWith) -> bool:
    return run_with(interp, statement.items, statement.body)


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
    ast.If: branching.run_if,
    ast.Continue: _continue,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: branching.run_try,
    ast.Match: branching.run_match,
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
