"""Entering a function: its frame, its body, and what it returns."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from chainrule.flow.core.interpreter import MAX_AWAY, MAX_DEPTH, Frame, Interpreter
from chainrule.flow.core.program import Scope
from chainrule.flow.core.values import NONE, Const, Function, Seq, Tensor, Value
from chainrule.flow.operations import decorators
from chainrule.flow.operations.switching import returned
from chainrule.flow.parameters import bind_arguments

# How often a function is entered within itself, if it counts down and if not.
MAX_COUNTED = 6
MAX_RECURSION = 2


def run_body(interp: Interpreter, function: Function) -> Value:
    """Run the body of the function whose frame is on top; what it returns (all returns joined)."""
    node = function.node
    frame = interp.frame
    if isinstance(node, ast.Lambda):
        return interp.evaluate(node.body)
    interp.execute(node.body)
    if frame.yields:
        return Seq(frame.yields, "generator", False)
    returns = frame.returns
    if not returns:
        return NONE
    if len(returns) == 1:
        return returns[0]
    meaningful = [v for v in returns if not (isinstance(v, Const) and v.value is None)]
    return _first_joined(interp, meaningful, node) or interp.join(meaningful or returns, node)


def _first_joined(interp: Interpreter, returns: list[Value], at: ast.AST) -> Value | None:
    """`return loss` in one place and `return loss, parts` in another: the loss is one of both."""
    longer = [v for v in returns if isinstance(v, Seq) and v.kind == "tuple" and v.exact and v.items]
    alone = [v for v in returns if isinstance(v, Tensor)]
    if not alone or not longer or len(alone) + len(longer) != len(returns):
        return None
    parts = {id(item) for each in longer for item in each.items[1:]}
    # `return loss, logits` and, without labels, `return logits`
    firsts = [*(each for each in alone if id(each) not in parts), *(each.items[0] for each in longer)]
    if not all(isinstance(first, Tensor) for first in firsts):
        return None
    return Seq([interp.join(firsts, at), *longer[-1].items[1:]], "tuple", True, longer[-1].fields)


def call_function(
    interp: Interpreter,
    function: Function,
    arguments: Sequence[Value] | None,
    keywords: Mapping[str, Value],
    at: ast.AST,
) -> Value:
    """Enter `function`; `arguments` None means that nothing is known of them."""

    active = 0
    for each in interp.frames:
        active += each.function is function.node
    if active >= (MAX_COUNTED if active and _counts(arguments) else MAX_RECURSION):
        return Const(None, known=False)  # what the calls above return without it is all there is
    if len(interp.frames) >= MAX_DEPTH:
        return interp.unknown(at, [*(arguments or ()), *keywords.values()])
    foreign = function.module is not interp.module
    if (foreign and interp.away > MAX_AWAY) or _is_abstract(function.node):
        return interp.unknown(at, [*(arguments or ()), *keywords.values()])
    kept = decorators.kept(function)
    if kept is not None:
        return kept
    start = interp.steps
    frame = Frame(function.module, Scope(function.scope), function.block, function.node)
    frame.owner, frame.bound, frame.at_yield = function.owner, function.bound, function.at_yield
    away = interp.departure
    interp.departure = interp.depart(function.module, at, getattr(function.node, "name", "<lambda>"))
    interp.enter(frame)
    outer, leaks = interp.mode, len(interp.switches.leaks)
    try:
        bind_arguments(interp, function, arguments, keywords)
        gate = decorators.mode_of(interp, function)
        if gate is not None:
            interp.mode = gate[0]
        value = decorators.keep(interp, function, run_body(interp, function))
        if frame.off:
            returned(interp, frame)
        return value
    finally:
        interp.leave()
        interp.departure = away
        if foreign:
            interp.away += interp.steps - start
        if decorators.restores_mode(function) or interp.mode is outer:
            interp.mode = outer
        if decorators.restores_mode(function):
            del interp.switches.leaks[leaks:]


def _counts(arguments: Sequence[Value] | None) -> bool:
    """Whether a call is given a known number: one that calls itself so counts down, and ends by itself."""
    return any(isinstance(each, Const) and each.known and type(each.value) is int for each in arguments or ())


def _is_abstract(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Whether a method leaves all its work to a subclass."""
    if isinstance(node, ast.Lambda):
        return False
    last = node.body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None or len(node.body) > 2:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
