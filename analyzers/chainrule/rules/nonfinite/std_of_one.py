"""
## What it does
Finds `std` and `var` of a selection that can hold a single value, and over a dimension of size one; of
rewards too, where what learns is weighted by the spread of their group.

## Why is this bad
The estimate from a sample divides by `n - 1`. For one value that is 0/0: the loss and its gradient are NaN.

## Example
```python
import torch


def spread_loss(pred, target):
    return pred[target > 0].std()


pred = torch.rand(4, requires_grad=True)
for target in torch.tensor([[0, 1, 1, 0], [0, 1, 0, 0]]):
    spread_loss(pred, target).backward()
```

## Use instead
```python
import torch


def spread_loss(pred, target):
    return pred[target > 0].std(unbiased=False)


pred = torch.rand(4, requires_grad=True)
for target in torch.tensor([[0, 1, 1, 0], [0, 1, 0, 0]]):
    spread_loss(pred, target).backward()
```

## Fix safety
Unsafe: the spread of a population divides by `n`, so that it is smaller, and 0 for one value.

## References
- [torch.std](https://docs.pytorch.org/docs/stable/generated/torch.std.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, names, sentence


def _message(found: Break) -> str:
    when = "over a dimension of size one" if found.note == "one" else "where a single value is selected"
    return sentence(f"{code(found, 'this')} is NaN {when}, and so is the gradient of {names(found)}")


RULE = Rule(
    code="CR306",
    name="std-of-one",
    summary="A standard deviation of what can be a single value",
    severity=Severity.WARNING,
    causes=frozenset({Cause.STD_SINGLE}),
    message=_message,
    doc=__doc__,
)
