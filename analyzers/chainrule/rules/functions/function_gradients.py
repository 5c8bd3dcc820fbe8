"""
## What it does
Finds a `backward` that returns the wrong number of gradients, or None or zeros for the input that
should learn; one that forgets to return; and None for an input that `forward` computes with. Also a hook
(`Tensor.register_hook`) that returns zeros.

## Why is this bad
`backward` owes one gradient for every input of `forward` except `ctx`, in their order. Too few, or too
many, raise `returned an incorrect number of gradients`. None leaves the input without a gradient, zeros
leave it untrained.

## Example
```python
import torch


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values, factor):
        ctx.factor = factor
        return values * factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor


def scaled_loss(pred):
    return Scale.apply(pred, 3.0).mean()


pred = torch.rand(4, requires_grad=True)
scaled_loss(pred).backward()
```

## Use instead
```python
import torch


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values, factor):
        ctx.factor = factor
        return values * factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None


def scaled_loss(pred):
    return Scale.apply(pred, 3.0).mean()


pred = torch.rand(4, requires_grad=True)
scaled_loss(pred).backward()
```

## Fix safety
Safe: None is the gradient of an input that needs none, such as a number.

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
    code="CR602",
    name="function-gradients",
    summary="backward returns the wrong gradients",
    severity=Severity.ERROR,
    causes=frozenset({Cause.FUNCTION_GRADIENTS}),
    message=_message,
    doc=__doc__,
)
