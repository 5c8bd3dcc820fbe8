"""
## What it does
Finds values that carry the graph of one step into the next: a hidden state, a running mean, a loss that
is added up over steps with a backward in each; lists and caches (`lru_cache`, `cached_property`) that
keep what was computed from parameters.

## Why is this bad
The backward of the next step reaches back into the graph of this one, which is freed by then, and raises
`Trying to backward through the graph a second time`. With `retain_graph=True` it would not raise, but take
more time and memory in every step.

## Example
```python
import torch

cell = torch.nn.RNNCell(3, 3)
state = torch.zeros(2, 3)
for images in torch.rand(4, 2, 3):
    state = cell(images, state)
    loss = state.pow(2).mean()
    loss.backward()
```

## Use instead
```python
import torch

cell = torch.nn.RNNCell(3, 3)
state = torch.zeros(2, 3)
for images in torch.rand(4, 2, 3):
    state = cell(images, state)
    loss = state.pow(2).mean()
    loss.backward()
    state = state.detach()
```

## Fix safety
Unsafe, for names of a loop as for attributes: detaching what is carried over is a choice, by which
gradients no longer go back beyond the step (truncated backpropagation through time).

## References
- [torch.Tensor.detach](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html)
"""

from __future__ import annotations

from chainrule.findings import Severity
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.rules.rule import Rule


def _message(found: Break) -> str:
    return (
        "The graph of the previous step is reached again here, after its backward pass has freed it: "
        "backward raises"
    )


RULE = Rule(
    code="CR504",
    name="graph-kept",
    summary="A graph is carried from one step into the next",
    severity=Severity.ERROR,
    causes=frozenset({Cause.GRAPH_KEPT}),
    message=_message,
    doc=__doc__,
)
