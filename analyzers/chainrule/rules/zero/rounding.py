"""
## What it does
Finds `round`, `floor`, `ceil`, `trunc`, `sign` and their like on the path to the loss.

## Why is this bad
These functions are flat between their steps, and PyTorch gives them a derivative of exactly zero. Backward
runs without a word, every gradient behind the step is 0, and nothing is learnt. (`x % 1` is differentiable:
its slope is 1.) Python's own `round` takes no tensor at all, and raises.

## Example
```python
import torch
import torch.nn.functional as F


def count_loss(pred, target):
    return F.mse_loss(torch.round(pred), target)


pred, target = (9 * torch.rand(4)).requires_grad_(), torch.rand(4)
count_loss(pred, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def count_loss(pred, target):
    return F.mse_loss(pred + (torch.round(pred) - pred).detach(), target)


pred, target = (9 * torch.rand(4)).requires_grad_(), torch.rand(4)
count_loss(pred, target).backward()
```

## Fix safety
Unsafe: the straight-through estimator keeps the value and *chooses* a gradient, the one of the unrounded
value. For `sign` a smooth `tanh` is the other choice.

## References
- [torch.round](https://docs.pytorch.org/docs/stable/generated/torch.round.html)
- Bengio, Léonard and Courville, *Estimating or Propagating Gradients Through Stochastic Neurons* (2013)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.effects.builtin_calls import PYTHON
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, result, sentence


def _message(found: Break) -> str:
    if found.note == PYTHON:
        return sentence(f"Python's `round` takes no tensor: {code(found, 'this')} raises a TypeError")
    return sentence(f"{code(found, 'this')} is a step function, whose derivative is zero: {result(found)}")


RULE = Rule(
    code="CR201",
    name="rounding",
    summary="A step function has zero gradient",
    severity=Severity.WARNING,
    causes=frozenset({Cause.ROUNDING}),
    message=_message,
    doc=__doc__,
)
