"""
## What it does
Finds `relu`, `clamp` and hard activations applied to values that always lie where they are flat, and to
parameters that start there; and sigmoid, tanh and softmax whose operand is scaled until they are steps.

## Why is this bad
Outside its bounds a clamp is constant. If the operand can never be inside, as a probability minus 1 is
never above 0, the gradient is exactly zero for every batch. A parameter that starts outside never moves.

## Example
```python
import torch
import torch.nn.functional as F


def confidence_penalty(logits):
    prob = torch.sigmoid(logits)
    return F.relu(prob - 1.0).mean()


logits = torch.rand(4, requires_grad=True)
confidence_penalty(logits).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def confidence_penalty(logits):
    prob = torch.sigmoid(logits)
    return F.softplus(prob - 1.0).mean()


logits = torch.rand(4, requires_grad=True)
confidence_penalty(logits).backward()
```

## Fix safety
Unsafe: a smooth function has another value. Often the bound itself is the mistake: a margin that the value
can't reach, or a `clamp(min=eps)` after the logarithm instead of before it.

## References
- [torch.clamp](https://docs.pytorch.org/docs/stable/generated/torch.clamp.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.numbers.starts import BEYOND, FAR
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, result, sentence


def _message(found: Break) -> str:
    if found.note == "steep":
        return sentence(
            f"the operand of {code(found, 'this')} is scaled so far that it is a step: "
            f"but for values next to the threshold {result(found)}"
        )
    if found.note == "zeros":
        return sentence(f"both factors of {code(found, 'this')} start at 0, so {result(found)}")
    lies = "starts" if found.note in (BEYOND, FAR) else "always lies"
    return sentence(
        f"{code(found, 'this')} is constant: its operand {lies} beyond the bound, so {result(found)}"
    )


RULE = Rule(
    code="CR202",
    name="saturation",
    summary="A value always lies where its function is flat",
    severity=Severity.WARNING,
    causes=frozenset({Cause.SATURATION}),
    message=_message,
    doc=__doc__,
)
