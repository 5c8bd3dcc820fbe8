"""
## What it does
Finds `loss.requires_grad_(True)` and `loss.requires_grad = True` on a computed value whose path is cut. The
cut itself is reported with its own code. Finds the assignment on a value that has its graph, too: PyTorch
raises there.

## Why is this bad
Backward raises because the value has no history. The flag makes the value a leaf: the error is gone,
backward ends at the loss itself, and every parameter's `.grad` stays None. The model never learns,
silently.

## Example
```python
import torch
import torch.nn.functional as F


def pixel_loss(pred, target):
    loss = F.mse_loss(pred.detach(), target)
    loss.requires_grad_(True)
    return loss


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
pixel_loss(pred, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def pixel_loss(pred, target):
    loss = F.mse_loss(pred, target)
    return loss


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
pixel_loss(pred, target).backward()
```

## Fix safety
Unsafe: the loss keeps its value, but the error of backward comes back until the cut is repaired. On a result
that has its graph, where PyTorch refuses the assignment, taking it away is safe.

## References
- [torch.Tensor.requires_grad_](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import REFUSED, Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names


def _message(found: Break) -> str:
    if found.note == REFUSED:
        return (
            "PyTorch lets nobody set requires_grad on a result that has its graph, and raises: "
            f"this one requires grad by way of {names(found)}"
        )
    return (
        "Setting requires_grad on a result only silences the error: "
        f"backward ends at this new leaf, and no gradient reaches {names(found)}"
    )


RULE = Rule(
    code="CR401",
    name="requires-grad",
    summary="requires_grad is set on a result",
    severity=Severity.ERROR,
    causes=frozenset({Cause.REQUIRES_GRAD}),
    message=_message,
    doc=__doc__,
)
