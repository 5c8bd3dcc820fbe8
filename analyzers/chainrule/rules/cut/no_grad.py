"""
## What it does
Finds parts of a loss that are computed while gradients are switched off: in a `torch.no_grad()` or
`torch.inference_mode()` block, below a decorator, after `torch.set_grad_enabled(False)`, or by reentrant
checkpointing (`use_reentrant=True`) of a part whose inputs are data. A helper that is called in between may
leave gradients off as well: always, or where it returns early, goes on with a loop or raises before it
switches them on again.

## Why is this bad
Nothing computed there is recorded, whatever it was computed from: the parameters behind it get no gradient.
Evaluating a teacher or a target without gradients is right and is not reported.

## Example
```python
import torch
import torch.nn.functional as F


def training_loss(model, images, target):
    with torch.no_grad():
        pred = model(images)
    return F.mse_loss(pred, target)


model, images, target = torch.nn.Linear(3, 2), torch.rand(4, 3), torch.rand(4, 2)
training_loss(model, images, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def training_loss(model, images, target):
    pred = model(images)
    return F.mse_loss(pred, target)


model, images, target = torch.nn.Linear(3, 2), torch.rand(4, 3), torch.rand(4, 2)
training_loss(model, images, target).backward()
```

## Fix safety
Safe: the loss keeps its value, and its gradient comes back. It needs the memory that recording needs.

## References
- [torch.no_grad](https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html)
- [Locally disabling gradients](https://docs.pytorch.org/docs/stable/notes/autograd.html#locally-disabling-gradient-computation)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.judgement.left_off import LEAVES
from chainrule.flow.operations import contexts
from chainrule.rules.rule import Rule
from chainrule.rules.wording import code, result, sentence


def _message(found: Break) -> str:
    if found.note.startswith(LEAVES):
        left = found.note.removeprefix(LEAVES)
        return sentence(f"{left} leaves gradients switched off by this: from then on {result(found)}")
    match found.note:
        case "decorator":
            why = f"{code(found, 'the decorator')} switches gradients off in the whole function"
        case contexts.LEFT_OFF:
            why = "this switches gradients off until they are switched on again"
        case contexts.INVERTED:
            why = f"{code(found, 'this')} switches gradients off exactly where the flag asks for them"
        case "reentrant":
            why = "reentrant checkpointing records nothing, as none of its inputs needs a gradient"
        case _:
            why = f"{code(found, 'this')} switches gradients off for what is computed here"
    return sentence(f"{why}: {result(found)}")


RULE = Rule(
    code="CR102",
    name="no-grad",
    summary="Part of the loss is computed with gradients switched off",
    severity=Severity.ERROR,
    causes=frozenset({Cause.NO_GRAD}),
    message=_message,
    doc=__doc__,
)
