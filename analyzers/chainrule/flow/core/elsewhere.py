"""Places in other files, seen from the call in this file that leads there.

A report on one file may speak only of that file's lines. What happens inside a helper of another file is told
at the call of the helper; the place stands in for the call wherever a tree node is expected.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.flow.core.program import Module
    from chainrule.syntax import Block


class Departure:
    """A call in the analysed file that enters a function of another one."""

    __slots__ = ("at", "block", "name", "places")

    def __init__(self, block: Block, at: ast.AST, name: str) -> None:
        self.block = block
        self.at = at
        self.name = name
        self.places: dict[int, Inside] = {}

    def inside(self, module: Module, block: Block, at: ast.AST) -> Inside:
        """The place `at` of `module`, as seen from this call; always the same object."""
        place = self.places.get(id(at))
        if place is None:
            place = self.places[id(at)] = Inside(self, module, block, at)
        return place


class Inside(ast.expr):
    """A node of another file's tree, with the position of the call that leads there."""

    _fields = ()

    def __init__(self, departure: Departure, module: Module, block: Block, at: ast.AST) -> None:
        super().__init__()
        ast.copy_location(self, departure.at)
        self.departure = departure
        self.module = module
        self.block = block
        self.at = at


def origin(at: ast.AST) -> ast.AST:
    """The node itself, in whichever file it is."""
    return at.at if isinstance(at, Inside) else at
