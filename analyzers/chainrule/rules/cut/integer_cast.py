"""
## What it does
Finds predictions that are cast to an integer or boolean dtype: `.long()`, `.int()`, `.bool()`,
`.to(torch.uint8)`, `.type_as(labels)`, or written into an integer tensor.

## Why is this bad
Only floating and complex tensors can require grad. The cast also rounds toward zero, so that a small change
of the prediction changes nothing, and a later `.float()` brings back neither.

## Example
```python
import torch


def count_loss(pred, target):
    return (pred.long() - target).abs().sum()


pred, target = 9 * torch.rand(4), torch.randint(0, 9, (4,))
count_loss(pred.requires_grad_(), target).backward()
```

## Use instead
```python
import torch


def count_loss(pred, target):
    return (pred - target).abs().sum()


pred, target = 9 * torch.rand(4), torch.randint(0, 9, (4,))
count_loss(pred.requires_grad_(), target).backward()
```

## Fix safety
Unsafe: without the cast nothing is rounded, so the value changes. Where the rounding itself is wanted, the
straight-through form keeps the value and passes the gradient by it.

## References
- [torch.Tensor.requires_grad](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.requires_grad.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, names, result, sentence


def _message(found: Break) -> str:
    if found.note.startswith("like "):
        target = found.note.removeprefix("like ")
        return sentence(
            f"{code(found, 'this')} takes over the dtype of `{target}`: "
            f"where that holds integers, as labels do, no gradient reaches {names(found)}"
        )
    kind = "boolean" if found.note == "bool" else "integer"
    return sentence(f"{code(found, 'this')} is of {kind} dtype, which can't require grad: {result(found)}")


RULE = Rule(
    code="CR108",
    name="integer-cast",
    summary="A tensor is cast to an integer dtype",
    severity=Severity.ERROR,
    causes=frozenset({Cause.INTEGER_CAST}),
    message=_message,
    doc=__doc__,
)
