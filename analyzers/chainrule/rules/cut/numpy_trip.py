"""
## What it does
Finds losses that go through numpy: `.numpy()`, `np.asarray(pred)`, or a numpy function that is given a
tensor.

## Why is this bad
numpy computes values and records nothing. `.detach().numpy()` cuts the gradient without a word; `.numpy()`
and most numpy functions raise for a tensor that requires grad: `Can't call numpy() on Tensor that requires
grad`. Multiplying a tensor by a numpy *constant* (`np.sqrt(2) * pred`) is fine and is not reported.

## Example
```python
import numpy as np
import torch


def log_loss(pred, target):
    error = np.log1p(pred) - torch.log1p(target)
    return (error**2).mean()


pred, target = torch.rand(4, requires_grad=True), torch.from_numpy(np.ones(4, np.float32))
log_loss(pred, target).backward()
```

## Use instead
```python
import numpy as np
import torch


def log_loss(pred, target):
    error = torch.log1p(pred) - torch.log1p(target)
    return (error**2).mean()


pred, target = torch.rand(4, requires_grad=True), torch.from_numpy(np.ones(4, np.float32))
log_loss(pred, target).backward()
```

## Fix safety
Safe: the fix translates the calls to their equals in torch, and is offered only where each of them has one.

## References
- [torch.Tensor.numpy](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.numpy.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, names, result, sentence


def _message(found: Break) -> str:
    if found.raises:
        return sentence(
            f"{code(found, 'this')} is computed by numpy, outside autograd: "
            f"the call raises where {names(found)} requires grad"
        )
    return sentence(
        f"{code(found, 'this')} leaves torch for numpy, which records no gradients: {result(found)}"
    )


RULE = Rule(
    code="CR106",
    name="numpy",
    summary="A tensor goes through numpy",
    severity=Severity.ERROR,
    causes=frozenset({Cause.NUMPY}),
    message=_message,
    doc=__doc__,
)
