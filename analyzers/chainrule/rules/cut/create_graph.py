"""
## What it does
Finds gradients from `torch.autograd.grad` that are part of a loss (a gradient penalty, a force, a
physics residual) and were computed without `create_graph=True`; likewise `jacobian`, `hessian`, `vjp`
and their kin of `torch.autograd.functional`, and `.grad` after a backward pass.

## Why is this bad
Without `create_graph=True` the gradient is a constant: it has no history, and the term that is made of it
trains nothing. A gradient that is only a direction (an adversarial step) needs no history and is not
reported.

## Example
```python
import torch


def penalty_loss(critic, samples):
    (slope,) = torch.autograd.grad(critic(samples).sum(), samples)
    return (slope.norm(dim=1) - 1).pow(2).mean()


hidden, top = torch.nn.Linear(3, 8, bias=False), torch.nn.Linear(8, 1, bias=False)
critic = torch.nn.Sequential(hidden, torch.nn.Tanh(), top)
penalty_loss(critic, torch.rand(4, 3, requires_grad=True)).backward()
```

## Use instead
```python
import torch


def penalty_loss(critic, samples):
    (slope,) = torch.autograd.grad(critic(samples).sum(), samples, create_graph=True)
    return (slope.norm(dim=1) - 1).pow(2).mean()


hidden, top = torch.nn.Linear(3, 8, bias=False), torch.nn.Linear(8, 1, bias=False)
critic = torch.nn.Sequential(hidden, torch.nn.Tanh(), top)
penalty_loss(critic, torch.rand(4, 3, requires_grad=True)).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back. It needs the memory of the second graph.

## References
- [torch.autograd.grad](https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html)
- Gulrajani et al., *Improved Training of Wasserstein GANs* (2017), for the gradient penalty
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import result, sentence


def _message(found: Break) -> str:
    return sentence(
        f"without `create_graph=True` this gradient is a constant without history: {result(found)}"
    )


RULE = Rule(
    code="CR118",
    name="create-graph",
    summary="A gradient is used in a loss without create_graph",
    severity=Severity.ERROR,
    causes=frozenset({Cause.CREATE_GRAPH}),
    message=_message,
    doc=__doc__,
)
