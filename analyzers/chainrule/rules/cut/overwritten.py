"""
## What it does
Finds losses that start at 0 before a loop and are assigned, instead of added to, in every round of it;
losses that only the loop sets; losses that are set again before they are read (`loss =+ term`), also in the
middle of a sum; entries of a dict of losses that every round sets anew, one by one or by `update`; and loops
that return in their first round.

## Why is this bad
Only the term of one round is left. What the other terms were computed from gets no gradient from them.

## Example
```python
import torch
import torch.nn.functional as F


def multiscale_loss(preds, targets):
    loss = 0.0
    for pred, target in zip(preds, targets):
        loss = F.mse_loss(pred, target)
    return loss


preds, targets = [torch.rand(4, requires_grad=True) for _ in range(3)], torch.rand(3, 4)
multiscale_loss(preds, targets).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def multiscale_loss(preds, targets):
    loss = 0.0
    for pred, target in zip(preds, targets):
        loss += F.mse_loss(pred, target)
    return loss


preds, targets = [torch.rand(4, requires_grad=True) for _ in range(3)], torch.rand(3, 4)
multiscale_loss(preds, targets).backward()
```

## Fix safety
Unsafe: the loss becomes the sum of all terms.

## References
- [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.operations.accumulation import FIRST
from chainrule.flow.operations.rebound import AGAIN
from chainrule.rules.rule import Rule


def _message(found: Break) -> str:
    if found.note == FIRST:
        return (
            "This returns in the first round of the loop: the terms of the other rounds are never added, "
            "and what they would be computed from gets no gradient"
        )
    if found.note.startswith(AGAIN):
        return (
            f"`{found.note.removeprefix(AGAIN)}` is set again before anything has read it: "
            "what it was before gives no gradient"
        )
    return (
        f"`{found.note}` is assigned anew in every round of the loop instead of added to: "
        "only the term of the last round gives gradient"
    )


RULE = Rule(
    code="CR115",
    name="overwritten",
    summary="A loss is overwritten in a loop instead of added up",
    severity=Severity.ERROR,
    causes=frozenset({Cause.OVERWRITTEN}),
    message=_message,
    doc=__doc__,
)
