"""
## What it does
Finds `Variable(x)` around a value on its way into the loss.

## Why is this bad
Since PyTorch 0.4 a tensor is its own variable, and `Variable(x)` returns a detached copy of it (which
shares memory): what `x` was computed from gets no gradient.

## Example
```python
import torch
import torch.nn.functional as F


def reconstruction_loss(pred, target):
    return F.mse_loss(torch.autograd.Variable(pred), target)


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
reconstruction_loss(pred, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def reconstruction_loss(pred, target):
    return F.mse_loss(pred, target)


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
reconstruction_loss(pred, target).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back.

## References
- [Variable (deprecated)](https://docs.pytorch.org/docs/stable/autograd.html#variable-deprecated)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, result, sentence


def _message(found: Break) -> str:
    return sentence(f"{code(found, '`Variable(…)`')} is a detached tensor: {result(found)}")


RULE = Rule(
    code="CR119",
    name="variable",
    summary="Variable() detaches its argument",
    severity=Severity.ERROR,
    causes=frozenset({Cause.VARIABLE}),
    message=_message,
    doc=__doc__,
)
