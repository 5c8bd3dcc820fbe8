"""
## What it does
Finds values that by construction do not depend on their input: the `log_prob` of a distribution's own
reparametrised sample, a softmax or a normalisation over a single value, the sum of a softmax over its own
classes, the mean of centred values, and the error of a tensor against itself.

## Why is this bad
For a reparametrised sample `mean + noise`, the density around `mean` depends on the noise alone: the two
ways in which the mean enters cancel exactly. A softmax over one class is always 1. Backward runs, and the
gradient is zero.

## Example
```python
import torch


def policy_loss(mean, reward):
    policy = torch.distributions.Normal(mean, 1.0)
    action = policy.rsample()
    return -(policy.log_prob(action) * reward).mean()


mean, reward = torch.rand(4, requires_grad=True), torch.rand(4)
policy_loss(mean, reward).backward()
```

## Use instead
```python
import torch


def policy_loss(mean, reward):
    policy = torch.distributions.Normal(mean, 1.0)
    action = policy.rsample()
    return -(policy.log_prob(action.detach()) * reward).mean()


mean, reward = torch.rand(4, requires_grad=True), torch.rand(4)
policy_loss(mean, reward).backward()
```

## Fix safety
Unsafe: the value is the same; the gradient becomes the score function, which is right if the reward does
not depend on the parameters. For one class, a sigmoid takes the place of the softmax.

## References
- [Score function](https://docs.pytorch.org/docs/stable/distributions.html#score-function)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, names, result, sentence


def _message(found: Break) -> str:
    match found.note:
        case "own sample":
            why = "the log-probability of a reparametrised sample does not depend on where it was drawn"
        case "one class" | "one class, if 2-D":
            condition = " if its input is 2-D" if found.note.endswith("2-D") else ""
            why = f"{code(found, 'this')} runs over a single class{condition} and is constant"
        case "one value":
            why = f"{code(found, 'this')} normalises a single value, which leaves nothing of it"
        case "adds up to one":
            why = f"{code(found, 'this')} adds up a softmax over its own classes and is constant"
        case "unit length":
            why = f"{code(found, 'this')} is the length of what was normalised, which is 1"
        case "centred":
            why = f"{code(found, 'this')} averages what its own mean was taken from and is 0"
        case "itself":
            why = f"{code(found, 'this')} compares a tensor with itself and is 0"
        case "straight through":
            why = "a straight-through estimate has the gradient of its input, and this difference cancels it"
        case _:
            why = f"the derivative of {code(found, 'this')} is zero by construction"
    if found.note in ("adds up to one", "unit length", "centred"):
        return sentence(f"{why}: the gradient of {names(found)} is zero but for rounding")
    return sentence(f"{why}: {result(found)}")


RULE = Rule(
    code="CR204",
    name="degenerate",
    summary="The value does not depend on its argument by construction",
    severity=Severity.WARNING,
    causes=frozenset({Cause.DEGENERATE}),
    message=_message,
    doc=__doc__,
)
