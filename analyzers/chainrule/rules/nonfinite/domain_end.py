"""
## What it does
Finds `acos`, `asin`, `atanh` and `erfinv` of values that reach the ends of the domain, -1 and 1, exactly; a
clamp to `(-1, 1)` reaches them too. So does a bound that single precision rounds to 1. Likewise `acosh` at
1, and `logit` of a saturated sigmoid.

## Why is this bad
At ±1 the derivative is infinite. Two equal directions have a cosine of exactly 1, so that a perfect
prediction is what breaks the training.

## Example
```python
import torch


def angle_loss(pred, target):
    cosine = torch.cosine_similarity(pred, target, dim=1)
    return torch.acos(cosine.clamp(-1, 1)).mean()


pred, target = torch.eye(2).requires_grad_(), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
angle_loss(pred, target).backward()
```

## Use instead
```python
import torch


def angle_loss(pred, target):
    cosine = torch.cosine_similarity(pred, target, dim=1)
    return torch.acos(cosine.clamp(-1 + 1e-6, 1 - 1e-6)).mean()


pred, target = torch.eye(2).requires_grad_(), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
angle_loss(pred, target).backward()
```

## Fix safety
Unsafe: the smallest angle is no longer 0 but about 0.0014. `atan2` of the sine and the cosine has no such
end.

## References
- [torch.acos](https://docs.pytorch.org/docs/stable/generated/torch.acos.html)
- [torch.atan2](https://docs.pytorch.org/docs/stable/generated/torch.atan2.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, names


def _message(found: Break) -> str:
    function = called(found.at).rpartition(".")[2]
    what = f"`{function}`" if function else "this function"
    ends = (
        "the end of its domain, 1" if found.note == "1" else f"the ends of its domain, {found.note or '±1'}"
    )
    return (
        f"The derivative of {what} is infinite at {ends}, which its operand reaches: "
        f"the gradient of {names(found)} can become inf or NaN"
    )


RULE = Rule(
    code="CR303",
    name="domain-end",
    summary="An inverse function at the end of its domain",
    severity=Severity.WARNING,
    causes=frozenset({Cause.DOMAIN_END}),
    message=_message,
    doc=__doc__,
)
