"""Which variables still matter at a place: those that may be read before they are bound again.

The textbook's analysis, backwards over the statements; loops until nothing more is found.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from chainrule.extraction.scopes import bound, reads
from chainrule.syntax import children

Names = frozenset[str]
NONE: Names = frozenset()


@dataclass(frozen=True, slots=True)
class _Jumps:
    """What matters where control may go instead of to the next statement."""

    on_break: Names = NONE
    on_continue: Names = NONE
    on_return: Names = NONE
    on_raise: Names = NONE


class Liveness:
    """What matters after each statement of one scope whose statements are `body`.

    `at_end`: what matters when it is over.
    """

    def __init__(self, body: Sequence[ast.stmt], at_end: Names = NONE) -> None:
        self._after: dict[ast.stmt, Names] = {}
        self.before = self._block(body, at_end, _Jumps())
        """What matters before the first one."""

    def after(self, statement: ast.stmt) -> Names:
        return self._after.get(statement, NONE)

    def _block(self, body: Sequence[ast.stmt], after: Names, jumps: _Jumps) -> Names:
        live = after
        for statement in reversed(body):
            self._after[statement] = self._after.get(statement, NONE) | live  # loops are looked at again
            live = self._before(statement, live, jumps) | jumps.on_raise
        return live

    def _before(self, statement: ast.stmt, after: Names, jumps: _Jumps) -> Names:
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                either = self._block(body, after, jumps) | self._block(orelse, after, jumps)
                return _read([test]) | either - surely_named([test])
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(statement, after, jumps)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                inner = self._block(body, after, jumps)
                if any(_swallows(item) for item in items):
                    inner |= after
                return _read(items) | inner - bound(items)
            case ast.Match(subject=subject, cases=cases):
                live = after | _read([subject])
                for case in cases:
                    guard = [case.guard] if case.guard is not None else []
                    inner = self._block(case.body, after, jumps) | _read(guard)
                    live |= _read([case.pattern]) | inner - bound([case.pattern])
                return live
            case ast.Return():
                return _read([statement]) | jumps.on_return
            case ast.Raise():
                return _read([statement]) | jumps.on_raise
            case ast.Break():
                return jumps.on_break
            case ast.Continue():
                return jumps.on_continue
            case _ if is_try(statement):
                return self._try(statement, after, jumps)
            case ast.AugAssign():
                return after | _read([statement])
            case _:
                return _read([statement]) | after - surely_named([statement])

    def _loop(self, loop: ast.For | ast.AsyncFor | ast.While, after: Names, jumps: _Jumps) -> Names:
        test = [loop.test] if isinstance(loop, ast.While) else []
        targets = [] if isinstance(loop, ast.While) else [loop.target]
        at_end = self._block(loop.orelse, after, jumps)
        head = at_end | _read(test)
        while True:
            inside = replace(jumps, on_break=after, on_continue=head)
            body = self._block(loop.body, head, inside)
            new = head | _read(targets) | body - bound(targets)
            if new == head:
                break
            head = new
        return head if isinstance(loop, ast.While) else head | _read([loop.iter])

    def _try(self, statement: ast.Try, after: Names, jumps: _Jumps) -> Names:
        final = statement.finalbody
        end = self._block(final, after, jumps)
        if final:  # whatever leaves, leaves through it
            jumps = _Jumps(
                *(
                    self._block(final, way, jumps)
                    for way in (jumps.on_break, jumps.on_continue, jumps.on_return, jumps.on_raise)
                )
            )
            self._block(final, after | jumps.on_return | jumps.on_raise, jumps)
        raised = jumps.on_raise
        for handler in statement.handlers:
            inner = self._block(handler.body, end, jumps)
            raised |= _read([handler.type] if handler.type else []) | inner - {handler.name or ""}
        no_error = self._block(statement.orelse, end, jumps)
        return self._block(statement.body, no_error, replace(jumps, on_raise=raised)) | raised


def _read(nodes: Iterable[ast.AST]) -> Names:
    return frozenset(name.id for name in reads(nodes))


def is_try(statement: ast.stmt) -> TypeGuard[ast.Try]:
    """Whether a statement is a `try`; one with `except*` has a class of its own since Python 3.11."""
    return hasattr(statement, "handlers")


def _swallows(item: ast.withitem) -> bool:
    """Whether a context may end an error, so that its body is left anywhere."""
    text = ast.unparse(item.context_expr)
    return any(word in text for word in ("suppress", "ignore", "raises", "Raises"))


def surely_named(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that code binds whenever it is carried out, not on some ways through it only."""
    found: set[str] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        match node:
            case ast.IfExp(test=part):
                pending.append(part)
            case ast.BoolOp(values=[part, *_]):
                pending.append(part)
            case ast.Compare(left=left, comparators=[right, *_]):
                pending += [left, right]
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                pending.append(node.generators[0].iter)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                found |= bound([node])
            case ast.AnnAssign(value=None):
                pass
            case ast.Name() | ast.Import() | ast.ImportFrom():
                found |= bound([node])
            case _:
                pending += children(node)
    return found


def surely_bound(body: Iterable[ast.stmt]) -> set[str] | None:
    """The names that have a value after `body`, whichever way led there; None if none does."""
    names: set[str] = set()
    for statement in body:
        got = _surely(statement)
        if got is None:
            return None
        names |= got
        if isinstance(statement, ast.Delete):
            names -= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return names


def _surely(statement: ast.stmt) -> set[str] | None:
    match statement:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return None
        case ast.If(test=test, body=body, orelse=orelse):
            return _joined([surely_bound(body), surely_bound(orelse)], surely_named([test]))
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            inner = set() if any(_swallows(item) for item in items) else surely_bound(body)
            return None if inner is None else inner | bound(items)
        case ast.For(iter=first) | ast.AsyncFor(iter=first) | ast.While(test=first):
            return surely_named([first])
        case ast.Match(subject=subject):
            return surely_named([subject])
        case _ if is_try(statement):
            ways = [surely_bound([*statement.body, *statement.orelse])]
            ways += [surely_bound(handler.body) for handler in statement.handlers]
            return _joined(ways, surely_bound(statement.finalbody) or set())
        case _:
            return surely_named([statement])


def _joined(ways: Iterable[set[str] | None], always: set[str]) -> set[str] | None:
    """What every way binds that goes on."""
    going = [way for way in ways if way is not None]
    return set.intersection(*going) | always if going else None
