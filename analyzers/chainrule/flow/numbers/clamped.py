"""Bounds set too late: a clamp of what has overflowed, or of a logarithm, sends 0 times inf back."""

from __future__ import annotations

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.conditions import ELEMENTWISE, chain
from chainrule.flow.core.graph import STOPPED, Node, behind
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.words import words

OVERFLOWS = frozenset(("exp", "cosh", "sinh", "expm1"))
_LOGS = frozenset(("log", "log2", "log10"))
_LOG_PROBABILITIES = frozenset(("logp", "logps", "logprob", "logprobs", "logpi"))
_LARGEST = 88.0  # exp of more is infinite in single precision
# What keeps infinity infinite on the way to a clamp.
_LINEAR = frozenset(("add", "sub", "mult", "mul", "div", "sum", "mean", "neg", "iadd", "squeeze"))
_NOT_LINEAR = ELEMENTWISE - _LINEAR
_DEPTH = 8


def check_clamped(interp: Interpreter, value: Node, below: bool, above: bool) -> None:
    """A clamp (from below, from above) of what can be infinite: 0 (outside the bounds) times inf is NaN."""
    if not value.edges:
        return
    operand = value.edges[0][0]
    learnt = operand.source is not None and operand.source.role == "parameter"
    if value.op in OVERFLOWS and above and not below and may_be_large(operand):
        # A difference of log-probabilities stays small; a raw prediction may be anything.
        if not learnt and all(node.op not in ("sub", "log_softmax") for node in chain(operand, 4)):
            interp.hazard(Cause.BAD_BRANCH, value.at, value, operand, "overflow")
    elif value.op in _LOGS and below and operand.bounds.low <= 0 and not _is_kept_off(operand):
        interp.hazard(Cause.BAD_BRANCH, value.at, value, operand, "clamp")


def _is_kept_off(operand: Node) -> bool:
    """Whether 0 was replaced, or stands where backward ends."""
    return operand.op == "where" or (operand.bounds.low == 0 and operand.bounds.soft == STOPPED)


def check_formula(interp: Interpreter, value: Node, below: bool, above: bool) -> None:
    """A clamp from above of a formula of what can be infinite: `(0.5 * x.exp() - x).clamp(max=9)`."""
    if above and not below and value.op in _LINEAR:
        for each in chain(value, _DEPTH, _NOT_LINEAR):
            if each.op in OVERFLOWS:
                check_clamped(interp, each, below, above)


def may_be_large(node: Node) -> bool:
    """Whether `exp` can overflow: of what no name says that it is the logarithm of a probability."""
    if node.bounds.high <= _LARGEST:
        return False
    named = [set(words(each.source.name)) for each in behind(node) if each.source is not None]
    return not any(parts & _LOG_PROBABILITIES or {"log", "prob"} <= parts for parts in named)
