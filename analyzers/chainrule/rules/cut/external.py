"""
## What it does
Finds losses that are computed by a library outside autograd: scikit-learn, scipy, OpenCV, scikit-image,
pandas.

## Why is this bad
These libraries work on numpy arrays and record nothing. A tensor that requires grad makes most of them
raise `Can't call numpy() on Tensor that requires grad`; one that was detached first gets no gradient.
Reporting such a metric beside the loss is fine.

## Example
```python
import torch
from sklearn.metrics import mean_squared_error


def regression_loss(pred, target):
    return torch.as_tensor(mean_squared_error(target, pred))


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
regression_loss(pred, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def regression_loss(pred, target):
    return F.mse_loss(pred, target)


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
regression_loss(pred, target).backward()
```

## Fix safety
There is no automatic fix. Many metrics have a differentiable form in torch (a mean squared error, a soft
Dice, a cross-entropy); ranks and counts need a surrogate.

## References
- [Extending torch.autograd](https://docs.pytorch.org/docs/stable/notes/extending.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, result, sentence


def _message(found: Break) -> str:
    function = called(found.at)
    what = f"`{function}`" if function else "a library"
    return sentence(f"{what} computes outside autograd: {result(found)}")


RULE = Rule(
    code="CR116",
    name="external",
    summary="A library outside autograd computes part of the loss",
    severity=Severity.ERROR,
    causes=frozenset({Cause.EXTERNAL}),
    message=_message,
    doc=__doc__,
)
