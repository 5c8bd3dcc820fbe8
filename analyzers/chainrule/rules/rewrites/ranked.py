"""Whether what is selected is what was ranked, or has rows that were ranked by a score of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chainrule.fixes.calls import integer, is_full_slice, op_of
from chainrule.fixes.usage import same
from chainrule.fixes.vocabulary import ALONG_DIMENSION, ELEMENTWISE
from chainrule.rules.rewrites.selection import Gather, Index, Reader


class RankedReader(Reader):
    """Reads gathers, and what their indices were computed from."""

    def ranks(self, index: Index, base: ast.expr) -> bool:
        """Whether `base` is what was ranked, up to elementwise operations on it."""
        return any(same(base, part) for part in self._ranked(index.ranking.scores))

    def measures(self, gather: Gather) -> bool:
        """Whether rows of `base` are selected by one score each that is computed from those rows.

        `cross_entropy(x, t, reduction="none")`, `x.softmax(1).amax(1)`: the first dimension stays.
        """
        axis = self._axis(gather)
        if axis is None or gather.index.ranking.dim not in (None, 0, -1):
            return False
        reduced = (1, -1) if axis == 0 else (0,)
        return any(same(gather.base, part) for part in self._measured(gather.index.ranking.scores, reduced))

    def _axis(self, gather: Gather) -> int | None:
        """The dimension of which plain indexing or index_select picks: 0 or 1."""
        if gather.dim is not None:
            return None
        if gather.place is None:
            return gather.select_dim if gather.select_dim in (0, 1) else None
        match gather.node:
            case ast.Subscript(slice=index) if index is gather.place:
                return 0
            case ast.Subscript(slice=ast.Tuple(elts=[ast.Slice() as rows, index])) if (
                index is gather.place and is_full_slice(rows)
            ):
                return 1
            case _:
                return None

    def _measured(self, node: ast.expr, reduced: tuple[int, ...]) -> Iterator[ast.expr]:
        for part in self._ranked(node):
            op = op_of(part, self.names)
            if op is None or op.tensor is None:
                continue
            dim = integer(op.get(2, "dim") if op.name == "norm" else op.get(1, "dim", "axis"))
            reduction = op.keywords.get("reduction")
            none = isinstance(reduction, ast.Constant) and reduction.value == "none"
            if none and 1 in reduced and op.name in ("cross_entropy", "nll_loss"):
                yield from (op.tensor, *op.operands[1:2])
                yield from self._ranked(op.tensor)
            elif dim in reduced and op.name in (
                "sum",
                "mean",
                "amax",
                "amin",
                "norm",
                "std",
                "var",
                "logsumexp",
            ):
                yield from self._ranked(op.tensor)
                yield from self._measured(op.tensor, reduced)

    def _ranked(self, node: ast.expr, depth: int = 0) -> Iterator[ast.expr]:
        yield node
        if depth > 6:
            return
        match node:
            case ast.BinOp(left=left, right=right) if not isinstance(node.op, ast.MatMult):
                yield from self._ranked(left, depth + 1)
                yield from self._ranked(right, depth + 1)
            case ast.UnaryOp(operand=inner) | ast.Attribute(value=inner, attr="data"):
                yield from self._ranked(inner, depth + 1)
            case ast.Name():
                value = self.scope.value_of(node)
                if value is not node:
                    yield from self._ranked(value, depth + 1)
            case ast.Call():
                op = op_of(node, self.names)
                if op is not None and op.tensor is not None and op.name in ELEMENTWISE | ALONG_DIMENSION:
                    yield from self._ranked(op.tensor, depth + 1)
            case _:
                pass
