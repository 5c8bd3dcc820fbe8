"""Reading what a classification loss is computed from: logits, probabilities or their logarithms."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from chainrule.fixes.calls import Op, integer, number, op_of
from chainrule.fixes.stable import operation
from chainrule.fixes.usage import Scope
from chainrule.names import Names


class Kind(Enum):
    RAW = "raw"
    """Nothing is known; taken for logits."""
    SOFTMAX = "softmax"
    SIGMOID = "sigmoid"
    LOG_SOFTMAX = "log_softmax"
    LOG_RAW = "log"
    """`log` of something that is no softmax in sight."""
    LOG_NAME = "log name"
    """A name like `log_probs`, without a value in sight."""


@dataclass(frozen=True, slots=True)
class Scores:
    """`node` is what a loss takes in place of the whole: the logits, or the argument of the log.

    `guard` is the text of what was added before a log (`+ 1e-8`, `clamp`), "" for none.
    """

    kind: Kind
    node: ast.expr
    dim: int | None = None
    guarded: bool = False


class ScoreReader:
    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names

    def read(self, node: ast.expr) -> Scores:
        value = self.scope.value_of(node)
        op = self.operation(value)
        if op is not None and op.tensor is not None:
            dim = integer(op.get(1, "dim"))
            if op.name == "log_softmax":
                return Scores(Kind.LOG_SOFTMAX, op.tensor, dim)
            if op.name == "softmax":
                return Scores(Kind.SOFTMAX, op.tensor, dim)
            if op.name in ("sigmoid", "expit"):
                return Scores(Kind.SIGMOID, op.tensor)
            if op.name == "log":
                return self._logarithm(op.tensor)
        match value:
            case ast.Subscript(value=ast.Name() as rows, slice=ast.Name() as row):
                whole = self.read(rows)
                if whole.kind in (Kind.LOG_SOFTMAX, Kind.SOFTMAX) and whole.dim in (1, -1):
                    # What is done along the classes may as well be done to the rows that are picked.
                    picked = ast.Subscript(whole.node, row, ast.Load())
                    return Scores(whole.kind, picked, -1, whole.guarded)
            case _:
                pass
        if isinstance(node, ast.Name) and _says_log(node.id):
            return Scores(Kind.LOG_NAME, node)
        return Scores(Kind.RAW, node)

    def operation(self, value: ast.expr) -> Op | None:
        """The operation an expression is; `nn.Softmax(dim=1)(x)` reads as `softmax(x, dim=1)`."""
        return operation(self.scope, self.names, value)

    def _logarithm(self, inside: ast.expr) -> Scores:
        plain, guarded = self.unguarded(inside)
        inner = self.read(plain)
        if inner.kind is Kind.SOFTMAX:
            return Scores(Kind.LOG_SOFTMAX, inner.node, inner.dim, guarded)
        return Scores(Kind.LOG_RAW, plain, None, guarded)

    def unguarded(self, node: ast.expr) -> tuple[ast.expr, bool]:
        """`p` and True for `p + 1e-8`, `p.clamp(min=1e-8)` and `p.clamp(1e-8, 1 - 1e-8)`."""
        value = self.scope.value_of(node)
        match value:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                if self._is_tiny(right):
                    return left, True
                if self._is_tiny(left):
                    return right, True
        op = op_of(value, self.names)
        if op is not None and op.tensor is not None and op.name in ("clamp", "clamp_min", "clip"):
            low = op.get(1, "min")
            if low is not None and self._is_tiny(low):
                return op.tensor, True
        return node, False

    def _is_tiny(self, node: ast.expr) -> bool:
        value = number(self.scope.value_of(node))
        if value is not None:
            return 0 < value <= 1e-3
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        return name.lower().strip("_") in ("eps", "epsilon", "smooth", "tiny")


def _says_log(name: str) -> bool:
    lowered = name.lower()
    return lowered.startswith(("log_p", "logp", "log_soft", "logsoft", "lprob", "ls_")) or lowered in (
        "lp",
        "nll_input",
    )
