"""
## What it does
Finds powers with an exponent between 0 and 1 of values that reach 0: roots by a number (`x ** (1 / n)`) too.

## Why is this bad
The derivative of `x ** p` is `p * x ** (p - 1)`: infinite at 0 for such a p. The base sends back 0 or a
sign, and the gradient is NaN or inf.

## Example
```python
import torch


def robust_loss(pred, target):
    return (((pred - target) ** 2) ** 0.45).mean()


pred, target = torch.tensor([0.5, 0.2], requires_grad=True), torch.tensor([0.5, 0.9])
robust_loss(pred, target).backward()
```

## Use instead
```python
import torch


def robust_loss(pred, target):
    return (((pred - target) ** 2).clamp(min=1e-12) ** 0.45).mean()


pred, target = torch.tensor([0.5, 0.2], requires_grad=True), torch.tensor([0.5, 0.9])
robust_loss(pred, target).backward()
```

## Fix safety
Safe: only values below the bound change, and by next to nothing.

## References
- [torch.pow](https://docs.pytorch.org/docs/stable/generated/torch.pow.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names


def _message(found: Break) -> str:
    return (
        "The derivative of a power below 1 is infinite at 0, which this base reaches: "
        f"the gradient of {names(found)} can become NaN or inf"
    )


RULE = Rule(
    code="CR307",
    name="pow-at-zero",
    summary="A fractional power of a value that can be zero",
    severity=Severity.WARNING,
    causes=frozenset({Cause.POW_ZERO}),
    message=_message,
    doc=__doc__,
)
