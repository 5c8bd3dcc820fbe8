"""
## What it does
Finds operators on the path whose derivative PyTorch does not implement: `//`, `torch.heaviside`,
`torch.unique`, and others; and learned weights of a loss, as the `weight` of a cross-entropy with class
indices.

## Why is this bad
The forward pass works, and backward raises: `derivative for aten::floor_divide is not implemented`. Weights
that require grad are refused by the loss itself.

## Example
```python
import torch
import torch.nn.functional as F


def bin_loss(pred, target):
    return F.l1_loss(pred // 2, target)


pred, target = (9 * torch.rand(4)).requires_grad_(), torch.rand(4)
bin_loss(pred, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def bin_loss(pred, target):
    return F.l1_loss(pred / 2, target)


pred, target = (9 * torch.rand(4)).requires_grad_(), torch.rand(4)
bin_loss(pred, target).backward()
```

## Fix safety
Unsafe: the true quotient is not rounded. A second fix keeps the rounded value and passes the gradient of
the quotient (straight through). To wrap a value, `%` is differentiable.

## References
- [torch.floor_divide](https://docs.pytorch.org/docs/stable/generated/torch.floor_divide.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.effects.operators import WEIGHTS
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, names, sentence


def _message(found: Break) -> str:
    if found.note in WEIGHTS:
        return sentence(
            f"PyTorch implements no derivative of {code(found, 'this loss')} by its `{found.note}`: "
            f"the call raises, as it depends on {names(found)}"
        )
    return sentence(
        f"PyTorch implements no derivative for {code(found, 'this operator')}: "
        f"backward raises before any gradient reaches {names(found)}"
    )


RULE = Rule(
    code="CR112",
    name="not-implemented",
    summary="An operator's derivative is not implemented",
    severity=Severity.ERROR,
    causes=frozenset({Cause.NOT_IMPLEMENTED}),
    message=_message,
    doc=__doc__,
)
