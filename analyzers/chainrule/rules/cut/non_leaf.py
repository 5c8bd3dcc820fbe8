"""
## What it does
Finds names of leaves that are bound to something computed from the leaf: `w = torch.rand(3,
requires_grad=True).cuda()`, or `w = w - lr * w.grad` where `w.grad` is read again; and `.grad` of a
result, read after a backward pass. Also `torch.autograd.grad(u, t)` where `t` is a slice or a copy of the
input that `u` was computed from, and `u` was not computed from `t`; or where `t` does not require grad.

## Why is this bad
Autograd fills `.grad` of leaves only. The name now holds a result: its `.grad` stays None (with a warning),
and an optimizer refuses it: `can't optimize a non-leaf Tensor`. A slice is a new tensor, too: take the
coordinates apart first, put them together with `torch.cat`, and compute `u` from that.

## Example
```python
import torch

weights = torch.rand(3, requires_grad=True).to(torch.float64)
error = torch.ones(3, dtype=torch.float64) - weights
error.pow(2).mean().backward()
print(weights.grad)
```

## Use instead
```python
import torch

weights = torch.rand(3).to(torch.float64).requires_grad_()
error = torch.ones(3, dtype=torch.float64) - weights
error.pow(2).mean().backward()
print(weights.grad)
```

## Fix safety
Safe: the same values, and the leaf is made last. A second fix keeps the result and asks for its gradient
with `.retain_grad()`.

## References
- [torch.Tensor.is_leaf](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.is_leaf.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.operations.leaves import UNUSED
from chainrule.rules.rule import Rule


def _message(found: Break) -> str:
    if found.note.startswith(UNUSED):
        return (
            f"`{found.note.removeprefix(UNUSED)}` is no part of the graph of what is differentiated:"
            " autograd.grad raises, because it appears not to have been used in the graph"
        )
    if found.cause is Cause.NO_GRAPH:
        return (
            f"`{found.note}` does not require grad, and autograd.grad is asked for the"
            " derivative by it: it raises"
        )
    return (
        f"`{found.note}` is a result here and not a leaf, and autograd fills no `.grad` of it: it stays None"
    )


RULE = Rule(
    code="CR117",
    name="non-leaf",
    summary="The name of a leaf is bound to a computed value",
    severity=Severity.ERROR,
    causes=frozenset({Cause.NON_LEAF, Cause.NO_GRAPH}),
    message=_message,
    doc=__doc__,
)
