"""
## What it does
Finds values that leave the autograd graph on their way into the loss: `.detach()`, `.data`, a `state_dict`,
or a write through `.data` that autograd does not see.

## Why is this bad
A detached tensor has the same numbers and no history. What it was computed from gets no gradient; if
nothing else reaches the loss, backward raises `element 0 of tensors does not require grad and does not have
a grad_fn`. A target, a teacher's output or a straight-through estimator is detached on purpose and is not
reported. Where other terms of the loss still train it, the one that does not is named: a perceptual distance
to a detached picture, features that a hook noted detached, a term that is detached as a whole.

## Example
```python
import torch
import torch.nn.functional as F


def reconstruction_loss(pred, target):
    return F.mse_loss(pred.detach(), target)


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
- [torch.Tensor.detach](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html)
- [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, result, sentence


def _message(found: Break) -> str:
    match found.note:
        case ".data":
            why = f"{code(found, '`.data`')} has the values without their history"
        case ".data =":
            why = "an assignment to `.data` puts values in place without their history"
        case "written":
            why = "a write through a detached view changes the values and not the graph"
        case "state_dict":
            why = "a state_dict holds detached parameters"
        case _:
            why = f"{code(found, 'detaching')} takes the value out of the autograd graph"
    return sentence(f"{why}: {result(found)}")


RULE = Rule(
    code="CR101",
    name="detached",
    summary="A value is detached on its way into the loss",
    severity=Severity.ERROR,
    causes=frozenset({Cause.DETACH}),
    message=_message,
    doc=__doc__,
)
