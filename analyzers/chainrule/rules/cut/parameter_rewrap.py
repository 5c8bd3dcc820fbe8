"""
## What it does
Finds computed or learnt values that are wrapped as a new leaf or copied: `nn.Parameter(x)` in a forward
pass, `copy.copy` and `copy.deepcopy` of tensors; copies of networks that are trained in place of the
original; computed numbers that are written into parameters (`load_state_dict`, `copy_`, `.data =`); and
layers that are exchanged for new ones after the optimizer was made (`net.head = nn.Linear(8, 10)`).

## Why is this bad
The wrapper takes the numbers and forgets where they came from. The gradient ends at the new leaf, which no
optimizer knows, and the parameter behind it gets none. Making parameters in `__init__` is right and is not
reported.

## Example
```python
import torch
from torch import nn


class ScaledLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, pred, target):
        weight = nn.Parameter(self.scale * 2)
        return (weight * (pred - target) ** 2).mean()


criterion, pred, target = ScaledLoss(), torch.rand(4, requires_grad=True), torch.rand(4)
criterion(pred, target).backward()
```

## Use instead
```python
import torch
from torch import nn


class ScaledLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, pred, target):
        weight = self.scale * 2
        return (weight * (pred - target) ** 2).mean()


criterion, pred, target = ScaledLoss(), torch.rand(4, requires_grad=True), torch.rand(4)
criterion(pred, target).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back. A copy becomes `.clone()`.

## References
- [torch.nn.parameter.Parameter](https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.operations.copies import TRAINED
from chainrule.flow.operations.exchanged import EXCHANGED
from chainrule.flow.operations.overwritten import WRITTEN
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, names, result, sentence


def _message(found: Break) -> str:
    maker = called(found.at)
    what = f"`{maker}`" if maker else "this"
    if found.note == WRITTEN:
        lost = "writes numbers into parameters, which forget what those were computed from"
        return sentence(f"{what} {lost}: {result(found)}")
    if found.note == TRAINED:
        return sentence(
            f"{what} makes a copy with an optimizer of its own, and the loss that is returned trains"
            f" only that: {result(found)}"
        )
    if found.note == EXCHANGED:
        return (
            "This comes in place of what an optimizer was made for: no gradient reaches the old"
            f" {names(found)} any more, and the optimizer does not have the new one"
        )
    return sentence(f"{what} makes a new leaf that forgets what it was computed from: {result(found)}")


RULE = Rule(
    code="CR110",
    name="parameter-rewrap",
    summary="A computed value is wrapped as a new leaf",
    severity=Severity.ERROR,
    causes=frozenset({Cause.REWRAP}),
    message=_message,
    doc=__doc__,
)
