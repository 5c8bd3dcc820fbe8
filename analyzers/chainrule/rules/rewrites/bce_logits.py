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
from chainrule.fixes.behind import TWICE, moved
from chainrule.fixes.calls import Op, atom, op_of
from chainrule.fixes.dead import dead_statements
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.statements import remove
from chainrule.fixes.usage import Scope, names_in, scope_of, walk_scope
from chainrule.names import Names
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.scores import ScoreReader
from chainrule.syntax import walk_tree

WORDS = (("igmoid", "expit"), ("binary_cross_entropy(", "BCELoss"))
_SIGMOIDS = frozenset({"sigmoid", "expit"})
_SHAPES = frozenset({"view", "reshape", "flatten", "squeeze", "unsqueeze", "ravel", "contiguous", "float"})
_TITLE = "Use the loss that takes logits"


def find(
    function: ScopeNode, names: Names, text: str, owner: ast.ClassDef | None = None
) -> Iterator[Rewrite]:
    """Report each binary cross-entropy whose prediction is a sigmoid in sight."""
    if not mentions(function, text, WORDS, owner):
        return
    scope = scope_of(function, owner)
    reader = ScoreReader(scope, names)
    for node in walk_scope(function):
        prediction = _prediction(node) if isinstance(node, ast.Call) else None
        if prediction is None or not isinstance(node, ast.Call):
            continue
        squashed = _squashed(scope, reader, prediction)
        maker = _maker(scope, names, node) if squashed is not None else None
        if squashed is None or squashed.tensor is None or maker is None:
            continue
        root = scope.root(squashed.tensor)
        message = (
            "The logarithms of a sigmoid that rounds to 0 or 1 are clamped, and its gradient vanishes there; "
            "the form that takes logits computes the same loss in one stable step"
        )
        repair = _repair(scope, names, source_of(text), node, maker, prediction, squashed)
        yield Rewrite(node, message, repair, (root,) if root else ())


def _prediction(node: ast.Call) -> ast.expr | None:
    """The first argument of a loss, also when it is given as `input=`."""
    if node.args:
        return node.args[0]
    return next((word.value for word in node.keywords if word.arg == "input"), None)


def _squashed(scope: Scope, reader: ScoreReader, prediction: ast.expr) -> Op | None:
    """The sigmoid behind a prediction, also with another shape: `torch.sigmoid(x).view(-1)`."""
    value = scope.value_of(prediction)
    for _ in range(4):
        op = reader.operation(value)
        if op is None or op.name in _SIGMOIDS:
            return op
        if op.dotted is not None or op.name not in _SHAPES:
            return None
        value = scope.value_of(op.operands[0])
    return None


def _maker(scope: Scope, names: Names, node: ast.Call) -> Op | None:
    """The functional call itself, or the `nn.BCELoss()` that makes the called criterion."""
    op = op_of(node, names)
    if op is not None and op.name == "binary_cross_entropy" and op.dotted is not None:
        return op
    match node.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            value: ast.expr | None = scope.attributes.get(name)
        case _:
            value = scope.value_of(node.func)
    made = op_of(value, names) if value is not None else None
    return made if made is not None and made.dotted == "torch.nn.BCELoss" else None


def _other_uses(scope: Scope, callee: ast.expr, node: ast.Call) -> bool:
    """Whether the criterion is used with other predictions too."""
    if isinstance(callee, ast.Name):
        return any(scope.parents.get(read) is not node for read in scope.reads.get(callee.id, ()))
    if isinstance(callee, ast.Attribute) and scope.owner is not None:
        spelled = ast.unparse(callee)
        places = (
            n for n in walk_tree(scope.owner) if isinstance(n, ast.Attribute) and ast.unparse(n) == spelled
        )
        return sum(isinstance(place.ctx, ast.Load) for place in places) > 1
    return False


def _repair(
    scope: Scope,
    names: Names,
    source: SourceText,
    node: ast.Call,
    maker: Op,
    prediction: ast.expr,
    squashed: Op,
) -> Repair:
    plan = Plan(source, names)
    logits = squashed.tensor
    assert logits is not None
    if scope.rebound(logits, node):
        return disabled(_TITLE, "the logits are overwritten before the loss")
    functional = maker.node is node
    if not functional and _other_uses(scope, node.func, node):
        return disabled(_TITLE, f"`{source.segment(node.func)}` is used with other predictions too")
    dotted = (
        "torch.nn.functional.binary_cross_entropy_with_logits" if functional else "torch.nn.BCEWithLogitsLoss"
    )
    plan.replace(maker.node.func, plan.spell(dotted))
    if scope.value_of(prediction) is squashed.node:
        text = moved(plan, scope, names, logits, [prediction])
        if text is None:
            return disabled(_TITLE, TWICE)
        plan.replace(prediction, text)
        for statement in dead_statements(scope, source, names, [prediction], names_in(ast.parse(text))):
            remove(plan, statement)
    elif scope.is_inside(squashed.node, [prediction]) or _serves_only(scope, squashed.node, prediction):
        plan.replace(squashed.node, atom(logits, source.segment(logits)))
    else:
        return disabled(_TITLE, "the probabilities are read elsewhere too")
    return plan.repair(_TITLE, Applicability.SAFE)


def _serves_only(scope: Scope, node: ast.AST, prediction: ast.expr) -> bool:
    """Whether the name that a sigmoid is assigned to is read by the prediction alone."""
    match scope.statement_of(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return scope.only_binding(name) is not None and not scope.is_read_outside(name, prediction)
        case _:
            return False


RULE = RewriteRule(
    code="CR704",
    name="bce-of-sigmoid",
    summary="Binary cross-entropy is taken of a sigmoid",
    find=find,
    words=WORDS,
    doc=__doc__,
)
