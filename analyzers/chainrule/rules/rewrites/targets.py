"""Reading one-hot targets: the many ways to spell the class index as a row of zeros with a one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from chainrule.fixes.calls import Op, integer, number, op_of
from chainrule.fixes.dead import mutations
from chainrule.fixes.usage import Scope
from chainrule.fixes.vocabulary import CASTS
from chainrule.names import Names
from chainrule.rules.rewrites.smoothing import counts_classes, is_one_minus, smoothing_of

_COLUMN_METHODS = frozenset({"unsqueeze", "view", "reshape"})
_ZEROS = frozenset({"zeros", "zeros_like", "new_zeros"})


@dataclass(frozen=True, slots=True)
class OneHot:
    """A one-hot encoding of `target`.

    `suffix` makes the expression a plain tensor of class indices (`.squeeze(1)`); `classes` is the number
    of classes where it is written. `class_dim` is -1 (last), 1, or 0 for a single row.
    """

    target: ast.expr
    class_dim: int
    classes: ast.expr | None = None
    suffix: str = ""
    smoothing: ast.expr | None = None
    assumed: str = ""
    """What is taken for the number of classes, where nothing in sight confirms it."""


class TargetReader:
    """Recognises one-hot expressions in one scope."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names

    def read(self, node: ast.expr, depth: int = 0) -> OneHot | None:
        """The one-hot encoding that an expression is; None for anything else."""
        if depth > 10:
            return None
        match node:
            case ast.Name():
                return self._name(node, depth)
            case ast.Subscript(value=value, slice=index):
                return self._eye_row(value, index)
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return self._comparison(left, right) or self._comparison(right, left)
            case ast.BinOp(left=left, right=right, op=ast.Add()):
                return self._smoothed(left, right, depth) or self._smoothed(right, left, depth)
            case ast.Call():
                op = op_of(node, self.names)
                return None if op is None else self._call(op, depth)
            case _:
                return None

    def _call(self, op: Op, depth: int) -> OneHot | None:
        tensor = op.tensor
        if tensor is None:
            return None
        if op.name == "one_hot":
            return OneHot(tensor, -1, op.get(1, "num_classes"))
        if op.name in ("scatter_", "scatter"):
            return self._scattered(op)
        if op.name == "index_select" and integer(op.get(1, "dim")) == 0:
            return self._eye_row(tensor, op.get(2, "index"))
        if op.name == "eq" and (other := op.get(1, "other")) is not None:
            return self._comparison(tensor, other) or self._comparison(other, tensor)
        if op.dotted is None and (op.name in CASTS or op.name == "bool"):
            return self.read(tensor, depth + 1)
        moved = [integer(operand) for operand in op.operands[1:]]
        if op.name == "permute" and moved in ([0, 2, 1], [0, 3, 1, 2], [0, 4, 1, 2, 3]):
            return self._channel_first(tensor, depth)
        if op.name in ("movedim", "moveaxis") and moved == [-1, 1]:
            return self._channel_first(tensor, depth)
        if op.name in ("transpose", "swapaxes") and moved in ([1, 2], [2, 1], [1, -1], [-1, 1]):
            return self._channel_first(tensor, depth)
        return None

    def _channel_first(self, tensor: ast.expr, depth: int) -> OneHot | None:
        found = self.read(tensor, depth + 1)
        return replace(found, class_dim=1) if found is not None and found.class_dim == -1 else None

    def _name(self, node: ast.Name, depth: int) -> OneHot | None:
        binding = self.scope.binding_of(node)
        if binding is None or binding.value is None or binding.path:
            return None
        filled = self._filled(node, binding.statement, binding.value)
        return filled or self.read(binding.value, depth + 1)

    def _filled(self, node: ast.Name, made: ast.AST, value: ast.expr) -> OneHot | None:
        """Zeros, or one value everywhere, that exactly one later statement fills at the classes."""
        off = self._everywhere(value)
        if off is None:
            return None
        fills = [s for s in mutations(self.scope, node.id) if _line(made) < _line(s) <= _line(node)]
        if len(fills) == 2 and (filled := self._fill(fills[0])) is not None:
            off, fills = filled, fills[1:]
        if len(fills) != 1:
            return None
        match fills[0]:
            case ast.Expr(value=ast.Call() as call):
                op = op_of(call, self.names)
                return self._scattered(op, off) if op is not None else None
            case ast.Assign(targets=[ast.Subscript(slice=index)], value=on):
                match index:
                    case ast.Tuple(elts=[rows, target]) if self.is_rows(rows):
                        hot = OneHot(target, 1, self._width(value))
                    case ast.Tuple() | ast.Slice():
                        return None
                    case _:
                        hot = OneHot(index, 0, self._width(value))
                return self._with_values(hot, off, on)
            case _:
                return None

    def _fill(self, statement: ast.stmt) -> ast.expr | None:
        """The value of `target.fill_(value)`."""
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="fill_"), args=[value])):
                return value
            case _:
                return None

    def _scattered(self, op: Op, off: ast.expr | None = None) -> OneHot | None:
        base, index, on = op.tensor, op.get(2, "index"), op.get(3, "value", "src")
        dim = integer(op.get(1, "dim"))
        if base is None or index is None or dim not in (0, 1, -1) or on is None:
            return None
        made = self.scope.value_of(base)
        filled = op_of(made, self.names)
        if off is None and filled is not None and filled.name == "fill_" and len(filled.operands) == 2:
            made, off = self.scope.value_of(filled.operands[0]), filled.operands[1]
        off = off if off is not None else self._everywhere(made)
        if off is None:
            return None
        column, squeezed = uncolumn(index)
        hot = OneHot(column, dim, self._width(made), "" if squeezed else f".squeeze({dim})")
        return self._with_values(hot, off, on)

    def _with_values(self, hot: OneHot, off: ast.expr, on: ast.expr) -> OneHot | None:
        """A target with `on` at its class and `off` elsewhere; None where no smoothing makes that."""
        if number(off) == 0:
            return hot if number(on) == 1 else None
        smoothing = smoothing_of(self.scope, off, on)
        if smoothing is None:
            return None
        known = counts_classes(self.scope, smoothing.count, hot.classes)
        assumed = "" if known else ast.unparse(smoothing.count)
        return replace(hot, smoothing=smoothing.amount, assumed=assumed)

    def _everywhere(self, node: ast.expr) -> ast.expr | None:
        """The one value that a new tensor has everywhere."""
        op = op_of(node, self.names)
        if op is None:
            return None
        if op.dotted is None and op.name in CASTS:
            return self._everywhere(op.operands[0])
        if op.name in _ZEROS:
            return ast.Constant(0)
        if op.name in ("full", "full_like"):
            return op.get(1, "fill_value")
        return op.get(2, "fill_value") if op.name == "new_full" else None

    def _width(self, zeros: ast.expr) -> ast.expr | None:
        op = op_of(zeros, self.names)
        while op is not None and op.dotted is None and op.name in CASTS:
            op = op_of(op.operands[0], self.names)
        if op is None or op.name not in ("zeros", "new_zeros", "full", "new_full"):
            return None
        sizes = list(op.operands[op.name.startswith("new_") :])
        sizes = sizes[:1] if "full" in op.name else sizes
        if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List):
            sizes = sizes[0].elts
        return sizes[-1] if sizes else None

    def _eye_row(self, value: ast.expr, index: ast.expr | None) -> OneHot | None:
        op = op_of(self.scope.value_of(value), self.names)
        while op is not None and op.dotted is None and op.name in CASTS:
            op = op_of(op.operands[0], self.names)
        if (
            op is None
            or op.dotted != "torch.eye"
            or index is None
            or isinstance(index, ast.Tuple | ast.Slice)
        ):
            return None
        return OneHot(index, -1, op.operands[0] if op.operands else None)

    def _comparison(self, column: ast.expr, classes: ast.expr) -> OneHot | None:
        """`t.unsqueeze(1) == torch.arange(C)`"""
        core = self.scope.value_of(classes)
        while isinstance(core, ast.Subscript):
            core = core.value
        op = op_of(core, self.names)
        while op is not None and op.dotted is None and op.name in CASTS | _COLUMN_METHODS:
            op = op_of(op.operands[0], self.names)
        if op is None or op.dotted != "torch.arange" or len(op.operands) != 1:
            return None
        target, squeezed = uncolumn(column)
        # A comparison takes any dtype; cross_entropy wants int64.
        return OneHot(target, -1 if squeezed else 0, op.operands[0], ".long()")

    def _smoothed(self, left: ast.expr, right: ast.expr, depth: int) -> OneHot | None:
        """`onehot * (1 - eps) + eps / C`: what `label_smoothing=eps` does."""
        match left, right:
            case (
                ast.BinOp(left=one, op=ast.Mult(), right=other),
                ast.BinOp(left=share, op=ast.Div(), right=count),
            ):
                for hot, kept in ((one, other), (other, one)):
                    found = self.read(hot, depth + 1)
                    if (
                        found is not None
                        and is_one_minus(kept, share)
                        and counts_classes(self.scope, count, found.classes)
                    ):
                        return replace(found, smoothing=share)
        return None

    def is_rows(self, node: ast.expr) -> bool:
        """`torch.arange(n)` or `range(n)`, also behind a name."""
        node = self.scope.value_of(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            return True
        op = op_of(node, self.names)
        while op is not None and op.dotted is None and op.name in CASTS:
            op = op_of(op.operands[0], self.names)
        return op is not None and op.dotted == "torch.arange"


def uncolumn(node: ast.expr) -> tuple[ast.expr, bool]:
    """`t` and True for `t.unsqueeze(1)`, `t.view(-1, 1)` and `t[:, None]`; the node itself otherwise."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=args) if method in _COLUMN_METHODS:
            sizes = [integer(argument) for argument in args]
            if (sizes in ([1], [-1]) and method == "unsqueeze") or sizes == [-1, 1]:
                return inner, True
        case ast.Subscript(value=inner, slice=ast.Tuple(elts=[*_, ast.Constant(value=None)])):
            return inner, True
        case _:
            pass
    return node, False


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)
