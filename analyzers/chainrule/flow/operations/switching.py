"""Gradients that a call switches off: where another one switches them on, and what leaves before that."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from chainrule.flow.core.graph import Gate
from chainrule.flow.core.interpreter import Frame, Interpreter
from chainrule.flow.core.switches import Leak, Span
from chainrule.flow.operations.contexts import LEFT_OFF
from chainrule.syntax import parse_block, walk_tree

# What may be raised by any code that computes something.
_ANY = frozenset("Exception BaseException RuntimeError ValueError ArithmeticError ZeroDivisionError".split())
# Statements of a `try` that are one thing to do; of a longer one any other may be what raises.
_FEW = 2


def switch(interp: Interpreter, off: Gate | None) -> None:
    """`torch.set_grad_enabled(…)`: gradients are `off` from here on, or on (None)."""
    switches, mode = interp.switches, interp.mode
    if off is None:
        switches.on.append(interp.frame.function)
        if mode is not None and mode.note == LEFT_OFF:
            switches.spans.append(Span(mode, interp.frame.function, switches.settles))
    interp.mode = off


def leave(interp: Interpreter, statement: ast.stmt) -> None:
    """A `return` or a `continue` is run: with gradients switched off, perhaps."""
    if interp.mode is not None and interp.mode.note == LEFT_OFF:
        left = Leak(interp.mode, *interp.place(statement), len(interp.backwards), interp.frame.function)
        interp.frame.off.append(left)


def returned(interp: Interpreter, frame: Frame) -> None:
    """The function of `frame` has been run: on some way it returned before gradients were on again."""
    if interp.mode is None:
        _leaks(interp, (each for each in frame.off if isinstance(each.at, ast.Return)))


def went_on(interp: Interpreter, loop: ast.stmt, since: int) -> None:
    """`loop` has been run: on some way it went on before gradients were on again, as at its start."""
    off = interp.frame.off
    left = [each for each in off[since:] if isinstance(each.at, ast.Continue)]
    off[since:] = [each for each in off[since:] if each not in left]
    _leaks(interp, (each for each in left if not _begins_on(loop, each.gate)))


def left_by_call(interp: Interpreter, statements: list[ast.stmt], mode: Gate | None) -> None:
    """One side of an `if`, with these `statements`, has been run: what it calls may have left gradients off.

    `mode`: how they were before, and are on the other side. What the side itself switches off is meant.
    """
    gate = interp.mode
    if gate is None or mode is not None or gate.note != LEFT_OFF:
        return
    line = getattr(gate.at, "lineno", 0)
    around = [
        node
        for node in walk_tree(parse_block(gate.block))
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or line)
    ]
    for call in (node for statement in statements for node in walk_tree(statement)):
        if isinstance(call, ast.Call) and around and around[-1] is not interp.frame.function:
            if getattr(call.func, "attr", getattr(call.func, "id", "")) == around[-1].name:
                leak = Leak(gate, *interp.place(call), len(interp.backwards), around[-1])
                interp.switches.leaks.append(leak)
                return


def _leaks(interp: Interpreter, left: Iterable[Leak]) -> None:
    ended = {(id(span.gate), id(span.function)) for span in interp.switches.spans}
    interp.switches.leaks += (each for each in left if (id(each.gate), id(each.function)) in ended)


def _begins_on(loop: ast.stmt, gate: Gate) -> bool:
    """Whether a round of `loop` sets the grad mode before it switches gradients off at `gate`."""
    return any(
        isinstance(node, ast.Call)
        and node.lineno < getattr(gate.at, "lineno", 0)
        and ast.unparse(node.func).endswith("set_grad_enabled")
        for node in walk_tree(loop)
    )


def survives(caught: ast.ExceptHandler) -> bool:
    """Whether training goes on after an exception that any computation may raise."""
    kinds = caught.type.elts if isinstance(caught.type, ast.Tuple) else [caught.type]
    if not any(kind is None or (isinstance(kind, ast.Name) and kind.id in _ANY) for kind in kinds):
        return False
    return not any(
        isinstance(node, (ast.Raise, ast.Break)) or getattr(node, "attr", getattr(node, "id", "")) == "exit"
        for node in walk_tree(caught)
    )


def interrupted(interp: Interpreter, body: list[ast.stmt], spans: list[Span], handler: ast.AST) -> None:
    """`handler` is run where something raised in one of the `spans` that the `body` of a `try` has."""
    block, at = interp.place(handler)
    for span in spans if len(body) <= _FEW else ():
        if not span.settled:
            interp.switches.leaks.append(Leak(span.gate, block, at, len(interp.backwards), span.function))
