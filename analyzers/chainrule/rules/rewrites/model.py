"""What a rewrite rule reports."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chainrule.fixes import Repair


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Correct code that has a better form.

    `node` is the expression to mark, `sources` the tensors (arguments, where they can be traced) whose
    gradient it is about; `repair` is None when there is no rewriting here.
    """

    node: ast.AST
    message: str
    repair: Repair | None
    sources: tuple[str, ...]
