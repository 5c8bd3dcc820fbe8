"""
## What it does
Finds a `backward` that changes the gradient it is given in place.

## Why is this bad
The gradient of a sum goes to all that was added, often in the same memory: what `backward` writes there,
the other summands get too, and learn from a wrong gradient without any error. Where the memory is an expanded
number, as after `sum()`, PyTorch raises.

## Example
```python
import torch


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        result = values.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad):
        (result,) = ctx.saved_tensors
        grad.mul_(result)
        return grad


def growth_loss(pred):
    return Exp.apply(pred).sum()


pred = torch.rand(4, requires_grad=True)
growth_loss(pred).backward()
```

## Use instead
```python
import torch


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        result = values.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad):
        (result,) = ctx.saved_tensors
        grad = grad.clone()
        grad.mul_(result)
        return grad


def growth_loss(pred):
    return Exp.apply(pred).sum()


pred = torch.rand(4, requires_grad=True)
growth_loss(pred).backward()
```

## Fix safety
Safe: the copy holds the same numbers.

## References
- [Extending torch.autograd](https://docs.pytorch.org/docs/stable/notes/extending.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import sentence


def _message(found: Break) -> str:
    return sentence(found.note)


RULE = Rule(
    code="CR605",
    name="function-edits",
    summary="backward changes the gradient it is given in place",
    severity=Severity.ERROR,
    causes=frozenset({Cause.FUNCTION_EDITS}),
    message=_message,
    doc=__doc__,
)
