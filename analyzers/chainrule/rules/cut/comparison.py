"""
## What it does
Finds comparisons of a prediction (`>`, `==`, `torch.ge`, `any`, …) whose result enters the loss as a value:
a hard Dice or IoU, an error count, a hit rate.

## Why is this bad
A comparison gives booleans. They do not change under a small change of the prediction, so there is no
gradient to pass on, and `.float()` does not bring it back. A comparison that only *selects* (a mask that is
multiplied with the prediction, the condition of `torch.where`) is fine and is not reported.

## Example
```python
import torch


def dice_loss(pred, target):
    hard = (pred > 0.5).float()
    return 1 - 2 * (hard * target).sum() / (hard.sum() + target.sum())


pred, target = torch.rand(8, requires_grad=True), torch.ones(8)
dice_loss(pred, target).backward()
```

## Use instead
```python
import torch


def dice_loss(pred, target):
    hard = torch.sigmoid((pred - 0.5) * 10)
    return 1 - 2 * (hard * target).sum() / (hard.sum() + target.sum())


pred, target = torch.rand(8, requires_grad=True), torch.ones(8)
dice_loss(pred, target).backward()
```

## Fix safety
Unsafe: a steep sigmoid approaches the threshold, and the loss changes with it. Where the prediction already
is a probability, using it as it is (a soft Dice) is often better still.

## References
- [torch.gt](https://docs.pytorch.org/docs/stable/generated/torch.gt.html)
- Milletari, Navab and Ahmadi, *V-Net* (2016), for the soft Dice loss
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, result, sentence


def _message(found: Break) -> str:
    return sentence(
        f"{code(found, 'a comparison')} is true or false, which carries no gradient: {result(found)}"
    )


RULE = Rule(
    code="CR103",
    name="comparison",
    summary="A comparison is used as a value",
    severity=Severity.ERROR,
    causes=frozenset({Cause.COMPARISON}),
    message=_message,
    doc=__doc__,
)
