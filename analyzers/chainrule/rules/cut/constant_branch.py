"""
## What it does
Finds losses that are a fresh constant on some data: `return torch.tensor(0.0)` for a batch without
positives, or Python's `max(0, x)`, which is the number 0 for a negative x.

## Why is this bad
For the batches that take that branch the loss depends on nothing. Backward raises `element 0 of tensors
does not require grad`, in the middle of a training run; with `requires_grad=True` on the constant it does
nothing instead.

## Example
```python
import torch


def positive_loss(pred, target):
    positive = target > 0
    if not positive.any():
        return torch.tensor(0.0)
    return (pred[positive] - target[positive]).pow(2).mean()


pred = torch.rand(4, requires_grad=True)
for target in torch.zeros(4), torch.ones(4):
    positive_loss(pred, target).backward()
```

## Use instead
```python
import torch


def positive_loss(pred, target):
    positive = target > 0
    if not positive.any():
        return pred.sum() * 0.0
    return (pred[positive] - target[positive]).pow(2).mean()


pred = torch.rand(4, requires_grad=True)
for target in torch.zeros(4), torch.ones(4):
    positive_loss(pred, target).backward()
```

## Fix safety
Safe: the loss keeps its value. The gradient for such a batch is zero, as it should be, and every parameter
takes part in it (as `DistributedDataParallel` wants).

## References
- [torch.Tensor.backward](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html)
"""

from __future__ import annotations

import ast

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called


def _message(found: Break) -> str:
    maker = called(found.at)
    if found.note == "extreme" and isinstance(found.at, ast.Call):
        return (
            f"Python's `{maker}` returns the constant itself where it wins: "
            "for such data the loss depends on no input, and backward raises or trains nothing"
        )
    if found.note == "item":
        return (
            "This constant stands for data that gives no term: "
            "where all do, the loss depends on no input, and backward raises or trains nothing"
        )
    return (
        "On this branch the loss is a constant that depends on no input: "
        "for data that takes it, backward raises or trains nothing"
    )


RULE = Rule(
    code="CR114",
    name="constant-branch",
    summary="On some data the loss is a fresh constant",
    severity=Severity.WARNING,
    causes=frozenset({Cause.CONSTANT_BRANCH}),
    message=_message,
    doc=__doc__,
)
