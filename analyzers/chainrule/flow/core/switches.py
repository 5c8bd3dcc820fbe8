"""What a run knows of the calls that switch gradients off and on: `torch.set_grad_enabled(…)`."""

from __future__ import annotations

import ast
from typing import NamedTuple

from chainrule.flow.core.graph import Gate
from chainrule.syntax import Block


class Span(NamedTuple):
    """Gradients were off from `gate` on until a later call of the same `function` switched them on again.

    `settled`: that call stands in a `finally`, which no exception leaves out.
    """

    gate: Gate
    function: ast.AST | None
    settled: bool


class Leak(NamedTuple):
    """A way on, `at`, on which nothing in a `function` ends what `gate` begins there.

    `passes`: how many backward passes there were before it.
    """

    gate: Gate
    block: Block
    at: ast.AST
    passes: int
    function: ast.AST | None


class Switches:
    """The calls of one run. `on`: the functions that have switched gradients on, call by call.

    `settles`: the statements that are run now stand in a `finally`.
    """

    __slots__ = ("leaks", "on", "settles", "spans")

    def __init__(self) -> None:
        self.on: list[ast.AST | None] = []
        self.spans: list[Span] = []
        self.leaks: list[Leak] = []
        self.settles = False
