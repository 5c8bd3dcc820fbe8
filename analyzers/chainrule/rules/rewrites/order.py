"""Whether the rank order of selected elements matters to what is computed from them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from enum import IntEnum

from chainrule.fixes.calls import Op, integer, is_full_slice, number, op_of
from chainrule.fixes.usage import Scope, names_in
from chainrule.fixes.vocabulary import (
    ALONG_DIMENSION,
    ELEMENTWISE,
    ELEMENTWISE_LOSSES,
    ORDER_SENSITIVE,
    POSITIONS,
    REDUCTIONS,
    SHAPE_ONLY,
)
from chainrule.names import Names
from chainrule.syntax import walk_tree

_RANK_WORDS = ("rank", "discount", "dcg", "gain", "position", "decay")


class Order(IntEnum):
    """What becomes of the order, from harmless to decisive."""

    IRRELEVANT = 0
    UNKNOWN = 1
    MATTERS = 2


class OrderReader:
    """Follows selected elements to their reductions.

    `rows` says that the elements were selected row by row, so that dimension 0 is still the batch.
    """

    def __init__(self, scope: Scope, names: Names, rows: bool) -> None:
        self.scope = scope
        self.names = names
        self.rows = rows
        self._selected: dict[ast.AST, None] = {}

    def of(self, selected: Iterable[ast.expr]) -> Order:
        """The strongest use of any of the selected expressions."""
        queue: list[ast.AST] = list(selected)
        self._selected = dict.fromkeys(queue)
        # First everything that is computed from them alone, so that pairs are known as pairs.
        steps: list[ast.AST] = []
        while queue:
            node = queue.pop()
            steps.append(node)
            for reader in self._carried(node):
                if reader not in self._selected:
                    self._selected[reader] = None
                    queue.append(reader)
        return max((self._use(node) for node in steps), default=Order.IRRELEVANT)

    def _carried(self, node: ast.AST) -> list[ast.AST]:
        """The expressions that hold the same elements in the same order one step on."""
        parent = self.scope.parents.get(node)
        match parent:
            case ast.Assign() | ast.AnnAssign():
                return [read for target in _targets(parent) for read in self._reads_after(target, parent)]
            case ast.BinOp() | ast.UnaryOp() | ast.Compare():
                return [parent]
            case ast.Attribute():
                call = self.scope.parents.get(parent)
                op = op_of(call, self.names) if call is not None else None
                return [call] if call is not None and op is not None and self._keeps(op) else []
            case ast.Call():
                op = op_of(parent, self.names)
                return [parent] if op is not None and self._keeps(op) else []
            case ast.Subscript() if self._takes_rows(parent):
                return [parent]
            case _:
                return []

    def _keeps(self, op: Op) -> bool:
        if op.name in ELEMENTWISE_LOSSES:
            reduction = op.keywords.get("reduction")
            return isinstance(reduction, ast.Constant) and reduction.value == "none"
        if op.name in REDUCTIONS:
            return self.rows and integer(op.get(1, "dim", "axis")) == 0
        return op.name in ELEMENTWISE or op.name in ALONG_DIMENSION

    def _reads_after(self, target: str, statement: ast.AST) -> list[ast.AST]:
        reads: list[ast.AST] = []
        for read in self.scope.reads.get(target, ()):
            binding = self.scope.binding_of(read)
            if binding is not None and binding.statement is statement:
                reads.append(read)
        return reads

    def _takes_rows(self, node: ast.Subscript) -> bool:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        harmless = [
            is_full_slice(p) or (isinstance(p, ast.Constant) and (p.value is None or p.value is Ellipsis))
            for p in parts
        ]
        return all(harmless[1:]) and (self.rows or harmless[0])

    def _use(self, node: ast.AST) -> Order:
        parent = self.scope.parents.get(node)
        match parent:
            case ast.Subscript(value=value) if value is node:
                return Order.IRRELEVANT if self._takes_rows(parent) else Order.MATTERS
            case ast.BinOp(left=left, right=right, op=operator):
                other = right if left is node else left
                if isinstance(operator, ast.MatMult):
                    return Order.IRRELEVANT if other in self._selected else Order.MATTERS
                return self._beside(other)
            case ast.Compare(left=left, comparators=comparators):
                return max(
                    (self._beside(o) for o in (left, *comparators) if o is not node), default=Order.UNKNOWN
                )
            case ast.Attribute(attr=name):
                if name in SHAPE_ONLY:
                    return Order.IRRELEVANT
                return self._call(self.scope.parents.get(parent), node)
            case ast.Call():
                return self._call(parent, node)
            case ast.UnaryOp() | ast.Assign() | ast.Expr() | ast.FormattedValue() | ast.Assert():
                targets = parent.targets if isinstance(parent, ast.Assign) else []
                plain = all(isinstance(target, ast.Name) for target in targets)
                return Order.IRRELEVANT if plain else Order.UNKNOWN
            case ast.For(iter=iterated) | ast.comprehension(iter=iterated) if iterated is node:
                return Order.IRRELEVANT if self.rows else Order.MATTERS
            case _:
                return Order.UNKNOWN

    def _call(self, call: ast.AST | None, node: ast.AST) -> Order:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            if call.func.id in ("len", "print", "isinstance"):
                return Order.IRRELEVANT
            if call.func.id in ORDER_SENSITIVE:
                return Order.IRRELEVANT if self.rows else Order.MATTERS
        op = op_of(call, self.names) if call is not None else None
        if op is None:
            return Order.UNKNOWN
        if op.name in ORDER_SENSITIVE:
            return Order.MATTERS
        if op.name in REDUCTIONS:
            return Order.IRRELEVANT
        by_rows = op.name in ("cross_entropy", "nll_loss") and not self.rows
        if op.name in ELEMENTWISE | ALONG_DIMENSION | ELEMENTWISE_LOSSES or by_rows:
            beside = [operand for operand in op.operands if operand is not node]
            beside += [value for word, value in op.keywords.items() if word in ("input", "target", "other")]
            return max((self._beside(o) for o in beside if o is not node), default=Order.IRRELEVANT)
        return Order.UNKNOWN

    def _beside(self, other: ast.expr) -> Order:
        """What it means to combine the selected elements with `other`."""
        if other in self._selected or number(other) is not None or isinstance(other, ast.Constant):
            return Order.IRRELEVANT
        if self._made_of_positions(other):
            return Order.MATTERS
        if isinstance(other, ast.Name) and self._is_number(other):
            return Order.IRRELEVANT
        dotted = self.names.resolve(other)
        if dotted is not None and dotted.startswith("torch."):  # a dtype or a device
            return Order.IRRELEVANT
        if self._is_ranked(other):
            return Order.MATTERS
        op = op_of(other, self.names)
        if op is not None and op.name in REDUCTIONS and op.tensor in self._selected:
            return Order.IRRELEVANT
        return Order.UNKNOWN

    def _is_ranked(self, node: ast.expr) -> bool:
        """Whether a value is in an order of rank itself: the values of a sort, or what its indices select."""
        value = self.scope.value_of(node)
        if isinstance(value, ast.Name):
            binding = self.scope.binding_of(value)
            value = binding.value if binding is not None and binding.value is not None else value
        for part in (value, *(_indices(value))):
            inner = self.scope.value_of(part)
            if isinstance(inner, ast.Name):
                binding = self.scope.binding_of(inner)
                inner = binding.value if binding is not None and binding.value is not None else inner
            while isinstance(inner, ast.Attribute | ast.Subscript):
                inner = inner.value
            op = op_of(inner, self.names)
            if op is not None and op.name in ("topk", "sort", "argsort"):
                return True
        return False

    def _is_number(self, name: ast.Name) -> bool:
        """A local number, or a parameter with a number as its default."""
        node = self.scope.node
        if number(self.scope.value_of(name)) is not None:
            return True
        if isinstance(node, ast.Module) or self.scope.only_binding(name.id) is None:
            return False
        positional = [*node.args.posonlyargs, *node.args.args]
        defaults = dict(zip([a.arg for a in positional][::-1], node.args.defaults[::-1], strict=False))
        defaults |= {
            a.arg: d
            for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            if d is not None
        }
        return number(defaults.get(name.id)) is not None

    def _made_of_positions(self, node: ast.expr, depth: int = 0) -> bool:
        if any(word in name.lower() for name in names_in(node) for word in _RANK_WORDS):
            return True
        for child in walk_tree(node):
            if isinstance(child, ast.List | ast.Tuple) and len({number(e) for e in child.elts} - {None}) > 1:
                return True  # weights written out, one for each rank
            if isinstance(child, ast.Attribute | ast.Name):
                label = child.attr if isinstance(child, ast.Attribute) else child.id
                if label in POSITIONS:
                    return True
            if isinstance(child, ast.Name) and depth < 4:
                value = self.scope.value_of(child)
                if value is not child and self._made_of_positions(value, depth + 1):
                    return True
        return False


def _indices(value: ast.expr) -> tuple[ast.expr, ...]:
    """The indices of a selection `x[i]` or `x.gather(1, i)`."""
    match value:
        case ast.Subscript(slice=index):
            return (index,)
        case ast.Call(args=arguments):
            return tuple(arguments[-1:])
        case _:
            return ()


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]
