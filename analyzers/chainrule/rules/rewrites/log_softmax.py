"""
## What it does
Finds `log(softmax(x))` and `log(sigmoid(x))`, with a guard such as `+ 1e-9` or without one. Where the
logarithm of 0 can make the gradient NaN, CR305 tells so in its place.

## Why is this bad
With a guard nothing is lost as long as the probabilities are far above it. Those below it are all taken for
the guard's value: the loss stops growing there, and the gradient becomes small just where the prediction
is most wrong. `log_softmax` and `logsigmoid` need no guard and keep the gradient at every score.

## Example
```python
import torch
import torch.nn.functional as F


def soft_target_loss(logits, target):
    return -(target * torch.log(F.softmax(logits, dim=1) + 1e-9)).sum(dim=1).mean()


logits, target = torch.rand(4, 3, requires_grad=True), torch.rand(4, 3)
soft_target_loss(logits, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def soft_target_loss(logits, target):
    return -(target * F.log_softmax(logits, dim=1)).sum(dim=1).mean()


logits, target = torch.rand(4, 3, requires_grad=True), torch.rand(4, 3)
soft_target_loss(logits, target).backward()
```

## Fix safety
Safe without a guard: the function is the same. Unsafe with one: loss and gradient agree to rounding while the
probabilities are large against the guard, and grow where they are small.

## References
- [torch.nn.functional.log_softmax](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html)
- [torch.nn.functional.logsigmoid](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes import source_of
from chainrule.fixes.calls import op_of
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.stable import STABLE, use_stable
from chainrule.fixes.usage import scope_of, walk_scope
from chainrule.names import Names
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.scores import ScoreReader

WORDS = (("log(",), ("oftmax", "igmoid", "expit"))


def find(
    function: ScopeNode, names: Names, text: str, owner: ast.ClassDef | None = None
) -> Iterator[Rewrite]:
    """Report each `log(softmax(x))` and `log(sigmoid(x))`."""
    if not mentions(function, text, WORDS, owner):
        return
    scope = scope_of(function, owner)
    reader = ScoreReader(scope, names)
    for node in walk_scope(function):
        op = op_of(node, names)
        if op is None or op.name != "log" or op.tensor is None or not op.only(1, "input"):
            continue
        plain, guarded = reader.unguarded(op.tensor)
        squashed = reader.operation(scope.value_of(plain))
        if squashed is None or squashed.name not in STABLE or squashed.tensor is None:
            continue
        stable = STABLE[squashed.name]
        message = (
            f"`log` of `{squashed.name}` is -inf, with a gradient of NaN, once a value rounds to 0; "
            f"`{stable}` computes the same without that"
        )
        if guarded:
            message = (
                f"The guard keeps `log` finite but flattens its gradient where `{squashed.name}` is small; "
                f"`{stable}` needs no guard"
            )
        repair = use_stable(scope, names, source_of(text), op.node, squashed, stable, guarded)
        root = scope.root(squashed.tensor)
        yield Rewrite(op.node, message, repair, (root,) if root else ())


RULE = RewriteRule(
    code="CR703",
    name="log-of-softmax",
    summary="A logarithm is taken of a softmax or a sigmoid",
    find=find,
    words=WORDS,
    told_by=("CR305",),
    doc=__doc__,
)
