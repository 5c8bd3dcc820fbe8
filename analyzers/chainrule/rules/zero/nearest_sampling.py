"""
## What it does
Finds coordinates that are learnt through nearest-neighbour sampling, such as `grid_sample(mode="nearest")`.

## Why is this bad
The nearest pixel stays the same under a small move, so the gradient of the coordinates is exactly zero. The
image that is sampled does get gradient.

## Example
```python
import torch
import torch.nn.functional as F


def warp_loss(grid, image):
    return F.grid_sample(image, grid, mode="nearest", align_corners=False).mean()


grid, image = (torch.rand(1, 3, 3, 2) - 0.5).requires_grad_(), torch.rand(1, 1, 5, 5)
warp_loss(grid, image).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def warp_loss(grid, image):
    return F.grid_sample(image, grid, mode="bilinear", align_corners=False).mean()


grid, image = (torch.rand(1, 3, 3, 2) - 0.5).requires_grad_(), torch.rand(1, 1, 5, 5)
warp_loss(grid, image).backward()
```

## Fix safety
Unsafe: interpolated values differ from the nearest ones.

## References
- [torch.nn.functional.grid_sample](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule
from chainrule.rules.wording import result, sentence


def _message(found: Break) -> str:
    return sentence(
        f"the nearest sample stays the same under a small move of the coordinates: {result(found)}"
    )


RULE = Rule(
    code="CR203",
    name="nearest-sampling",
    summary="Nearest-neighbour sampling has no gradient in the coordinates",
    severity=Severity.WARNING,
    causes=frozenset({Cause.NEAREST}),
    message=_message,
    doc=__doc__,
)
