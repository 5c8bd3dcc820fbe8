"""
## What it does
Finds elements that are picked by the indices of `topk`, `sort` or `argsort`, where a boolean mask picks the
same ones.

## Why is this bad
The selected elements get their gradient in both forms; the indices carry none in either. The mask says so
plainly: it is a constant that decides which elements count, and there are no indices that could be taken
for values. It selects in index order instead of order of rank, so there is no rewrite where the rank
matters.

## Example
```python
import torch
import torch.nn.functional as F


def hardest_loss(pred, target, k=3):
    _, indices = torch.topk(pred, k)
    return F.mse_loss(pred[indices], target[indices])


pred, target = torch.rand(8, requires_grad=True), torch.rand(8)
hardest_loss(pred, target).backward()
```

## Use instead
```python
import torch
import torch.nn.functional as F


def hardest_loss(pred, target, k=3):
    _, indices = torch.topk(pred, k)
    mask = torch.zeros_like(pred, dtype=torch.bool)
    mask[indices] = True
    return F.mse_loss(pred[mask], target[mask])


pred, target = torch.rand(8, requires_grad=True), torch.rand(8)
hardest_loss(pred, target).backward()
```

## Fix safety
Safe: a sum or a mean over the same elements in another order. It is not offered where the order of rank is
used.

## References
- [torch.topk](https://docs.pytorch.org/docs/stable/generated/torch.topk.html)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes import Plan, Repair, SourceText, disabled, source_of
from chainrule.fixes.calls import atom
from chainrule.fixes.site import ScopeNode
from chainrule.fixes.statements import block_of, insert_after, insert_before, stands_alone
from chainrule.fixes.usage import Scope, same, scope_of
from chainrule.names import Names
from chainrule.rules.rewrites.model import Rewrite, RewriteRule, mentions
from chainrule.rules.rewrites.order import Order, OrderReader
from chainrule.rules.rewrites.ranked import RankedReader
from chainrule.rules.rewrites.selection import Gather
from chainrule.rules.wording import quoted

_TITLE = "Select with a boolean mask instead of indices"
WORDS = (
    ("topk", "argsort", "argmax", "argmin", "sort(", "max(", "min("),
    ("topk", "gather", "take_along_dim", "index_select", "arange", "argsort", "argmax", "argmin", "sort("),
)


def find(
    function: ScopeNode, names: Names, text: str, owner: ast.ClassDef | None = None
) -> Iterator[Rewrite]:
    """Report each ranking whose indices select from what was ranked."""
    if not mentions(function, text, WORDS):
        return
    scope = scope_of(function, owner)
    reader = RankedReader(scope, names)
    groups: dict[tuple[int, str], list[Gather]] = {}
    for gather in reader.gathers():
        groups.setdefault(_key(scope, gather), []).append(gather)
    for gathers in groups.values():
        ranked = [gather for gather in gathers if reader.ranks(gather.index, gather.base)]
        if not ranked and isinstance(gathers[0].index.ranking.scores, ast.Name | ast.Call):
            measured = [gather for gather in gathers if reader.measures(gather)]
            ranked = measured if measured and not measured[0].index.ranking.single else []
        if not ranked or (gathers[0].index.ranking.single and not _paired(gathers)):
            continue
        rewriter = _Rewriter(scope, names, source_of(text), gathers, ranked[0])
        sources = dict.fromkeys(filter(None, (scope.root(gather.base) for gather in gathers)))
        yield Rewrite(ranked[0].node, rewriter.message(), rewriter.repair(), tuple(sources))


def _key(scope: Scope, gather: Gather) -> tuple[int, str]:
    """Equal for uses of the same indices: of one name, or of what one statement writes out alike."""
    call, written = gather.index.key
    return (id(scope.statement_of(gather.node)), written) if written else (call, written)


def _paired(gathers: list[Gather]) -> bool:
    return any(not same(gathers[0].base, other.base) for other in gathers)


class _Rewriter:
    """Builds one mask for the gathers that share an index."""

    def __init__(
        self, scope: Scope, names: Names, source: SourceText, gathers: list[Gather], ranked: Gather
    ) -> None:
        self.scope = scope
        self.source = source
        self.gathers = gathers
        self.ranked = ranked
        self.plan = Plan(source, names)
        self.names = names
        self.index = ranked.index
        # Whole rows are selected by a score of each, which says how long the mask is.
        self.by_measure = not RankedReader(scope, names).ranks(ranked.index, ranked.base)
        self.index_text = atom(self.index.node, source.segment(self.index.node))

    def message(self) -> str:
        single = self.index.ranking.single
        elements, get = ("element", "alone gets") if single else ("elements", "alone get")
        return (
            f"Of {quoted(self.ranked.base, 'the scores')} the selected {elements} {get} gradient, and "
            "none passes through the indices; a boolean mask selects the same, in index order"
        )

    def repair(self) -> Repair:
        # In a batch of rows with one index each there is no order to lose.
        if self.index.ranking.single:
            order = Order.IRRELEVANT
        else:
            rows = self.ranked.dim is not None and self.ranked.dim != 0
            reader = OrderReader(self.scope, self.names, rows)
            order = reader.of([gather.node for gather in self.gathers])
            if order is Order.IRRELEVANT and self.ranked.dim == 0:
                order = Order.UNKNOWN
        if order is Order.MATTERS:
            return disabled(
                _TITLE, "the rank order of the selected elements matters here; a mask would lose it"
            )
        if any(gather.dim is None != self.ranked.dim is None for gather in self.gathers):
            return disabled(_TITLE, "the same indices are used both for whole rows and within rows")
        self._edit()
        if order is Order.UNKNOWN:
            title = f"{_TITLE} (they come in index order, not in score order)"
            return self.plan.repair(title, Applicability.UNSAFE)
        return self.plan.repair(_TITLE, Applicability.SAFE)

    def _edit(self) -> None:
        place = self._insertion()
        first = mask = ""
        if place is None and len(self.gathers) > 1:
            # No statement fits there: the first place that needs the mask makes it.
            mask = self.scope.fresh("mask", "topk_mask")
            first = f"({mask} := {self._inline_mask()})"
        elif place is None:
            mask = self._inline_mask()
        else:
            mask = self.scope.fresh("mask", "topk_mask")
            lines = self._mask_lines(mask)
            statement, after = place
            (insert_after if after else insert_before)(self.plan, statement, *lines)
        for gather in sorted(self.gathers, key=lambda gather: self.source.span(gather.node)):
            self._select(gather, first or mask)
            first = ""

    def _insertion(self) -> tuple[ast.stmt, bool] | None:
        """The statement next to which the mask is made, and whether it goes below it."""
        if isinstance(self.index.node, ast.Name):
            binding = self.scope.binding_of(self.index.node)
            statement = binding.statement if binding is not None else None
            if isinstance(statement, ast.Assign | ast.AnnAssign) and stands_alone(self.source, statement):
                return statement, True
            return None
        statement = self.scope.statement_of(self.gathers[0].node)
        if statement is None or not stands_alone(self.source, statement):
            return None
        inner = {ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda}
        for gather in self.gathers:
            owner = self.scope.statement_of(gather.node)
            if any(type(ancestor) in inner for ancestor in self.scope.ancestors(gather.node)):
                return None
            if owner is None or block_of(self.scope.parents, owner) is not block_of(
                self.scope.parents, statement
            ):
                return None
            if not isinstance(owner, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return | ast.Expr):
                return None
        return statement, False

    def _zeros(self) -> str:
        scores = self.index.ranking.scores
        base = self.source.segment(scores if self.by_measure else self.ranked.base)
        return f"{self.plan.spell('torch.zeros_like')}({base}, dtype={self.plan.spell('torch.bool')})"

    def _scattered(self) -> str:
        """The indices with the dimension that scatter needs."""
        ranking = self.index.ranking
        if ranking.single and not ranking.keepdim:
            return f"{self.index_text}.unsqueeze({self._dim()})"
        return self.index_text

    def _dim(self) -> int:
        return self.ranked.dim if self.ranked.dim is not None else 0

    def _mask_lines(self, mask: str) -> list[str]:
        if self.ranked.dim is None:
            return [f"{mask} = {self._zeros()}", f"{mask}[{self.source.segment(self.index.node)}] = True"]
        return [f"{mask} = {self._zeros()}.scatter_({self._dim()}, {self._scattered()}, True)"]

    def _inline_mask(self) -> str:
        return f"{self._zeros()}.scatter_({self._dim()}, {self._scattered()}, True)"

    def _select(self, gather: Gather, mask: str) -> None:
        base = atom(gather.base, self.source.segment(gather.base))
        single = self.index.ranking.single
        if gather.place is not None:
            if single:
                self.plan.insert(self.source.span(gather.node)[1], ".squeeze(0)")
            self.plan.replace_span(*_bare(self.source, gather.place), mask)
        elif gather.dim is None:
            self.plan.replace(gather.node, f"{base}[{_at(gather.select_dim or 0, mask)}]")
        else:
            # Rows of a mask have equal counts, so the picked elements fold back into rows.
            shaped = "" if self._flat(gather) else f".view({self._shape(gather)})"
            self.plan.replace(gather.node, f"{base}[{mask}]{shaped}")

    def _flat(self, gather: Gather) -> bool:
        """Whether the gather gives one element per row, without a dimension for it."""
        is_call = isinstance(gather.node, ast.Call)
        return self.index.ranking.single and not is_call and not gather.index.unsqueezed

    def _shape(self, gather: Gather) -> str:
        if gather.index.unsqueezed:
            return f"{self._scattered()}.shape"
        return f"{self.index_text}.shape"


def _bare(source: SourceText, node: ast.expr) -> tuple[int, int]:
    """The span of a node, with the parentheses that `:=` needs in an index."""
    start, end = source.span(node)
    enclosed = source.text[start - 1 : start] == "(" and source.text[end : end + 1] == ")"
    return (start - 1, end + 1) if isinstance(node, ast.NamedExpr) and enclosed else (start, end)


def _at(dim: int, mask: str) -> str:
    if dim < 0:
        return ", ".join(["...", mask, *[":"] * (-1 - dim)])
    return ", ".join([*[":"] * dim, mask])


RULE = RewriteRule(
    code="CR701",
    name="topk-by-index",
    summary="Elements are picked by the indices of a ranking",
    find=find,
    words=WORDS,
    doc=__doc__,
)
