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
from sklearn.metrics import mean_squared_error


def regression_loss(pred, target):
    return (target - pred).square().mean()


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
regression_loss(pred, target).backward()
```

## Fix safety
Mean errors, distances, correlations and special functions are written in torch, with the same value: safe.
What counts or ranks gets a smooth form (the area under a ROC curve with a sigmoid, ranks with soft ones):
unsafe, since the objective changes. Other functions have no fix.

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
