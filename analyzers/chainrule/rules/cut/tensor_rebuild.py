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


def rotation_loss(angle, points, target):
    cos, sin = torch.cos(angle), torch.sin(angle)
    rotation = torch.tensor([[cos, -sin], [sin, cos]])
    return F.mse_loss(points @ rotation, target)


angle, points, target = torch.rand((), requires_grad=True), torch.rand(5, 2), torch.rand(5, 2)
rotation_loss(angle, points, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def rotation_loss(angle, points, target):
    cos, sin = torch.cos(angle), torch.sin(angle)
    rotation = torch.stack([torch.stack([cos, -sin]), torch.stack([sin, cos])])
    return F.mse_loss(points @ rotation, target)


angle, points, target = torch.rand((), requires_grad=True), torch.rand(5, 2), torch.rand(5, 2)
rotation_loss(angle, points, target).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back.

## References
- [torch.tensor](https://docs.pytorch.org/docs/stable/generated/torch.tensor.html)
- [torch.stack](https://docs.pytorch.org/docs/stable/generated/torch.stack.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
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
