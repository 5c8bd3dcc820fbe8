"""Following a per-element or per-sample value to its reduction."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from enum import Enum

from chainrule.fixes.calls import Op, integer, is_full_slice, op_of
from chainrule.fixes.usage import Scope, same
from chainrule.names import Names


class Form(Enum):
    """What a value holds for N samples of C classes."""

    ELEMENTS = "(N, C)"
    COLUMN = "(N, 1)"
    SAMPLES = "(N,)"
    MEAN = "mean over samples"
    SUM = "sum over samples"
    ELEMENT_MEAN = "mean over samples and classes"


@dataclass(frozen=True, slots=True)
class Reduced:
    """A value after its reductions: the outermost expression, its form and sign.

    `crossed` are the assignments between the start and `node`; `dims` the dimensions that were reduced.
    """

    node: ast.expr
    form: Form
    negated: bool = False
    dims: tuple[int, ...] = ()
    crossed: tuple[ast.stmt, ...] = ()


class ReductionReader:
    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names

    def follow(self, start: Reduced, sizes_of: tuple[ast.expr, ...] = ()) -> Reduced:
        """Climb from a value through signs, reductions and single-use names.

        `sizes_of` are the tensors whose first dimension counts the samples.
        """
        state = start
        while True:
            step = self._step(state, sizes_of)
            if step is None:
                step = self._cross(state, sizes_of)
                return state if step is None else step
            state = step

    def _cross(self, state: Reduced, sizes_of: tuple[ast.expr, ...]) -> Reduced | None:
        """Go on at the one place that reads the name which this value is assigned to."""
        read = self.only_read(state.node)
        statement = self.scope.parents.get(state.node)
        if read is None or not isinstance(statement, ast.stmt):
            return None
        there = replace(state, node=read, crossed=(*state.crossed, statement))
        further = self.follow(there, sizes_of)
        return None if further.node is read else further

    def only_read(self, node: ast.AST) -> ast.Name | None:
        """The one place, in the same block, that reads the name which a value is assigned to."""
        parent = self.scope.parents.get(node)
        if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
            return None
        target = parent.targets[0]
        if not isinstance(target, ast.Name) or self.scope.only_binding(target.id) is None:
            return None
        reads = self.scope.reads.get(target.id, [])
        statement = self.scope.statement_of(reads[0]) if len(reads) == 1 else None
        if statement is None or self.scope.parents.get(statement) is not self.scope.parents.get(parent):
            return None
        return reads[0]

    def _step(self, state: Reduced, sizes_of: tuple[ast.expr, ...]) -> Reduced | None:
        node = state.node
        parent = self.scope.parents.get(node)
        match parent:
            case ast.UnaryOp(op=ast.USub()):
                return replace(state, node=parent, negated=not state.negated)
            case ast.BinOp(left=left, op=ast.Div(), right=count) if left is node and state.form is Form.SUM:
                if any(self.counts(count, tensor) for tensor in sizes_of):
                    return replace(state, node=parent, form=Form.MEAN)
                return None
            case ast.BinOp(left=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)), op=ast.Mult()):
                return replace(state, node=parent, negated=not state.negated)
            case ast.Subscript(value=value, slice=ast.Tuple(elts=[rows, column])) if value is node:
                if state.form is Form.COLUMN and is_full_slice(rows) and integer(column) == 0:
                    return replace(state, node=parent, form=Form.SAMPLES)
                return None
            case ast.Attribute():
                call = self.scope.parents.get(parent)
                return self._call(state, call)
            case ast.Call(args=[first, *_]) if first is node:
                return self._call(state, parent)
            case _:
                return None

    def _call(self, state: Reduced, call: ast.AST | None) -> Reduced | None:
        op = op_of(call, self.names) if call is not None else None
        if op is None or op.tensor is not state.node:
            return None
        outer = replace(state, node=op.node)
        if op.name in ("neg", "negative"):
            return replace(outer, negated=not state.negated)
        if op.name in ("squeeze", "view", "reshape", "flatten", "ravel") and state.form is Form.COLUMN:
            return replace(outer, form=Form.SAMPLES)
        if op.name not in ("mean", "sum"):
            return None
        if not op.only(2, "dim", "axis", "keepdim") or "keepdim" in op.keywords:
            return None
        dim_node = op.get(1, "dim", "axis")
        return self._reduce(outer, op, dim_node)

    def _reduce(self, outer: Reduced, op: Op, dim_node: ast.expr | None) -> Reduced | None:
        dim = integer(dim_node)
        total = Form.MEAN if op.name == "mean" else Form.SUM
        if outer.form is Form.ELEMENTS:
            if dim_node is None:
                return replace(outer, form=Form.SUM if op.name == "sum" else Form.ELEMENT_MEAN)
            if dim in (1, -1, 0) and op.name == "sum":
                form = Form.SUM if dim == 0 else Form.SAMPLES
                return replace(outer, form=form, dims=(*outer.dims, dim))
            return None
        if outer.form in (Form.SAMPLES, Form.COLUMN) and (dim_node is None or dim == 0):
            return replace(outer, form=total)
        return None

    def counts(self, node: ast.expr, tensor: ast.expr) -> bool:
        """Whether an expression is the size of a tensor's first dimension."""
        match self.scope.value_of(node):
            case ast.Call(func=ast.Attribute(value=owner, attr="size"), args=[dim]) if integer(dim) == 0:
                return self._is_same(owner, tensor)
            case ast.Subscript(value=ast.Attribute(value=owner, attr="shape"), slice=dim) if (
                integer(dim) == 0
            ):
                return self._is_same(owner, tensor)
            case ast.Call(func=ast.Name(id="len"), args=[owner]):
                return self._is_same(owner, tensor)
            case ast.Name() as name:
                binding = self.scope.binding_of(name)
                if binding is None or binding.path != (0,):
                    return False
                match binding.value:
                    case (
                        ast.Attribute(value=owner, attr="shape")
                        | ast.Call(func=ast.Attribute(value=owner, attr="size"), args=[])
                    ):
                        return self._is_same(owner, tensor)
            case _:
                pass
        return False

    def _is_same(self, one: ast.expr, other: ast.expr) -> bool:
        return same(one, other) or same(self.scope.value_of(one), self.scope.value_of(other))
