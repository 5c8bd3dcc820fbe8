"""
## What it does
Finds `binary_cross_entropy` and `BCELoss` whose prediction is a sigmoid in sight.

## Why is this bad
A sigmoid that rounds to 0 or 1 has gradient 0, and `BCELoss` clamps the logarithm of it: a confident
mistake is not corrected any more. The form that takes logits computes the same loss in one stable step.

## Example
```python
import torch
import torch.nn.functional as F


def detection_loss(logits, target):
    return F.binary_cross_entropy(torch.sigmoid(logits), target)


logits, target = torch.randn(3, 4, requires_grad=True), torch.rand(3, 4)
detection_loss(logits, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def detection_loss(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target)


logits, target = torch.randn(3, 4, requires_grad=True), torch.rand(3, 4)
detection_loss(logits, target).backward()
```

## Fix safety
Safe: the same value wherever the sigmoid does not round to 0 or 1.

## References
- [torch.nn.BCEWithLogitsLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes import Plan, Repair, SourceText, disabled, source_of
from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.dead import dead_statements
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.statements import remove
from chainrule.fixes.usage import Scope, names_in, scope_of, walk_scope
from chainrule.names import Names
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.scores import Kind, ScoreReader

WORDS = (("igmoid", "expit"), ("binary_cross_entropy(", "BCELoss"))
_TITLE = "Use the loss that takes logits"


def find(function: ScopeNode, names: Names, text: str) -> Iterator[Rewrite]:
    """Report each binary cross-entropy whose prediction is a sigmoid in sight."""
    if not mentions(function, text, WORDS):
        return
    scope = scope_of(function)
    reader = ScoreReader(scope, names)
    for node in walk_scope(function):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        maker = _maker(scope, names, node)
        scores = reader.read(node.args[0])
        if maker is None or scores.kind is not Kind.SIGMOID:
            continue
        root = scope.root(scores.node)
        message = (
            "the logarithms of a sigmoid that rounds to 0 or 1 are clamped, and its gradient vanishes there; "
            "the form that takes logits computes the same loss in one stable step"
        )
        repair = _repair(scope, names, source_of(text), node, maker, scores.node)
        yield Rewrite(node, message, repair, (root,) if root else ())


def _maker(scope: Scope, names: Names, node: ast.Call) -> Op | None:
    """The functional call itself, or the `nn.BCELoss()` that makes the called criterion."""
    op = op_of(node, names)
    if op is not None and op.name == "binary_cross_entropy" and op.dotted is not None:
        return op
    made = op_of(scope.value_of(node.func), names)
    return made if made is not None and made.dotted == "torch.nn.BCELoss" else None


def _repair(
    scope: Scope, names: Names, source: SourceText, node: ast.Call, maker: Op, logits: ast.expr
) -> Repair:
    plan = Plan(source, names)
    if scope.rebound(logits, node):
        return disabled(_TITLE, "the logits are overwritten before the loss")
    functional = maker.node is node
    if isinstance(node.func, ast.Name) and not functional:
        calls = [scope.parents.get(read) for read in scope.reads.get(node.func.id, ())]
        others = [c for c in calls if c is not node]
        if others:
            return disabled(_TITLE, f"`{node.func.id}` is used with other predictions too")
    dotted = (
        "torch.nn.functional.binary_cross_entropy_with_logits" if functional else "torch.nn.BCEWithLogitsLoss"
    )
    plan.replace(maker.node.func, plan.spell(dotted))
    plan.replace(node.args[0], source.segment(logits))
    for statement in dead_statements(scope, source, names, [node.args[0]], names_in(logits)):
        remove(plan, statement)
    return plan.repair(_TITLE, Applicability.SAFE)


RULE = RewriteRule(
    code="CR704",
    name="bce-of-sigmoid",
    summary="Binary cross-entropy is taken of a sigmoid",
    find=find,
    words=WORDS,
    doc=__doc__,
)
