"""
## What it does
Finds losses in which the prediction only decides which branch runs: an `if`, a conditional expression or a
`while` on a tensor, between branches that do not depend on it.

## Why is this bad
Choosing a branch is no operation of autograd. The chosen value does not remember the condition, so the
prediction in the condition gets no gradient. A branch between two expressions of the prediction is right
and is not reported.

## Example
```python
import torch


def budget_loss(pred, budget):
    if pred.sum() > budget:
        loss = torch.tensor(1.0)
    else:
        loss = torch.tensor(0.0)
    return loss


pred, budget = torch.ones(4, requires_grad=True), 1.0
budget_loss(pred, budget).backward()
```

## Use instead
```python
import torch


def budget_loss(pred, budget):
    return torch.relu(pred.sum() - budget)


pred, budget = torch.ones(4, requires_grad=True), 1.0
budget_loss(pred, budget).backward()
```

## Fix safety
There is no automatic fix where the branches are constants: nothing is left to differentiate. Measure by
*how much* the condition holds, as above. Where a branch is computed from tensors, `torch.where` makes the
same choice.

## References
- [torch.where](https://docs.pytorch.org/docs/stable/generated/torch.where.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import STARTS, Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names, result, sentence


def _message(found: Break) -> str:
    if found.note == STARTS:
        return sentence(
            f"{names(found)} starts where this branch returns without it: "
            "it gets no gradient there, so that no step of an optimiser ever moves it"
        )
    return sentence(
        f"{names(found)} only decides which branch runs, and no branch is computed from it: {result(found)}"
    )


RULE = Rule(
    code="CR113",
    name="branch",
    summary="A Python branch decides the loss by a tensor's value",
    severity=Severity.ERROR,
    causes=frozenset({Cause.BRANCH}),
    message=_message,
    doc=__doc__,
)
