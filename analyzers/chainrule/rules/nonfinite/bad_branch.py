"""
## What it does
Finds elements that are computed, found to be NaN or infinite, and dropped afterwards: by `torch.where`, by
a mask, by `nan_to_num`, or by a clamp. So are NaN targets, the logarithm of padded data, powers of what is
below 0, rows that an additive mask or one of pairs (`valid[:, None] & valid[None]`) excludes entirely, and
`logaddexp` of -inf and -inf.

## Why is this bad
What is dropped still takes part in backward. It is sent a gradient of 0, and 0 times the infinite
derivative of `log(0)`, `1 / 0` or an overflowing `exp` is NaN. The value looks right; the gradient is not.
The operand must be made harmless *before* the dangerous function.

## Example
```python
import torch


def entropy_loss(prob):
    return torch.where(prob > 0, torch.log(prob), 0.0).sum()


prob = torch.tensor([0.0, 0.5, 0.5], requires_grad=True)
entropy_loss(prob).backward()
```

## Use instead
```python
import torch


def entropy_loss(prob):
    return torch.where(prob > 0, torch.log(torch.where(prob > 0, prob, 1.0)), 0.0).sum()


prob = torch.tensor([0.0, 0.5, 0.5], requires_grad=True)
entropy_loss(prob).backward()
```

## Fix safety
Safe: the elements that are kept keep their values, and the others their replacement.

## References
- [torch.where](https://docs.pytorch.org/docs/stable/generated/torch.where.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, names, sentence


def _message(found: Break) -> str:
    here = code(found, "this")
    match found.note:
        case "overflow":
            why = f"{here} overflows to inf for large values, and the bound set afterwards sends it 0 * inf"
        case "nan":
            why = f"{here} is also computed where it is NaN, and dropping it afterwards sends it 0 * NaN"
        case "dropped":
            why = f"{here} drops what a helper has computed with NaN, which is sent 0 * NaN on the way back"
        case "hidden":
            why = f"replacing the NaN of {here} afterwards repairs the value and not the derivative, 0 * inf"
        case "mask":
            why = f"{here} is NaN in its backward for a row that the additive mask excludes entirely"
        case "rows":
            why = f"{here} is NaN for a row that the mask excludes entirely, as it does those of the padding"
        case "empty":
            why = f"{here} is 0/0 where the mask is empty, and dropping it afterwards sends it 0 * NaN"
        case "padding":
            why = f"{here} is -inf where the data is padded with 0, and masking it afterwards leaves 0 * inf"
        case "never":
            why = f"{here} of -inf and -inf is -inf, and its slope there is NaN"
        case "clamp":
            why = f"{here} is infinite at 0, and the clamp afterwards sends it 0 * inf"
        case _:
            why = f"{here} is also computed where it is not used, and sends 0 times its infinite slope back"
    return sentence(f"{why}: the gradient of {names(found)} can become NaN")


RULE = Rule(
    code="CR302",
    name="bad-branch",
    summary="A masked-out branch still sends NaN back",
    severity=Severity.WARNING,
    causes=frozenset({Cause.BAD_BRANCH}),
    message=_message,
    doc=__doc__,
)
