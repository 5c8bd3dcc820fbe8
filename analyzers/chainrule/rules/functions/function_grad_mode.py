"""
## What it does
Finds `torch.autograd.grad` or `.backward()` inside the `backward` of a custom Function, without
`torch.enable_grad()` around what they differentiate.

## Why is this bad
Gradients are off inside `backward`, unless a graph of it was asked for. What is computed there has no
history, and differentiating it raises `element 0 of tensors does not require grad and does not have a
grad_fn`.

## Example
```python
import torch


class Energy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, points):
        ctx.save_for_backward(points)
        return points.pow(3).sum()

    @staticmethod
    def backward(ctx, grad):
        points = ctx.saved_tensors[0].detach().requires_grad_()
        energy = points.pow(3).sum()
        return grad * torch.autograd.grad(energy, points)[0]


def energy_loss(pred):
    return Energy.apply(pred)


pred = torch.rand(4, requires_grad=True)
energy_loss(pred).backward()
```

## Use instead
```python
import torch


class Energy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, points):
        ctx.save_for_backward(points)
        return points.pow(3).sum()

    @staticmethod
    def backward(ctx, grad):
        points = ctx.saved_tensors[0].detach().requires_grad_()
        with torch.enable_grad():
            energy = points.pow(3).sum()
        return grad * torch.autograd.grad(energy, points)[0]


def energy_loss(pred):
    return Energy.apply(pred)


pred = torch.rand(4, requires_grad=True)
energy_loss(pred).backward()
```

## Fix safety
Safe: only the recording is switched on.

## References
- [torch.enable_grad](https://docs.pytorch.org/docs/stable/generated/torch.enable_grad.html)
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
    code="CR603",
    name="function-grad-mode",
    summary="autograd is used inside backward",
    severity=Severity.ERROR,
    causes=frozenset({Cause.FUNCTION_GRAD_MODE}),
    message=_message,
    doc=__doc__,
)
