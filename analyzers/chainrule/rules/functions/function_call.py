"""
## What it does
Finds a `torch.autograd.Function` that is instantiated and called, instead of applied.

## Why is this bad
A Function is no module: `apply` is what runs `forward` and records `backward`. Calling an instance raises
`Legacy autograd function with non-static forward method is deprecated`.

## Example
```python
import torch


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        return values * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


def doubled_loss(pred):
    return Double()(pred).mean()


pred = torch.rand(4, requires_grad=True)
doubled_loss(pred).backward()
```

## Use instead
```python
import torch


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        return values * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


def doubled_loss(pred):
    return Double.apply(pred).mean()


pred = torch.rand(4, requires_grad=True)
doubled_loss(pred).backward()
```

## Fix safety
Safe: the call runs as it was meant.

## References
- [torch.autograd.Function.apply](https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.Function)
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
    code="CR604",
    name="function-call",
    summary="A custom Function is called instead of applied",
    severity=Severity.ERROR,
    causes=frozenset({Cause.FUNCTION_CALL}),
    message=_message,
    doc=__doc__,
)
