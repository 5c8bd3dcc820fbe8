"""Reading code that selects elements by the indices of topk, sort or argmax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chainrule.fixes.bindings import Binding
from chainrule.fixes.calls import Op, integer, is_full_slice, op_of
from chainrule.fixes.usage import Scope, walk_scope
from chainrule.names import Names
from chainrule.syntax import walk_tree

_RANKERS = ("topk", "sort", "argsort", "argmax", "argmin", "max", "min", "kthvalue", "median")


@dataclass(frozen=True, slots=True)
class Ranking:
    """A call that ranks `scores`. `dim` is None when not given (topk and sort: the last one)."""

    call: ast.Call
    scores: ast.expr
    dim: int | None
    single: bool
    """One index per row: argmax, or max with a dimension."""
    keepdim: bool


@dataclass(frozen=True, slots=True)
class Index:
    """An expression that holds the indices of a ranking.

    `unsqueezed` says that a dimension was added to them; `node` is the expression as written, without that.
    """

    ranking: Ranking
    node: ast.expr
    unsqueezed: bool
    sliced: bool

    @property
    def key(self) -> tuple[int, str]:
        """Equal for two uses of the same indices."""
        return id(self.ranking.call), "" if isinstance(self.node, ast.Name) else ast.dump(self.node)


@dataclass(frozen=True, slots=True)
class Gather:
    """A selection `node` of elements of `base`.

    `dim` is the dimension of gather, take_along_dim and of arange indexing. It is None for plain
    indexing, where `place` is the index expression to exchange for a mask, or for index_select.
    """

    node: ast.expr
    base: ast.expr
    index: Index
    dim: int | None
    place: ast.expr | None
    select_dim: int | None = None


class Reader:
    """Finds the gathers of one scope."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names

    def gathers(self) -> Iterator[Gather]:
        for node in walk_scope(self.scope.node):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                gather = self._subscript(node)
            elif isinstance(node, ast.Call):
                gather = self._call(node)
            else:
                gather = None
            if gather is not None:
                yield gather

    def _call(self, node: ast.Call) -> Gather | None:
        op = op_of(node, self.names)
        if op is None or op.tensor is None:
            return None
        if op.name == "gather":
            dim, index = integer(op.get(1, "dim")), op.get(2, "index")
        elif op.name == "take_along_dim":
            dim, index = integer(op.get(2, "dim")), op.get(1, "indices")
        elif op.name == "index_select":
            dim, index = integer(op.get(1, "dim")), op.get(2, "index")
        elif op.name == "take":
            dim, index = 0, op.get(1, "index")
        else:
            return None
        traced = self.index(index) if index is not None else None
        if dim is None or traced is None:
            return None
        if op.name == "take" and traced.ranking.dim is not None:
            return None  # the indices are those of rows
        if op.name in ("index_select", "take"):
            return Gather(node, op.tensor, traced, None, None, dim)
        return Gather(node, op.tensor, traced, dim, None)

    def _subscript(self, node: ast.Subscript) -> Gather | None:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        traced = [(part, self.index(part)) for part in parts]
        found = [(part, index) for part, index in traced if index is not None]
        if len(found) != 1:
            return None
        place, index = found[0]
        others = [part for part in parts if part is not place]
        if len(others) == 1 and parts[1] is place and not index.unsqueezed:
            if self._is_sample(others[0]):
                # `x[i, best]` picks from the row `x[i]`.
                row = ast.Subscript(node.value, others[0], ast.Load())
                return Gather(node, row, index, None, place)
        if len(others) == 1 and self._is_rows(others[0]) and parts[1] is place:
            return Gather(node, node.value, index, 1, None)
        if all(is_full_slice(part) or _is_ellipsis(part) for part in others) and not index.unsqueezed:
            return Gather(node, node.value, index, None, place)
        return None

    def _is_sample(self, node: ast.expr) -> bool:
        """Whether an index is one number: that of a loop, or a literal."""
        if not isinstance(node, ast.Name):
            return integer(node) is not None
        for around in self.scope.ancestors(node):
            targets: list[ast.expr] = []
            if isinstance(around, ast.For):
                targets = [around.target]
            elif isinstance(around, ast.ListComp | ast.GeneratorExp):
                targets = [generator.target for generator in around.generators]
            if any(node.id in _bound(target) for target in targets):
                return True
        return False

    def _is_rows(self, node: ast.expr) -> bool:
        """`torch.arange(n)` or `range(n)`, also as a column or behind a name."""
        node = self.scope.value_of(node)
        match node:
            case ast.Call(func=ast.Name(id="range")):
                return True
            case ast.Subscript(value=inner):
                return self._is_rows(inner)
            case _:
                op = op_of(node, self.names)
                if op is None:
                    return False
                if op.dotted is None and op.name in ("unsqueeze", "view", "reshape", "to"):
                    return self._is_rows(op.operands[0])
                return op.dotted == "torch.arange"

    def index(self, node: ast.expr) -> Index | None:
        """The ranking behind an index expression, None when there is none."""
        found = self._trace(node, ())
        if found is None:
            return None
        ranking, unsqueezed, sliced, core = found
        if ranking.call.func is not None and _name_of(ranking.call) in ("sort", "argsort") and not sliced:
            return None
        return Index(ranking, core, unsqueezed, sliced)

    def _trace(self, node: ast.expr, path: tuple[int, ...]) -> tuple[Ranking, bool, bool, ast.expr] | None:
        match node:
            case ast.Name():
                binding = self.scope.binding_of(node)
                if not isinstance(binding, Binding) or binding.value is None:
                    return None
                found = self._trace(binding.value, binding.path + path)
                if found is not None and found[1] and found[0].single:
                    # The name holds the indices with their dimension.
                    return replace(found[0], keepdim=True), False, found[2], node
                return None if found is None else (found[0], found[1], found[2], node)
            case ast.Attribute(value=inner, attr="indices") if not path:
                found = self._trace(inner, (1,))
                return None if found is None else (*found[:3], node)
            case ast.Subscript(value=inner, slice=ast.Constant(value=1)) if not path:
                found = self._trace(inner, (1,))
                return None if found is None else (*found[:3], node)
            case ast.Subscript(value=inner, slice=index) if not path:
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                found = self._trace(inner, ())
                if found is None:
                    return None
                if any(isinstance(part, ast.Constant) and part.value is None for part in parts):
                    return found[0], True, found[2], found[3]
                *leading, last = parts
                part_of = isinstance(last, ast.Slice) and not is_full_slice(last) and last.step is None
                if part_of and all(is_full_slice(part) or _is_ellipsis(part) for part in leading):
                    return found[0], found[1], True, node
                return None
            case ast.NamedExpr(target=target, value=value) if not self.scope.reads.get(target.id):
                found = self._trace(value, path)
                return None if found is None else (*found[:3], value)
            case ast.Call():
                return self._trace_call(node, path)
            case _:
                return None

    def _trace_call(
        self, node: ast.Call, path: tuple[int, ...]
    ) -> tuple[Ranking, bool, bool, ast.expr] | None:
        op = op_of(node, self.names)
        if op is None or op.tensor is None:
            return None
        if op.dotted is None and op.name in ("unsqueeze", "view", "reshape") and not path:
            last = [integer(operand) for operand in op.operands[1:]]
            found = self._trace(op.operands[0], ())
            if found is None or (op.name == "unsqueeze") == (last == [0]) or last not in ([1], [-1], [-1, 1]):
                return None
            return found[0], True, found[2], found[3]
        ranking = _ranking(op)
        wanted = () if op.name in ("argsort", "argmax", "argmin") else (1,)
        if ranking is None or path != wanted:
            return None
        return ranking, False, False, node


def _ranking(op: Op) -> Ranking | None:
    scores = op.tensor
    if op.name not in _RANKERS or scores is None:
        return None
    dim_node = op.get(2, "dim", "axis") if op.name in ("topk", "kthvalue") else op.get(1, "dim", "axis")
    dim = integer(dim_node)
    if dim_node is not None and dim is None:
        return None
    if op.name in ("max", "min", "median") and dim is None:
        return None
    keepdim = op.get(2, "keepdim")
    single = op.name not in ("topk", "sort", "argsort")
    if op.name == "topk" and integer(op.get(1, "k")) == 1 and dim is not None:
        single = False
    return Ranking(op.node, scores, dim, single, isinstance(keepdim, ast.Constant) and keepdim.value is True)


def _name_of(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _bound(target: ast.expr) -> frozenset[str]:
    """The names that a loop's target binds."""
    return frozenset(node.id for node in walk_tree(target) if isinstance(node, ast.Name))


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis
