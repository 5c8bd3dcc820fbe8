"""Parameters that are not to be trained: `layer.requires_grad_(False)`, `p.requires_grad = False`."""

from __future__ import annotations

from collections.abc import Iterable

from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.values import Const, Seq, Tensor, Value
from chainrule.flow.operations.iteration import MAX_ROUNDS

FROZEN = "frozen"
"""The role of a parameter that requires no grad: it waits for nothing."""


def set_trained(interp: Interpreter, tensors: Iterable[Tensor], flag: Value) -> None:
    """Note that parameters require grad or not; what a branch may leave as it is, is not frozen."""
    if not isinstance(flag, Const) or not flag.known or not isinstance(flag.value, bool):
        return
    if flag.value is False and interp.journal is not None:
        return
    for tensor in tensors:
        source = tensor.node.source
        if source is not None and source.role in ("parameter", FROZEN):
            source.role = "parameter" if flag.value else FROZEN


def freeze_rest(interp: Interpreter, sequence: Value) -> None:
    """After a loop over the first of many parameters: what froze all of these froze the rest."""
    if not isinstance(sequence, Seq) or sequence.kind != "parameters" or len(sequence.items) <= MAX_ROUNDS:
        return
    first = interp.tensors(sequence.items[:MAX_ROUNDS])
    if first and all(each.node.source is not None and each.node.source.role == FROZEN for each in first):
        set_trained(interp, interp.tensors(sequence.items[MAX_ROUNDS:]), Const(False))
