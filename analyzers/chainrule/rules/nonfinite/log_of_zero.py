"""
## What it does
Finds logarithms of probabilities that saturate: `log(softmax(x))`, `log(sigmoid(x))`, `log(1 - p)`; of
squared errors; of shares that can be exactly 0, as in an entropy; and of sums of `exp` that under- or
overflow.

## Why is this bad
In floating point a softmax or a sigmoid of a large enough score is exactly 0 or 1. The logarithm is -inf
there, its derivative infinite, and the saturated function sends back 0 times infinity: NaN. `log_softmax`
and `logsigmoid` compute the same without that step.

## Example
```python
import torch


def negative_loss(logits):
    prob = torch.sigmoid(logits)
    return -torch.log(1 - prob).mean()


logits = torch.tensor([200.0, 1.0], requires_grad=True)
negative_loss(logits).backward()
```

## Use instead
```python
import torch


def negative_loss(logits):
    prob = torch.sigmoid(logits)
    return -torch.log((1 - prob).clamp(min=1e-8)).mean()


logits = torch.tensor([200.0, 1.0], requires_grad=True)
negative_loss(logits).backward()
```

## Fix safety
Safe: `log_softmax` and `logsigmoid` are the same function. Where there is no such form, a lower bound below
the logarithm changes only values beneath it.

## References
- [torch.nn.functional.log_softmax](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html)
- [torch.nn.functional.logsigmoid](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names


def _message(found: Break) -> str:
    match found.note:
        case "zero":
            why = "The operand reaches 0, where the derivative of the logarithm is infinite"
        case "entropy":
            why = "The factor beside this logarithm can be exactly 0, and 0 * log(0) is NaN"
        case "underflow":
            why = "Far away every `exp` below this logarithm is exactly 0, where its derivative is infinite"
        case "overflow":
            why = "The `exp` below this logarithm overflows to inf for large values, and inf / inf is NaN"
        case _:
            why = "A saturated probability is exactly 0, where the derivative of the logarithm is infinite"
    if found.note == "negative":
        why = "What a layer gives is negative as often as not, and its logarithm is NaN there"
        return f"{why}: {names(found)} cannot learn from that loss"
    if found.note == "relu":
        why = "The operand is 0 wherever the relu is off"
        return f"{why}: the loss is inf or NaN there, and the gradient of {names(found)} is 0"
    return f"{why}: the gradient of {names(found)} can become NaN or inf"


RULE = Rule(
    code="CR305",
    name="log-of-zero",
    summary="A logarithm of a value that can be zero",
    severity=Severity.WARNING,
    causes=frozenset({Cause.LOG_ZERO}),
    message=_message,
    doc=__doc__,
)
