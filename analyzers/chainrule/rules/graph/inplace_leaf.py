"""
## What it does
Finds in-place edits of a leaf that requires grad, or of a view of one, while gradients are recorded;
and of the prediction that a loss is given, which may be one.

## Why is this bad
A leaf holds the value that the optimizer updates; autograd could not tell the old value from the new one.
PyTorch raises `a leaf Variable that requires grad is being used in an in-place operation`. Edits below
`torch.no_grad()` (an initialisation, a manual update) are right and are not reported.

## Example
```python
import torch


def masked_loss(weights, target):
    weights[0] = 0.0
    return (weights - target).pow(2).mean()


weights, target = torch.rand(4, requires_grad=True), torch.rand(4)
masked_loss(weights, target).backward()
```

## Use instead
```python
import torch


def masked_loss(weights, target):
    weights = weights.clone()
    weights[0] = 0.0
    return (weights - target).pow(2).mean()


weights, target = torch.rand(4, requires_grad=True), torch.rand(4)
masked_loss(weights, target).backward()
```

## Fix safety
Safe: the clone passes its gradient on to the leaf.

## References
- [In-place operations with autograd](https://docs.pytorch.org/docs/stable/notes/autograd.html#in-place-operations-with-autograd)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.operations.inplace import ARGUMENT, WEIGHT
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names


def _message(found: Break) -> str:
    if found.note == ARGUMENT:
        return f"{names(found)} is changed in place: PyTorch raises here if it is a leaf that requires grad"
    if found.note.startswith(WEIGHT):
        weight = found.note.removeprefix(WEIGHT)
        why = "is a parameter, which can't be changed in place while it requires grad"
        return f"`{weight}` {why}: PyTorch raises here"
    return f"{names(found)} is a leaf that requires grad and can't be changed in place: PyTorch raises here"


RULE = Rule(
    code="CR502",
    name="inplace-leaf",
    summary="A leaf that requires grad is changed in place",
    severity=Severity.ERROR,
    causes=frozenset({Cause.INPLACE_LEAF}),
    message=_message,
    doc=__doc__,
)
