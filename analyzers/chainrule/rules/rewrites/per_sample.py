"""
## What it does
Finds Python loops over the batch whose losses are added up or averaged, where one call computes them all.

## Why is this bad
The gradient is right, and slow: every sample makes its own nodes of the graph and its own kernels on the
GPU.

## Example
```python
import torch
import torch.nn.functional as F


def class_loss(logits, labels):
    total = 0
    for row, label in zip(logits, labels):
        total += F.cross_entropy(row.unsqueeze(0), label.unsqueeze(0))
    return total


logits, labels = torch.randn(4, 5, requires_grad=True), torch.tensor([0, 3, 1, 4])
class_loss(logits, labels).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def class_loss(logits, labels):
    return F.cross_entropy(logits, labels, reduction="sum")


logits, labels = torch.randn(4, 5, requires_grad=True), torch.tensor([0, 3, 1, 4])
class_loss(logits, labels).backward()
```

## Fix safety
Safe where the samples certainly have one shape. Otherwise unsafe: averages of samples of different sizes
weigh each sample alike, the batch form weighs each element alike.

## References
- [torch.nn.functional.cross_entropy](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes import Plan, Repair, SourceText, disabled, source_of
from chainrule.fixes.calls import Op, op_of
from chainrule.fixes.dead import dead_statements
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.statements import remove, replace_lines
from chainrule.fixes.usage import Scope, names_in, scope_of
from chainrule.fixes.vocabulary import ELEMENTWISE_LOSSES
from chainrule.names import Names
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.reduction import Form
from chainrule.rules.rewrites.sample_loops import SampleLoop
from chainrule.rules.rewrites.samples import SampleReader

WORDS = (("for ",), ("append(", "+=", "stack(", "sum(", " + "), ("_loss(", "cross_entropy", "mean(", "sum("))
_TITLE = "Compute the loss for the whole batch"


def find(
    function: ScopeNode, names: Names, text: str, owner: ast.ClassDef | None = None
) -> Iterator[Rewrite]:
    """Report each loop over samples whose body works on a batch as well."""
    if not mentions(function, text, WORDS):
        return
    scope = scope_of(function, owner)
    source = source_of(text)
    reader = SampleReader(scope, names, source)
    for loop in reader.loops():
        writer = _Writer(scope, names, source, reader, loop)
        call = writer.batched()
        if call is None:
            continue
        roots = dict.fromkeys(filter(None, (scope.root(tensor) for tensor in loop.tensors)))
        message = (
            "One small graph per sample: the loss of the whole batch gives the same gradient in one step"
        )
        yield Rewrite(loop.sample, message, writer.repair(call), tuple(roots))


class _Writer:
    def __init__(
        self, scope: Scope, names: Names, source: SourceText, samples: SampleReader, loop: SampleLoop
    ) -> None:
        self.scope = scope
        self.names = names
        self.source = source
        self.samples = samples
        self.loop = loop
        self.plan = Plan(source, names)
        self.exact = True

    def batched(self) -> str | None:
        """The text of the loop's result for the batch, None where there is none."""
        value = self.scope.value_of(self.loop.sample)
        op = op_of(value, self.names)
        if op is None or op.tensor is None or self.loop.result.form not in (Form.MEAN, Form.SUM):
            return None
        if op.name in ELEMENTWISE_LOSSES and op.dotted is not None:
            text = self._loss(op)
        elif op.name == "cross_entropy":
            text = self._cross_entropy(op)
        elif op.name in ("mean", "sum") and op.only(1):
            text = self._reduced(op)
        else:
            text = None
        return text if text is None or not self.loop.result.negated else f"-{text}"

    def _loss(self, op: Op) -> str | None:
        """`F.mse_loss(p, t)`: the mean over equal samples is the mean of their means."""
        target = op.get(1, "target")
        reduction = op.keywords.get("reduction")
        summed = isinstance(reduction, ast.Constant) and reduction.value == "sum"
        if target is None or set(op.keywords) - {"reduction", "beta", "delta"} or len(op.operands) > 2:
            return None
        if (reduction is not None and not summed) or summed != (self.loop.result.form is Form.SUM):
            return None
        # Rows that broadcast against each other would pair with other rows in a batch.
        self.exact = False
        return self._called(op, [op.operands[0], target])

    def _called(self, op: Op, tensors: list[ast.expr], **more: str) -> str | None:
        texts = [self.samples.batched(self.loop, tensor) for tensor in tensors]
        known = [text for text in texts if text is not None]
        if len(known) != len(texts):
            return None
        words = [
            f"{word}={self.source.segment(value)}" for word, value in op.keywords.items() if word != "target"
        ]
        words += [f'{word}="{value}"' for word, value in more.items()]
        return f"{self.source.segment(op.node.func)}({', '.join(known + words)})"

    def _cross_entropy(self, op: Op) -> str | None:
        """`F.cross_entropy(x[i], t[i])`, also with a batch dimension of one."""
        target = op.get(1, "target")
        if target is None or len(op.operands) > 2 or set(op.keywords) - {"target", "label_smoothing"}:
            return None
        pair = [self._unbatched(node) for node in (op.operands[0], target)]
        if self.loop.result.form is Form.SUM:
            return self._called(op, pair, reduction="sum")
        return self._called(op, pair)

    def _unbatched(self, node: ast.expr) -> ast.expr:
        value = self.scope.value_of(node)
        match value:
            case ast.Call(func=ast.Attribute(value=inner, attr="unsqueeze"), args=[ast.Constant(value=0)]):
                return inner
            case ast.Subscript(value=inner, slice=ast.Constant(value=None)):
                return inner
            case _:
                return node

    def _reduced(self, op: Op) -> str | None:
        inner = op.tensor
        text = self.samples.batched(self.loop, inner) if inner is not None else None
        if inner is None or text is None or (op.name == "sum") != (self.loop.result.form is Form.SUM):
            return None
        self.exact = len({ast.dump(tensor) for tensor in self.loop.tensors}) == 1
        simple = isinstance(inner, ast.Name | ast.Call | ast.Subscript) or text.startswith("(")
        return f"{text if simple else f'({text})'}.{op.name}()"

    def repair(self, call: str) -> Repair:
        loop, result = self.loop, self.loop.result
        if not loop.whole:
            return disabled(_TITLE, "the loop may not visit every sample of the batch")
        gone: list[ast.AST] = [*loop.replaced, *([] if loop.assign else [result.node, *result.crossed])]
        kept = names_in(ast.parse(call, mode="eval"))
        removed = dead_statements(self.scope, self.source, self.names, gone, kept)
        if loop.assign:
            *others, node = loop.replaced[::-1]
            replace_lines(self.plan, [node], [f"{loop.assign} = {call}"])
            removed += others
        else:
            self.plan.replace(result.node, call)
            removed += [*loop.replaced, *result.crossed]
        remove(self.plan, *removed)
        if self.exact:
            return self.plan.repair(_TITLE, Applicability.SAFE)
        return self.plan.repair(f"{_TITLE} (for tensors of one shape)", Applicability.UNSAFE)


RULE = RewriteRule(
    code="CR705",
    name="per-sample-loop",
    summary="A loss is computed sample by sample",
    find=find,
    words=WORDS,
    doc=__doc__,
)
