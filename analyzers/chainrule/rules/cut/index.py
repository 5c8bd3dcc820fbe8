"""
## What it does
Finds indices (`argmax`, `argsort`, the second output of `topk`, `sort`, `max(dim=…)`) that enter the loss
as values: as a position, a class number, or the labels of a one-hot.

## Why is this bad
An index is an integer. It stays the same under a small change of the scores, so it has no gradient.
*Selecting* by an index (`scores[index]`, `gather`) does pass gradient to what is selected, and is not
reported.

## Example
```python
import torch
import torch.nn.functional as F


def position_loss(hm, target):
    row = hm.argmax(dim=1).float()
    return F.l1_loss(row, target)


hm, target = torch.rand(2, 8, requires_grad=True), torch.tensor([2.0, 5.0])
position_loss(hm, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def position_loss(hm, target):
    row = torch.softmax(hm, dim=1).movedim(1, -1) @ torch.arange(hm.size(1), dtype=hm.dtype, device=hm.device)
    return F.l1_loss(row, target)


hm, target = torch.rand(2, 8, requires_grad=True), torch.tensor([2.0, 5.0])
position_loss(hm, target).backward()
```

## Fix safety
Unsafe: the expected position under a softmax (a soft argmax) is not the position of the maximum. The
sharper the scores, the closer they are. The indices of `topk` and `argsort` have no such form and get no
fix.

## References
- [torch.argmax](https://docs.pytorch.org/docs/stable/generated/torch.argmax.html)
- Sun et al., *Integral Human Pose Regression* (2018), for the soft argmax
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, code, result, sentence


def _message(found: Break) -> str:
    if "arg" in called(found.at).rpartition(".")[2]:
        what = f"{code(found)} is an index, an integer"
    else:
        what = f"the indices that {code(found, 'this call')} returns are integers"
    return sentence(f"{what} without a gradient: {result(found)}")


RULE = Rule(
    code="CR104",
    name="index",
    summary="Indices are used as values",
    severity=Severity.ERROR,
    causes=frozenset({Cause.INDEX}),
    message=_message,
    doc=__doc__,
)
