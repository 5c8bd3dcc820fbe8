"""
## What it does
Finds computed values that are copied into a new leaf: `torch.tensor(loss, requires_grad=True)`,
`Variable(loss, requires_grad=True)`. The copy itself is reported with its own code.

## Why is this bad
The copy has no history; `requires_grad=True` makes it a leaf, so that backward runs without an error and
ends right there. Every parameter's `.grad` stays None.

## Example
```python
import torch


def pixel_loss(pred, target):
    error = (pred - target) ** 2
    return torch.tensor(error.mean(), requires_grad=True)


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
pixel_loss(pred, target).backward()
```

## Use instead
```python
import torch


def pixel_loss(pred, target):
    error = (pred - target) ** 2
    return error.mean()


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
pixel_loss(pred, target).backward()
```

## Fix safety
Safe where a tensor with its graph is copied: the loss keeps its value, and its gradient comes back. Where
the value had lost its graph before, taking `requires_grad` away is unsafe: backward raises until that is
repaired.

## References
- [torch.tensor](https://docs.pytorch.org/docs/stable/generated/torch.tensor.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names


def _message(found: Break) -> str:
    return (
        "`requires_grad=True` on a copy only silences the error: "
        f"backward ends at this new leaf, and no gradient reaches {names(found)}"
    )


RULE = Rule(
    code="CR402",
    name="fresh-leaf",
    summary="A result is copied into a new leaf",
    severity=Severity.ERROR,
    causes=frozenset({Cause.FRESH_LEAF}),
    message=_message,
    doc=__doc__,
)
