"""
## What it does
Finds tensors that become plain Python numbers on their way into the loss: `.item()`, `.tolist()`,
`float()`, `int()`, and functions of `math` and `statistics`.

## Why is this bad
A Python number knows nothing of the tensor it came from. Everything computed from it is a constant for
autograd; if the whole loss is one, even `.backward` does not exist: `'float' object has no attribute
'backward'`. Numbers taken out for a log or a progress bar are fine and are not reported.

## Example
```python
import torch


def volume_loss(pred, target):
    return (pred.sum().item() - target.sum()).abs()


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
volume_loss(pred, target).backward()
```

## Use instead
```python
import torch


def volume_loss(pred, target):
    return (pred.sum() - target.sum()).abs()


pred, target = torch.rand(4, requires_grad=True), torch.rand(4)
volume_loss(pred, target).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back. A function of `math` becomes the one of
`torch`.

## References
- [torch.Tensor.item](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.item.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, code, result, sentence


def _message(found: Break) -> str:
    made = "plain Python numbers" if called(found.at).endswith("tolist") else "a plain Python number"
    return sentence(f"{code(found, 'this')} makes {made}, which autograd can't follow: {result(found)}")


RULE = Rule(
    code="CR105",
    name="python-scalar",
    summary="A tensor becomes a plain Python number",
    severity=Severity.ERROR,
    causes=frozenset({Cause.PYTHON_SCALAR}),
    message=_message,
    doc=__doc__,
)
