"""A classification loss that is written out, and what its parts are read with."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from chainrule.fixes.calls import op_of
from chainrule.fixes.usage import Scope
from chainrule.names import Names
from chainrule.rules.rewrites.reduction import Reduced, ReductionReader
from chainrule.rules.rewrites.scores import ScoreReader, Scores
from chainrule.rules.rewrites.targets import OneHot, TargetReader

_PRODUCTS = frozenset(("mul", "multiply"))


@dataclass(frozen=True, slots=True)
class Objective:
    """One classification loss.

    `marked` is the expression to report, `result` its value after reductions. `other` names the loss when it
    is not cross-entropy ("" when it is). `keywords` are arguments to hand on. `positive` tells a loss from a
    sum of log-probabilities, which is minus the loss.
    """

    marked: ast.expr
    result: Reduced
    scores: Scores
    target: OneHot
    other: str = ""
    weight: ast.expr | None = None
    keywords: dict[str, ast.expr] = field(default_factory=dict)
    positive: bool = False


class Parts:
    """Reads scores, targets, reductions and products in one scope."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names
        self.targets = TargetReader(scope, names)
        self.scores = ScoreReader(scope, names)
        self.reductions = ReductionReader(scope, names)

    def is_product(self, node: ast.AST | None) -> bool:
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Mult)
        if isinstance(node, ast.Call) and not may_be_called(node, _PRODUCTS):
            return False
        op = op_of(node, self.names) if node is not None else None
        return op is not None and op.name in ("mul", "multiply") and len(op.operands) == 2


def may_be_called(node: ast.Call, names: frozenset[str]) -> bool:
    """Whether a call may be one of the operations `names`: of most, the last word of what is called tells."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr in names:
        return True
    return isinstance(func.value, ast.Name) and func.value.id == "self"
