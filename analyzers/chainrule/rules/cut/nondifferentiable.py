"""
## What it does
Finds operators of PyTorch through which no gradient passes: counts and histograms (`histc`, `bincount`,
`count_nonzero`), `one_hot` of predicted labels, the 0-norm, and their like; and losses that are made of the
size of what a prediction chooses (`len(torch.nonzero(pred > 0.5))`). Calls with `out=` are told too: they
raise where an argument requires grad.

## Why is this bad
The result of such an operator has no `grad_fn`. What it was computed from gets no gradient, although the
loss follows it by value.

## Example
```python
import torch
import torch.nn.functional as F


def histogram_loss(pred, wanted):
    soft = torch.histc(pred, bins=5, min=0.0, max=1.0)
    return F.l1_loss(soft, wanted)


pred, wanted = torch.rand(20, requires_grad=True), torch.full((5,), 4.0)
histogram_loss(pred, wanted).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def histogram_loss(pred, wanted):
    soft = torch.exp(-(((pred.reshape(-1, 1) - torch.linspace(0.0, 1.0, 5)) / ((1.0 - 0.0) / 5)) ** 2)).sum(0)
    return F.l1_loss(soft, wanted)


pred, wanted = torch.rand(20, requires_grad=True), torch.full((5,), 4.0)
histogram_loss(pred, wanted).backward()
```

## Fix safety
Unsafe: a soft count, to which every value contributes by its distance, approaches the hard one.

## References
- [torch.histc](https://docs.pytorch.org/docs/stable/generated/torch.histc.html)
- Ustinova and Lempitsky, *Learning Deep Embeddings with Histogram Loss* (2016), for soft histograms
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.effects.out_arguments import OUT
from chainrule.flow.operations.counts import SIZE
from chainrule.rules.rule import Rule
from chainrule.rules.wording import called, names, result, sentence


def _message(found: Break) -> str:
    if found.note == SIZE:
        return sentence(f"how many elements were chosen is a plain number: {result(found)}")
    operator = called(found.at)
    if found.note == OUT:
        return sentence(
            f"autograd does not follow `out=`, and the call raises: no gradient reaches {names(found)}"
        )
    what = f"`{operator}`" if operator else "this operator"
    if operator.rpartition(".")[2] in ("norm", "vector_norm"):
        what = f"{what} of order 0, which counts elements"
    return sentence(f"PyTorch passes no gradient through {what}: {result(found)}")


RULE = Rule(
    code="CR109",
    name="nondifferentiable",
    summary="An operator has no gradient",
    severity=Severity.ERROR,
    causes=frozenset({Cause.NONDIFFERENTIABLE}),
    message=_message,
    doc=__doc__,
)
