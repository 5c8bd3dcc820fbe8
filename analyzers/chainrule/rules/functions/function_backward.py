"""
## What it does
Finds a `torch.autograd.Function` that has no `backward`.

## Why is this bad
PyTorch does not look into `forward`: the derivative of a custom Function is what its `backward` says.
Without one the backward pass raises `NotImplementedError`.

## Example
```python
import torch


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        return torch.round(values)


def rounded_loss(pred):
    return Round.apply(pred).mean()


pred = torch.rand(4, requires_grad=True)
rounded_loss(pred).backward()
```

## Use instead
```python
import torch


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        return torch.round(values)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


def rounded_loss(pred):
    return Round.apply(pred).mean()


pred = torch.rand(4, requires_grad=True)
rounded_loss(pred).backward()
```

## Fix safety
Unsafe: the gradient is passed straight through, which is a choice, and the usual one for a step function.
`torch.autograd.gradcheck` tests a derivative that you write. A `forward` of differentiable operators needs
no Function at all.

## References
- [Extending torch.autograd](https://docs.pytorch.org/docs/stable/notes/extending.html)
- [torch.autograd.gradcheck](https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html)
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
    code="CR601",
    name="function-backward",
    summary="A custom Function can't be differentiated",
    severity=Severity.ERROR,
    causes=frozenset({Cause.FUNCTION_BACKWARD}),
    message=_message,
    doc=__doc__,
)
