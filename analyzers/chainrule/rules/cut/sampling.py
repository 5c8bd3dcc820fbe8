"""
## What it does
Finds samples that are drawn without a path back to their distribution: `.sample()`, `torch.multinomial`,
`torch.bernoulli`, `torch.normal` and `torch.poisson` of a prediction.

## Why is this bad
Drawing is not a differentiable function of the distribution's parameters, so they get no gradient, or one
that is exactly zero: PyTorch defines the derivative of `bernoulli`, `normal` and `poisson` so. A sample whose
`log_prob` is what trains (a policy gradient) is right and is not reported.

## Example
```python
import torch
import torch.nn.functional as F


def reconstruction_loss(mu, target):
    latent = torch.distributions.Normal(mu, 1.0).sample()
    return F.mse_loss(latent, target)


mu, target = torch.rand(4, requires_grad=True), torch.rand(4)
reconstruction_loss(mu, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def reconstruction_loss(mu, target):
    latent = torch.distributions.Normal(mu, 1.0).rsample()
    return F.mse_loss(latent, target)


mu, target = torch.rand(4, requires_grad=True), torch.rand(4)
reconstruction_loss(mu, target).backward()
```

## Fix safety
Unsafe: `rsample()` draws from the same distribution, and not every distribution has it. Discrete ones need
a relaxation (Gumbel-softmax), a straight-through sample or a score-function estimator.

## References
- [torch.distributions](https://docs.pytorch.org/docs/stable/distributions.html)
- Kingma and Welling, *Auto-Encoding Variational Bayes* (2013), for the reparametrisation
"""

from __future__ import annotations

from chainrule.findings import Severity, Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, result, sentence


def _message(found: Break) -> str:
    drawn = called(found.at)
    what = f"the sample that `{drawn}` draws" if drawn else "a drawn sample"
    if found.verdict is Verdict.ZERO:
        return sentence(f"PyTorch defines the derivative of {what} as zero: {result(found)}")
    return sentence(f"{what} has no path back to the parameters of its distribution: {result(found)}")


RULE = Rule(
    code="CR111",
    name="sampling",
    summary="A sample is drawn without reparametrisation",
    severity=Severity.ERROR,
    causes=frozenset({Cause.SAMPLING}),
    message=_message,
    doc=__doc__,
)
