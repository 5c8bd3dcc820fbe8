"""
## What it does
Finds `log(softmax(x))` and `log(sigmoid(x))`, in any spelling.

## Why is this bad
A probability that rounds to 0 has the logarithm -inf, and behind it the gradient is NaN. `log_softmax` and
`logsigmoid` compute the same function in one stable step.

## Example
```python
import torch
import torch.nn.functional as F


def soft_cross_entropy(logits, probabilities):
    return -(probabilities * torch.log(F.softmax(logits, dim=1))).sum()


logits, probabilities = torch.randn(3, 4, requires_grad=True), torch.rand(3, 4)
soft_cross_entropy(logits, probabilities).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def soft_cross_entropy(logits, probabilities):
    return -(probabilities * F.log_softmax(logits, dim=1)).sum()


logits, probabilities = torch.randn(3, 4, requires_grad=True), torch.rand(3, 4)
soft_cross_entropy(logits, probabilities).backward()
```

## Fix safety
Safe: the same value wherever the first form has a finite one.

## References
- [torch.nn.functional.log_softmax](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes import Plan, Repair, SourceText, disabled, source_of
from chainrule.fixes.calls import argument, op_of
from chainrule.fixes.dead import dead_statements
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.statements import remove
from chainrule.fixes.usage import Scope, names_in, walk_scope
from chainrule.names import Names
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.scores import ScoreReader

WORDS = (("log(",), ("oftmax", "igmoid", "expit"))
_STABLE = {"softmax": "log_softmax", "sigmoid": "logsigmoid", "expit": "logsigmoid"}


def find(function: ScopeNode, names: Names, text: str) -> Iterator[Rewrite]:
    """Report each `log(softmax(x))` and `log(sigmoid(x))`."""
    if not mentions(function, text, WORDS):
        return
    scope = Scope(function)
    reader = ScoreReader(scope, names)
    for node in walk_scope(function):
        op = op_of(node, names)
        if op is None or op.name != "log" or op.tensor is None or not op.only(1, "input"):
            continue
        plain, guarded = reader.unguarded(op.tensor)
        squashed = reader.operation(scope.value_of(plain))
        if squashed is None or squashed.name not in _STABLE or squashed.tensor is None:
            continue
        stable = _STABLE[squashed.name]
        message = (
            f"`log` of `{squashed.name}` is -inf, with a gradient of NaN, once a value rounds to 0; "
            f"`{stable}` computes the same without that"
        )
        if guarded:
            message = (
                f"the guard keeps `log` finite but flattens its gradient where `{squashed.name}` is small; "
                f"`{stable}` needs no guard"
            )
        repair = _repair(scope, names, source_of(text), op.node, squashed.node, stable, guarded)
        root = scope.root(squashed.tensor)
        yield Rewrite(op.node, message, repair, (root,) if root else ())


def _repair(
    scope: Scope,
    names: Names,
    source: SourceText,
    log: ast.Call,
    squashed: ast.Call,
    stable: str,
    guarded: bool,
) -> Repair:
    title = f"Use {stable}"
    if scope.rebound(squashed, log):
        return disabled(title, "its argument is overwritten before the log")
    plan = Plan(source, names)
    plan.replace(log, _stable_call(plan, squashed, stable))
    for statement in dead_statements(scope, source, names, [log], names_in(squashed)):
        remove(plan, statement)
    if guarded:
        return plan.repair(f"{title} (drops the guard, which changes small values)", Applicability.UNSAFE)
    return plan.repair(title, Applicability.SAFE)


def _stable_call(plan: Plan, squashed: ast.Call, stable: str) -> str:
    source = plan.source
    text = source.segment(squashed)
    if stable == "log_softmax" and isinstance(squashed.func, ast.Attribute):
        cut = source.span(squashed.func)[1] - source.span(squashed)[0]
        return f"{text[: cut - len('softmax')]}log_softmax{text[cut:]}"
    name = plan.spell(f"torch.nn.functional.{stable}")
    if isinstance(squashed.func, ast.Call):  # nn.Softmax(dim=1)(x)
        given = [source.segment(part) for part in (*squashed.func.args, *squashed.func.keywords)]
        given = [part if "=" in part else f"dim={part}" for part in given]
        return f"{name}({', '.join([source.segment(squashed.args[0]), *given])})"
    if stable == "logsigmoid":
        receiver = squashed.func.value if isinstance(squashed.func, ast.Attribute) else None
        is_method = receiver is not None and not squashed.args
        inner = receiver if is_method and receiver is not None else squashed.args[0]
        return f"{name}({argument(inner, source.segment(inner))})"
    cut = source.span(squashed.func)[1] - source.span(squashed)[0]
    return name + text[cut:]


RULE = RewriteRule(
    code="CR703",
    name="log-of-softmax",
    summary="A logarithm is taken of a softmax or a sigmoid",
    find=find,
    words=WORDS,
    doc=__doc__,
)
