"""What can be wrong with a subclass of torch.autograd.Function, whoever calls it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chainrule.flow.core.causes import Cause


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the class itself. `index`: the input of forward that is hit, None for all.

    `waits`: only where that input is something to learn at the call. `asks`: only where that other input,
    which decides in backward whether the gradient is computed, is no tensor at the call. `derived`: forward
    has a derivative in that input. `outside`: what backward returns is right, other gradients are not.
    """

    cause: Cause
    at: ast.AST
    message: str
    index: int | None = None
    zero: bool = False
    waits: bool = False
    asks: int | None = None
    derived: bool = False
    outside: bool = False
