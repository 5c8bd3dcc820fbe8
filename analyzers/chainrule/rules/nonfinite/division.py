"""
## What it does
Finds quotients that can be 0/0: a mean over the elements that a prediction selects or that belong to one
class, also by the sum of the yes-or-no targets of a binary cross-entropy; the share that is found of a class
(`(p * y).sum(0) / y.sum(0)`), a range that can be empty, a sum of magnitudes, a share of a whole that can be
0 (`relu(x) / relu(x).sum()`), a harmonic mean of values that reach 0, a trade-off (`v / (1 - iou + v)`), the
differences of a set from itself; weights that are infinite for a class that does not occur; infinite scores
that are scaled by something learnt; lengths of differences, and errors themselves; and divisors whose `exp`
overflows, or underflows far from everything.
What says which elements are there at all (`mask`, `valid`) may be divided by.

## Why is this bad
0/0 is NaN and so is inf times 0, in the value or in the gradient. A count of predictions reaches 0 as the
training goes on, in the middle of a run.

## Example
```python
import torch


def confident_loss(pred, target):
    chosen = (pred > 0.9).float()
    return ((chosen * (pred - target) ** 2).sum(dim=1) / chosen.sum(dim=1)).mean()


pred, target = torch.tensor([[0.1, 0.2], [0.1, 0.95]], requires_grad=True), torch.zeros(2, 2)
confident_loss(pred, target).backward()
```

## Use instead
```python
import torch


def confident_loss(pred, target):
    chosen = (pred > 0.9).float()
    return ((chosen * (pred - target) ** 2).sum(dim=1) / chosen.sum(dim=1).clamp(min=1)).mean()


pred, target = torch.tensor([[0.1, 0.2], [0.1, 0.95]], requires_grad=True), torch.zeros(2, 2)
confident_loss(pred, target).backward()
```

## Fix safety
Safe where the divisor is a count: the bound of 1 changes only an empty one. Unsafe where it may be any
number.

## References
- [torch.clamp](https://docs.pytorch.org/docs/stable/generated/torch.clamp.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import names, sentence


def _message(found: Break) -> str:
    match found.note:
        case "count":
            why = "the divisor counts elements and is 0 where there are none"
        case "positives":
            why = "the divisor counts the positives and is 0 where there are none"
        case "none":
            return sentence(
                "the divisor counts elements, and where there are none the loss is 0/0: "
                f"NaN, and {names(found)} cannot learn from that term"
            )
        case "relu alone":
            why = "the divisor is 0 wherever the relu is off"
            return sentence(f"{why}: the loss is inf or NaN there, and the gradient of {names(found)} is 0")
        case "relu":
            why = "the divisor is 0 wherever the relu is off"
        case "start":
            why = "the divisor starts at 0"
        case "range":
            why = "the divisor is a range, which is 0 where all values are equal"
        case "overflow":
            why = "the `exp` in the divisor overflows to inf for large values"
        case "weight":
            why = "the weight is infinite for a class that does not occur, and its share of the loss is 0"
        case "whole":
            return sentence(
                "the divisor is the size of the dividend, and where all of that is 0 the loss is NaN: "
                f"{names(found)} cannot learn from it"
            )
        case "underflow" | "underflowhalf":
            kind = "half" if found.note.endswith("half") else "single"
            return sentence(
                f"what is to keep the divisor from 0 is 0 in {kind} precision, and where all of the dividend "
                f"is 0 the loss is NaN: {names(found)} cannot learn from it"
            )
        case "right":
            why = "the divisor is 0 together with the dividend, where a prediction is right"
        case "error":
            why = "the divisor is 0 where a prediction is right"
        case "lengths":
            why = "the length of a difference is 0 where both tensors are equal, and so is the dividend"
        case "far":
            why = "the divisor is a sum of `exp`, all terms of which underflow to 0 far from everything"
        case "moment":
            why = "the divisor is 0 together with the dividend, where all values are equal"
        case "pairs":
            why = "the divisor is 0 where an element is paired with itself, selected afterwards or not"
        case "harmonic":
            why = "the reciprocals below this one are infinite at 0, and their derivative meets a 0 here"
        case "zero times inf":
            why = "where the factor is 0, 0 times infinity is NaN"
        case "excluded":
            why = "an element that -inf excludes has probability 0, and 0 times -inf is NaN"
        case "infinity":
            why = "the infinite scores are scaled, and the derivative of the scale multiplies inf by 0"
        case _:
            why = "the divisor can be 0"
    return sentence(f"{why}: the gradient of {names(found)} can become NaN or inf")


RULE = Rule(
    code="CR304",
    name="division",
    summary="A division by what can be zero or of what can be infinite",
    severity=Severity.WARNING,
    causes=frozenset({Cause.DIVISION}),
    message=_message,
    doc=__doc__,
)
