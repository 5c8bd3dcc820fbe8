"""Repairs of computed positions that were made whole numbers to index with: interpolation."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chainrule.findings import Applicability
from chainrule.fixes.calls import integer, is_full_slice, op_of
from chainrule.fixes.layout import in_one_line
from chainrule.fixes.repairs.common import INTEGER_CASTS, near, text_of
from chainrule.fixes.repairs.wholes import taker_of_wholes
from chainrule.fixes.site import FixSite, Plan, Repair
from chainrule.fixes.statements import insert_before, stands_alone
from chainrule.fixes.usage import same

_TITLE = "Interpolate between the elements that are next to the position"
_ROUNDING = frozenset({"round", "floor", "trunc", "ceil"})
_LETTERS = "abcd"
_DEFERRED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)


@dataclass(frozen=True, slots=True)
class _Cast:
    """A cast to whole numbers: `node` is the whole of it, `value` the position, `names` what holds it."""

    node: ast.expr
    value: ast.expr
    names: tuple[str, ...]


def interpolate_rows(site: FixSite) -> Iterator[Repair]:
    """`table[x.long()]` → the mean of the rows around `x`, by their distance

    `gather`, `image[y, x]` and windows `x[a : a + w]` are read between the elements alike.
    """
    cast = next(filter(None, (_cast_at(site, node) for node in near(site))), None)
    if cast is None:
        return
    plan = site.plan()
    writer = _Writer(site, plan, cast)
    reads: list[ast.expr] = [cast.node]
    if cast.names:
        line = getattr(cast.node, "lineno", 0)
        reads = [r for name in cast.names for r in site.scope.reads.get(name, ()) if r.lineno > line]
    done: set[ast.AST] = set()
    for read in reads:
        node, text = writer.indexed(read)
        if text and node is not None:
            if node not in done:
                plan.replace(node, text)
            done.add(node)
        elif not cast.names or taker_of_wholes(site, read):
            return
    if not done:
        return
    if cast.names:
        plan.replace(cast.node, site.segment(cast.value))
    yield plan.repair(_TITLE, Applicability.UNSAFE)


def _cast_at(site: FixSite, node: ast.AST) -> _Cast | None:
    if not isinstance(node, ast.Call):
        return None
    value: ast.expr | None = None
    match node:
        case ast.Call(func=ast.Name(id="int" | "round"), args=[inner], keywords=[]):
            value = _without(inner, frozenset({"item"}))
        case _:
            op = op_of(node, site.names)
            if op is None or op.tensor is None or op.dotted is not None:
                return None
            whole = op.name in INTEGER_CASTS or (
                op.name in ("to", "type") and "int" in _type(site, op.get(1, "dtype"))
            )
            value = op.tensor if whole else None
    if value is None:
        return None
    value = _without(value, _ROUNDING)
    match site.parent(node):
        case ast.Assign(targets=[ast.Name(id=name)]):
            return _Cast(node, value, (name,))
        case ast.Attribute(attr="unbind") as method:
            statement = site.statement(node)
            match statement:
                case ast.Assign(targets=[ast.Tuple(elts=elements)], value=ast.Call(func=function)) if (
                    function is method and all(isinstance(each, ast.Name) for each in elements)
                ):
                    return _Cast(
                        node, value, tuple(each.id for each in elements if isinstance(each, ast.Name))
                    )
                case _:
                    return None
        case _:
            return _Cast(node, value, ())


def _type(site: FixSite, node: ast.expr | None) -> str:
    dotted = site.names.resolve(node) if node is not None else None
    return (dotted or "").lower().replace("long", "int")


def _without(node: ast.expr, methods: frozenset[str]) -> ast.expr:
    """An expression without calls of these methods behind it."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in methods:
                node = inner
            case _:
                return node


class _Writer:
    """Writes what indexes by a position, as a mean over the elements."""

    def __init__(self, site: FixSite, plan: Plan, cast: _Cast) -> None:
        self.site = site
        self.plan = plan
        self.cast = cast

    def indexed(self, read: ast.expr) -> tuple[ast.AST | None, str]:
        """The expression that indexes by a position, and its new text; "" where there is none."""
        child: ast.AST = read
        parent = self.site.parent(read)
        while parent is not None and not isinstance(parent, ast.stmt):
            if isinstance(parent, ast.Subscript) and _unsqueezed(parent) is None:
                return (parent, self._subscript(parent)) if child is parent.slice else (None, "")
            op = op_of(parent, self.site.names)
            if op is not None and op.name in ("gather", "take_along_dim", "index_select"):
                return self._gathered(parent)
            child, parent = parent, self.site.parent(parent)
        return None, ""

    def _position(self, node: ast.expr) -> str:
        """The text of a position, "" for another expression."""
        if node is self.cast.node:
            return text_of(self.site, self.cast.value)
        return node.id if isinstance(node, ast.Name) and node.id in self.cast.names else ""

    def _weights(self, read: ast.AST, position: str, size: str, holder: str = "") -> str:
        """How near each of `size` elements is to the position, in a new last dimension.

        They get a name where the statement around `read` allows that; `holder` is a name on the same device.
        """
        device = holder or position
        said = self.site.segment(self.cast.value)
        bounded = "sigmoid" in said or "clamp" in said
        inside = position if bounded else f"{position}.clamp(0, {size} - 1)"
        arange = self.plan.spell("torch.arange")
        gap = f"{inside}.unsqueeze(-1) - {arange}({size}, device={device}.device)"
        text = f"(1 - ({gap}).abs()).clamp(min=0)"
        if not self._may_stand_above(read):
            return text
        statement = self.site.statement(read)
        assert statement is not None
        name = f"near_{position}" if position.isidentifier() else "nearness"
        name = self.site.scope.fresh(name, f"{name}_weights")
        insert_before(self.plan, statement, f"{name} = {in_one_line(text)}")
        return name

    def _may_stand_above(self, read: ast.AST) -> bool:
        """Whether what a read needs may be computed in a statement of its own, above."""
        statement = self.site.statement(read)
        current = self.site.parent(read)
        while current is not None and current is not statement:
            if isinstance(current, _DEFERRED):
                return False
            current = self.site.parent(current)
        simple = isinstance(statement, ast.Assign | ast.AugAssign | ast.Return | ast.Expr)
        return statement is not None and simple and stands_alone(self.site.source, statement)

    def _subscript(self, node: ast.Subscript) -> str:
        if not isinstance(node.value, ast.Name | ast.Attribute):
            return ""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        table = self.site.segment(node.value)
        windows = [(place, part) for place, part in enumerate(parts) if _is_window(part)]
        if windows and all(is_full_slice(p) or _is_window(p) for p in parts):
            return self._window(table, windows)
        positions = {place: self._position(part) for place, part in enumerate(parts)}
        picked = {place: text for place, text in positions.items() if text}
        if not picked or any(not positions[i] and not is_full_slice(part) for i, part in enumerate(parts)):
            return ""
        weights = {i: self._weights(node, text, f"{table}.size({i})") for i, text in picked.items()}
        if list(picked) == [0] and len(parts) == 1:
            return f"{self.plan.spell('torch.tensordot')}({weights[0]}, {table}, dims=1)"
        return self._einsum(table, len(parts), weights)

    def _einsum(self, table: str, dims: int, weights: Mapping[int, str]) -> str:
        letters = _LETTERS[:dims]
        if len(letters) < dims or sorted(weights) != list(range(min(weights), max(weights) + 1)):
            return ""
        first = min(weights)
        kept = "".join(letter for i, letter in enumerate(letters) if i not in weights)
        given = ",".join(f"...{letters[i]}" for i in weights)
        text = f'"{letters},{given}->{kept[:first]}...{kept[first:]}"'
        return f"{self.plan.spell('torch.einsum')}({text}, {table}, {', '.join(weights.values())})"

    def _window(self, table: str, windows: list[tuple[int, ast.expr]]) -> str:
        """`x[:, a : a + w]` → `w` elements, each read between two of `x`."""
        text = table
        for place, part in windows:
            assert isinstance(part, ast.Slice)
            match part:
                case ast.Slice(
                    lower=ast.Name() as start, upper=ast.BinOp(left=again, op=ast.Add(), right=width)
                ) if same(start, again) and self._position(start):
                    first, length = start.id, self.site.segment(width)
                case ast.Slice(
                    lower=ast.BinOp(left=ast.Name() as start, op=ast.Sub(), right=before),
                    upper=ast.BinOp(left=again, op=ast.Add(), right=after),
                ) if same(start, again) and self._position(start):
                    half = self.site.segment(before)
                    first = f"({start.id} - {half})"
                    length = f"{half} + {self.site.segment(after)}"
                case _:
                    return ""
            arange = self.plan.spell("torch.arange")
            place_of = f"({first} + {arange}({length}, device={start.id}.device))"
            weights = self._weights(part, place_of, f"{table}.size({place})", start.id)
            product = f"{self.plan.spell('torch.tensordot')}({text}, {weights}, dims=([{place}], [1]))"
            text = f"{product}.movedim(-1, {place})"
        return text

    def _gathered(self, node: ast.AST) -> tuple[ast.AST | None, str]:
        """`x.gather(1, at.unsqueeze(1))` → the weighted sum along that dimension, which stays with size 1."""
        op = op_of(node, self.site.names)
        if op is None or op.tensor is None or op.name != "gather":
            return None, ""
        dim, index = integer(op.get(1, "dim")), op.get(2, "index")
        spread = _unsqueezed(index) if index is not None else None
        if dim is None or spread is None or not isinstance(op.tensor, ast.Name | ast.Attribute):
            return None, ""
        inner, added = spread
        position = self._position(inner)
        if not position or added not in (dim, -1):
            return None, ""
        table = self.site.segment(op.tensor)
        weights = self._weights(op.node, position, f"{table}.size({dim})")
        moved = "" if dim == -1 else f".movedim(-1, {dim})"
        return op.node, f"({weights}{moved} * {table}).sum({dim}, keepdim=True)"


def _is_window(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and not is_full_slice(node)


def _unsqueezed(node: ast.expr) -> tuple[ast.expr, int] | None:
    """The expression to which a dimension was added, and which: `at.unsqueeze(1)`, `at[:, None]`."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="unsqueeze"), args=[place]):
            dim = integer(place)
            return None if dim is None else (inner, dim)
        case ast.Subscript(value=inner, slice=ast.Tuple(elts=[ast.Slice(), ast.Constant(value=None)])):
            return inner, 1
        case ast.Subscript(
            value=inner, slice=ast.Tuple(elts=[ast.Constant(value=el), ast.Constant(value=None)])
        ):
            return (inner, -1) if el is Ellipsis else None
        case _:
            return None
