"""
## What it does
Finds square roots (`sqrt`, `rsqrt`, `** 0.5`, `hypot`) of values that reach 0 exactly: a sum of squares, a
variance, a distance written by hand in any metric, `1 - cos ** 2`, the eigenvalues of `x.T @ x`.

## Why is this bad
The derivative of the root is `1 / (2 * sqrt(x))`: infinite at 0. The squares behind it send back 0, and 0
times infinity is NaN, for the whole row. It needs only one pair of equal points in a batch.
`torch.linalg.vector_norm` and `Tensor.norm` define their gradient at 0 as 0, and are not reported.

## Example
```python
import torch


def distance_loss(pred, target):
    return torch.sqrt(((pred - target) ** 2).sum(dim=1)).mean()


pred, target = torch.rand(2, 3), torch.rand(2, 3)
target[0] = pred[0]
distance_loss(pred.requires_grad_(), target).backward()
```

## Use instead
```python
import torch


def distance_loss(pred, target):
    return torch.sqrt(((pred - target) ** 2).sum(dim=1).clamp(min=1e-12)).mean()


pred, target = torch.rand(2, 3), torch.rand(2, 3)
target[0] = pred[0]
distance_loss(pred.requires_grad_(), target).backward()
```

## Fix safety
Safe: only values below the bound change, by at most its root.

## References
- [torch.sqrt](https://docs.pytorch.org/docs/stable/generated/torch.sqrt.html)
- [torch.linalg.vector_norm](https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html)
"""

from __future__ import annotations

import ast

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, names


def _message(found: Break) -> str:
    if found.note == "negative":
        return (
            f"What a layer gives is negative as often as not, and {_operator(found.at)} of it is NaN there, "
            f"as the gradient of {names(found)} is"
        )
    return (
        f"The derivative of {_operator(found.at)} is infinite at 0, which this operand reaches: "
        f"the gradient of {names(found)} can become NaN or inf"
    )


def _operator(node: ast.AST) -> str:
    """The root as it is written: `torch.sqrt(x)`, `x.rsqrt()`, `x ** -0.5`."""
    name = called(node).rpartition(".")[2].rstrip("_")
    if name in ("rsqrt", "hypot"):
        return f"`{name}`"
    if isinstance(node, ast.BinOp) or name in ("pow", "float_power"):
        return "this power"
    return "the square root"


RULE = Rule(
    code="CR301",
    name="sqrt-at-zero",
    summary="A square root of a value that can be zero",
    severity=Severity.WARNING,
    causes=frozenset({Cause.SQRT_ZERO}),
    message=_message,
    doc=__doc__,
)
