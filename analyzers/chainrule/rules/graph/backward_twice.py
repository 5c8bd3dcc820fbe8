"""
## What it does
Finds a backward pass through a graph that an earlier backward pass has freed.

## Why is this bad
Backward frees the values that it needed, as it goes. A second pass through the same operators raises
`Trying to backward through the graph a second time`.

## Example
```python
import torch


def train_step(model, images, target):
    error = (model(images) - target).pow(2)
    error.mean().backward()
    error.max().backward()


model, images, target = torch.nn.Linear(3, 2), torch.rand(4, 3), torch.rand(4, 2)
train_step(model, images, target)
```

## Use instead
```python
import torch


def train_step(model, images, target):
    error = (model(images) - target).pow(2)
    error.mean().backward(retain_graph=True)
    error.max().backward()


model, images, target = torch.nn.Linear(3, 2), torch.rand(4, 3), torch.rand(4, 2)
train_step(model, images, target)
```

## Fix safety
Safe: `retain_graph=True` keeps the saved values for the second pass, and their memory. One backward pass of
the sum of both losses gives the same gradients with less work.

## References
- [torch.Tensor.backward](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule


def _message(found: Break) -> str:
    return "This backward pass frees the graph, and a later one goes through it again: that one raises"


RULE = Rule(
    code="CR503",
    name="backward-twice",
    summary="A graph is used after backward has freed it",
    severity=Severity.ERROR,
    causes=frozenset({Cause.BACKWARD_TWICE}),
    message=_message,
    doc=__doc__,
)
