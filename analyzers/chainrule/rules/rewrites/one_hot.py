"""
## What it does
Finds losses against a one-hot target that stand for cross-entropy: spelled out with a logarithm of softmax,
or with another error between the prediction and the one-hot row.

## Why is this bad
A one-hot target has no gradient and needs none: the prediction gets its gradient. But `cross_entropy` takes
the class indices themselves, needs no table of zeros, and is stable. Where the error is a squared one, the
loss is a score on whatever the prediction is, and for classification usually a worse objective than
cross-entropy on logits.

## Example
```python
import torch
import torch.nn.functional as F


def class_loss(logits, labels):
    target = F.one_hot(labels, num_classes=5).float()
    return F.mse_loss(logits, target)


logits, labels = torch.randn(4, 5, requires_grad=True), torch.tensor([0, 3, 1, 4])
class_loss(logits, labels).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def class_loss(logits, labels):
    return F.cross_entropy(logits, labels)


logits, labels = torch.randn(4, 5, requires_grad=True), torch.tensor([0, 3, 1, 4])
class_loss(logits, labels).backward()
```

## Fix safety
Safe where the code spells out the cross-entropy. Unsafe where it uses another error: then the objective
changes, and the title says so.

## References
- [torch.nn.functional.cross_entropy](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes import source_of
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.usage import Scope, scope_of
from chainrule.names import Names
from chainrule.rules.rewrites.cross_entropy import Writer
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.objective import Objective
from chainrule.rules.rewrites.objectives import ObjectiveReader
from chainrule.rules.rewrites.sample_loops import SampleLoop
from chainrule.rules.rewrites.samples import SampleReader

WORDS = (
    (
        "one_hot",
        "scatter",
        "eye(",
        "arange(",
        "nll_loss",
        "NLLLoss",
        "gather(",
        "] = 1",
        "softmax",
        "LogSoftmax",
    ),
    (
        "_loss",
        "Loss",
        "cross_entropy",
        "softmax",
        "log(",
        "** 2",
        "**2",
        "pow(",
        "square",
        "abs(",
        "log_p",
        "logsumexp",
        "logp",
    ),
)
_TITLE = "Compute the loss with cross_entropy"


def find(
    function: ScopeNode, names: Names, text: str, owner: ast.ClassDef | None = None
) -> Iterator[Rewrite]:
    """Report each loss that is, or stands in for, the cross-entropy of class indices."""
    if not mentions(function, text, WORDS, owner):
        return
    scope = scope_of(function, owner)
    objectives = list(ObjectiveReader(scope, names).objectives())
    if not objectives:
        return
    source = source_of(text)
    samples = SampleReader(scope, names, source)
    loops = samples.loops()
    for objective in objectives:
        loop = next((loop for loop in loops if _is_sample(scope, objective, loop)), None)
        if loop is None and (objective.target.class_dim == 0 or _in_loop(scope, objective.marked, loops)):
            continue
        writer = Writer(scope, names, source, objective, loop, samples)
        roots = scope.root(objective.scores.node)
        yield Rewrite(objective.marked, writer.message(), writer.repair(), (roots,) if roots else ())


def _is_sample(scope: Scope, objective: Objective, loop: SampleLoop) -> bool:
    """Whether the objective's value is what a loop collects for each sample."""
    value = loop.sample
    return objective.result.node is value or scope.value_of(value) is objective.result.node


def _in_loop(scope: Scope, node: ast.AST, loops: list[SampleLoop]) -> bool:
    around = list(scope.ancestors(node))
    return any(loop.sample in around or any(s in around for s in loop.body) for loop in loops)


RULE = RewriteRule(
    code="CR702",
    name="one-hot-loss",
    summary="A classification loss is written with a one-hot target",
    find=find,
    words=WORDS,
    doc=__doc__,
)
