"""Where the statements of a file stand: in which list, in which function, in which class."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chainrule.extraction.scopes import FunctionNode

_BODIES = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One list of statements, and the place in it on the way to something further inside.

    `owner` is the statement (or handler, or case) that the list belongs to; the module for the outermost.
    """

    owner: ast.AST
    body: Sequence[ast.stmt]
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One list of statements in a file, with the lists around it, outermost first and itself last."""

    levels: tuple[Level, ...]

    @property
    def body(self) -> Sequence[ast.stmt]:
        return self.levels[-1].body

    @property
    def top(self) -> ast.stmt:
        """The statement at the top of the file that all this is in."""
        return self.levels[0].body[self.levels[0].index]

    @property
    def functions(self) -> tuple[FunctionNode, ...]:
        """The functions around, innermost first."""
        owners = (level.owner for level in reversed(self.levels))
        return tuple(owner for owner in owners if isinstance(owner, FunctionNode))

    @property
    def scope(self) -> FunctionNode | ast.Module | ast.ClassDef:
        """What the names here belong to."""
        for level in reversed(self.levels):
            if isinstance(level.owner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                return level.owner
        raise AssertionError("the outermost list is a module's")

    @property
    def method(self) -> tuple[ast.ClassDef, FunctionNode] | None:
        """The innermost function and its class, if it is a method."""
        if self.functions:
            for outer, inner in pairwise(self.levels):
                if inner.owner is self.functions[0] and isinstance(outer.owner, ast.ClassDef):
                    return outer.owner, self.functions[0]
        return None

    def inner(self) -> Iterator[Level]:
        """The levels within the scope, outermost first."""
        scope, seen = self.scope, False
        for level in self.levels:
            seen = seen or level.owner is scope
            if seen:
                yield level

    def into(self, index: int, owner: ast.AST, body: Sequence[ast.stmt]) -> Place:
        """The list `body` of `owner`, which stands in statement number `index` of this one."""
        last = self.levels[-1]
        return Place((*self.levels[:-1], Level(last.owner, last.body, index), Level(owner, body, 0)))

    def at(self, index: int) -> Place:
        last = self.levels[-1]
        return Place((*self.levels[:-1], Level(last.owner, last.body, index)))

    def out(self) -> Place | None:
        """The list around this one, in the same scope."""
        return Place(self.levels[:-1]) if self.levels[-1].owner is not self.scope else None


def places(tree: ast.Module) -> Iterator[Place]:
    """Every list of statements of a file, those inside after those around."""
    pending = [Place((Level(tree, tree.body, 0),))]
    while pending:
        place = pending.pop()
        yield place
        for index, statement in enumerate(place.body):
            pending += [place.into(index, owner, body) for owner, body in bodies(statement)]


def bodies(statement: ast.stmt) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """The lists of statements in a statement, each with what it belongs to."""
    for name in _BODIES:
        if body := getattr(statement, name, None):
            yield statement, body
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part, part.body
