"""
## What it does
Finds in-place edits (`x -= y`, `x[i] = y`, `x.mul_(y)`, `inplace=True`) of values that an operator has
saved for its backward pass. Also edits of one of several views that are made together, by `chunk`, `split`,
`unbind` or a loop over a tensor.

## Why is this bad
Many derivatives are computed from the operator's input or output, `sigmoid` and `exp` from their output.
When that has been overwritten, backward raises `one of the variables needed for gradient computation has
been modified by an inplace operation`. Editing a value that no derivative needs is fine and is not
reported. A view that was made together with others may not be edited at all where a gradient is recorded:
PyTorch raises at once.

## Example
```python
import torch


def gap_loss(logits, target):
    gap = torch.sigmoid(logits)
    gap -= target
    return gap.pow(2).mean()


logits, target = torch.rand(4, requires_grad=True), torch.rand(4)
gap_loss(logits, target).backward()
```

## Use instead
```python
import torch


def gap_loss(logits, target):
    gap = torch.sigmoid(logits)
    gap = gap - target
    return gap.pow(2).mean()


logits, target = torch.rand(4, requires_grad=True), torch.rand(4)
gap_loss(logits, target).backward()
```

## Fix safety
Safe: the same values in new memory.

## References
- [In-place correctness checks](https://docs.pytorch.org/docs/stable/notes/autograd.html#in-place-correctness-checks)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule

_SIGNS = {"mult": "*", "div": "/", "pow": "**", "matmult": "@"}


def _message(found: Break) -> str:
    if found.cause is Cause.INPLACE_VIEW:
        return "One of several views that were made together can't be changed in place: PyTorch raises here"
    operator = _SIGNS.get(found.note, found.note)
    return f"The derivative of `{operator}` needs the value that is changed in place here: backward raises"


RULE = Rule(
    code="CR501",
    name="inplace-saved",
    summary="A value that backward needs is changed in place",
    severity=Severity.ERROR,
    causes=frozenset({Cause.INPLACE_SAVED, Cause.INPLACE_VIEW}),
    message=_message,
    doc=__doc__,
)
