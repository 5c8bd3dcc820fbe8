"""
## What it does
Finds new tensors built from tensors: `torch.tensor([a, b])`, `torch.FloatTensor(values)`,
`torch.as_tensor([a, b])`, `x.new_tensor(y)`.

## Why is this bad
These constructors read the numbers and start a new tensor without history. `torch.stack` and `torch.cat`
join tensors and keep it. (`torch.as_tensor(t)` of one tensor returns that tensor, and is not reported.)

## Example
```python
import torch
import torch.nn.functional as F


def total_loss(preds, targets):
    terms = [F.mse_loss(pred, target) for pred, target in zip(preds, targets)]
    return torch.tensor(terms).mean()


preds, targets = torch.rand(3, 4, requires_grad=True), torch.rand(3, 4)
total_loss(preds, targets).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def total_loss(preds, targets):
    terms = [F.mse_loss(pred, target) for pred, target in zip(preds, targets)]
    return torch.stack(terms).mean()


preds, targets = torch.rand(3, 4, requires_grad=True), torch.rand(3, 4)
total_loss(preds, targets).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back.

## References
- [torch.tensor](https://docs.pytorch.org/docs/stable/generated/torch.tensor.html)
- [torch.stack](https://docs.pytorch.org/docs/stable/generated/torch.stack.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.causes import Cause
from chainrule.flow.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, result, sentence


def _message(found: Break) -> str:
    maker = called(found.at)
    what = f"`{maker}` copies" if maker else "a new tensor copies"
    return sentence(f"{what} the numbers and not their history: {result(found)}")


RULE = Rule(
    code="CR107",
    name="tensor-rebuild",
    summary="A new tensor is built from tensors",
    severity=Severity.ERROR,
    causes=frozenset({Cause.REBUILD}),
    message=_message,
    doc=__doc__,
)
