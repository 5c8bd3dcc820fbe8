"""Reading the index of a largest or smallest element, and what reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chainrule.fixes.calls import Op, integer, is_full_slice, number, op_of
from chainrule.fixes.repairs.common import casts_around, near
from chainrule.fixes.site import FixSite
from chainrule.syntax import walk_tree

_SORTS = frozenset({"sort", "argsort"})
_EXTREMES = frozenset({"max", "min"})


@dataclass(frozen=True, slots=True)
class Pick:
    """The index of the largest or smallest of `scores`.

    `node` is the expression of the index as the program writes it, None where unpacking alone gives it to
    `name`. `dim` is its dimension, "" where the scores are flattened; `kept` says that it stays, with size 1.
    """

    scores: ast.expr
    dim: str
    smallest: bool
    node: ast.expr | None
    name: str
    statement: ast.stmt | None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One place that reads an index: the expression to write anew, and its kind.

    `other` is the table, the labels, or the expression in which `index` is to become all positions. `kept`:
    the index has the dimension in which it was found here, with size 1.
    """

    node: ast.AST
    kind: str
    other: ast.expr | None = None
    index: ast.AST | None = None
    kept: bool = False


def pick_of(site: FixSite) -> Pick | None:
    """The index of a largest or smallest element at the break."""
    for node in near(site):
        op = op_of(node, site.names)
        if op is None or op.tensor is None:
            continue
        pick = _picked(site, op)
        if pick is not None:
            return pick
    return None


def _picked(site: FixSite, op: Op) -> Pick | None:
    assert op.tensor is not None
    if op.name in ("argmax", "argmin"):
        node: ast.expr = op.node
        kept = isinstance(keep := op.get(2, "keepdim"), ast.Constant) and keep.value is True
        dim_node = op.get(1, "dim", "axis")
        return _named(site, op, node, dim_node, op.name == "argmin", kept)
    if op.name in _EXTREMES and (dim_node := op.get(1, "dim", "axis")) is not None:
        kept = isinstance(keep := op.get(2, "keepdim"), ast.Constant) and keep.value is True
        indices = _indices(site, op.node)
        return _named(site, op, indices, dim_node, op.name == "min", kept) if _is_dim(dim_node) else None
    if op.name == "topk" and integer(op.get(1, "k")) == 1:
        largest = op.get(3, "largest")
        smallest = isinstance(largest, ast.Constant) and largest.value is False
        indices = _indices(site, op.node)
        first = _first(site, indices) if isinstance(indices, ast.expr) else None
        return _named(site, op, first or indices, op.get(2, "dim"), smallest, first is None, "-1")
    if op.name in _SORTS:
        indices = op.node if op.name == "argsort" else _indices(site, op.node)
        first = _first(site, indices) if isinstance(indices, ast.expr) else None
        down = op.keywords.get("descending")
        smallest = not (isinstance(down, ast.Constant) and down.value is True)
        return None if first is None else _named(site, op, first, op.get(1, "dim"), smallest, False, "-1")
    return None


def _is_dim(node: ast.expr) -> bool:
    return integer(node) is not None or (isinstance(node, ast.Name) and "dim" in node.id)


def _indices(site: FixSite, call: ast.Call) -> ast.expr | str | None:
    """The expression of the indices of a (values, indices) pair, or the name that unpacking gives them."""
    parent = site.parent(call)
    match parent:
        case ast.Subscript(value=value, slice=ast.Constant(value=1)) if value is call:
            return parent
        case ast.Attribute(attr="indices"):
            return parent
        case ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name(id=name)])]):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            read = [_indices_of(site, r) for r in site.scope.reads.get(name, ())]
            found = [r for r in read if r is not None]
            return found[0] if len(found) == 1 else None
        case _:
            return None


def _indices_of(site: FixSite, read: ast.Name) -> ast.expr | None:
    match site.parent(read):
        case ast.Subscript(value=value, slice=ast.Constant(value=1)) as parent if value is read:
            return parent
        case ast.Attribute(attr="indices") as parent:
            return parent
        case _:
            return None


def _first(site: FixSite, node: ast.expr) -> ast.expr | None:
    """What takes the first along the last dimension: `i[:, 0]`, `i[..., 0]`, `i.squeeze(-1)`."""
    parent = site.parent(node)
    match parent:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[*leading, last])) if value is node:
            plain = all(is_full_slice(p) or isinstance(p, ast.Constant) for p in leading)
            return parent if plain and integer(last) == 0 else None
        case ast.Subscript(value=value, slice=last) if value is node:
            return parent if integer(last) == 0 else None
        case ast.Attribute(attr="squeeze"):
            call = site.parent(parent)
            return call if isinstance(call, ast.Call) else None
        case _:
            return None


def _named(
    site: FixSite,
    op: Op,
    indices: ast.expr | str | None,
    dim: ast.expr | None,
    smallest: bool,
    kept: bool,
    default: str = "",
) -> Pick | None:
    if indices is None or op.tensor is None or not (dim is None or _is_dim(dim)):
        return None
    spelled = default if dim is None else site.segment(dim)
    if isinstance(indices, str):
        return Pick(op.tensor, spelled, smallest, None, indices, site.statement(op.node), kept)
    outer = casts_around(site, indices)
    match site.parent(outer):
        case ast.Assign(targets=[ast.Name(id=name)]) as statement:
            return Pick(op.tensor, spelled, smallest, indices, name, statement, kept)
        case _:
            return Pick(op.tensor, spelled, smallest, indices, "", site.statement(indices), kept)


def uses_of(site: FixSite, pick: Pick) -> Iterator[Use]:
    """Every place that reads the index; none where one of them can't be smooth."""
    if not pick.name:
        use = _use_of(site, pick, pick.node) if pick.node is not None else None
        if use is not None:
            yield use
        return
    reads = [
        read
        for read in site.scope.reads.get(pick.name, ())
        if (binding := site.scope.binding_of(read)) is None or binding.statement is pick.statement
    ]
    for read in reads:
        use = _use_of(site, pick, read)
        if use is not None:
            yield use


def _use_of(site: FixSite, pick: Pick, read: ast.expr) -> Use | None:
    """How an index is read, where its own dimension may be taken away first: `index.squeeze(-1)`."""
    if not pick.kept:
        return use_of(site, read)
    outer = casts_around(site, read)
    first = _first(site, outer) if isinstance(outer, ast.expr) else None
    use = use_of(site, first or read)
    return use if use is None or first is not None else replace(use, kept=True)


def use_of(site: FixSite, node: ast.expr) -> Use | None:
    """How an expression that holds the index is read."""
    outer = casts_around(site, node)
    while (above := _flattened(site, outer)) is not None:
        outer = casts_around(site, above)
    if (use := _gather_around(site, outer)) is not None:
        return use
    parent = site.parent(outer)
    if (scattered := _scattered(site, outer)) is not None:
        return scattered
    op = op_of(parent, site.names) if isinstance(parent, ast.Call) else None
    match parent:
        case ast.Subscript(value=table, slice=index) if index is outer:
            return Use(parent, "row", table)
        case ast.Tuple(elts=[*others, last]) if (
            isinstance(cell := site.parent(parent), ast.Subscript) and last is outer and others
        ):
            return Use(cell, "cell", cell.value, parent)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as asked], comparators=[right]):
            labels = right if left is outer else left
            if _selects(site, parent):
                return None
            return Use(
                casts_around(site, parent), "equal" if isinstance(asked, ast.Eq) else "unequal", labels
            )
        case ast.BinOp(op=ast.FloorDiv() | ast.Mod(), left=left) if left is outer:
            return Use(casts_around(site, parent), "computed", parent, outer)
        case ast.Call() if op is None or op.dotted is None:
            return _called(site, parent, outer)
        case _:
            pass
    if op is None or not isinstance(parent, ast.Call):
        method = site.parent(parent) if isinstance(parent, ast.Attribute) else None
        op = op_of(method, site.names) if isinstance(method, ast.Call) else None
        if op is None or op.operands[0] is not outer:
            return Use(outer, "value")
        parent = op.node
    return _operation(site, op, parent, outer)


def _scattered(site: FixSite, index: ast.AST) -> Use | None:
    """`zeros.scatter_(d, index, 1)` in one expression, also of `index.unsqueeze(d)`: a one-hot by hand"""
    place = index
    attribute = site.parent(index)
    if isinstance(attribute, ast.Attribute) and attribute.attr == "unsqueeze":
        place = site.parent(attribute) or index
    call = site.parent(place)
    op = op_of(call, site.names) if call is not None else None
    if op is None or op.name not in ("scatter", "scatter_") or op.get(2, "index") is not place:
        return None
    base = op_of(site.scope.value_of(op.operands[0]), site.names)
    ones, dim = op.get(3, "value", "src"), op.get(1, "dim")
    whole = isinstance(op.operands[0], ast.Call) and base is not None
    if not whole or base is None or base.name not in ("zeros", "zeros_like", "new_zeros") or dim is None:
        return None
    return Use(casts_around(site, op.node), "scattered", None, dim) if number(ones) == 1 else None


def _selects(site: FixSite, node: ast.AST) -> bool:
    """Whether a boolean picks elements or branches, and so is no value."""
    parent = site.parent(casts_around(site, node))
    return isinstance(parent, ast.Subscript | ast.If | ast.IfExp | ast.While)


def _operation(site: FixSite, op: Op, call: ast.AST, outer: ast.AST) -> Use | None:
    first = op.tensor is outer
    if op.name in ("one_hot", "bincount") and first:
        return Use(casts_around(site, call), op.name)
    if op.name in ("eq", "ne") and (other := op.get(1, "other")) is not None:
        labels = other if first else op.operands[0]
        return Use(casts_around(site, call), "equal" if op.name == "eq" else "unequal", labels)
    if op.name == "embedding" and first and (table := op.get(1, "weight")) is not None:
        return Use(call, "row", table)
    if op.name == "index_select" and integer(op.get(1, "dim")) == 0 and op.get(2, "index") is outer:
        return Use(call, "row", op.operands[0])
    rounded = op.name == "div" and "rounding_mode" in op.keywords
    if (rounded or op.name in ("floor_divide", "remainder", "fmod")) and first:
        return Use(casts_around(site, call), "computed", op.node, outer)
    if op.name in ("gather", "take_along_dim"):
        use = _gathered(site, op, outer)
        return None if use is None else Use(use.node, "gathered whole", use.other, use.index)
    if op.name in ("scatter", "scatter_", "index_select", "index_add"):
        return None
    return Use(outer, "value")


def _gather_around(site: FixSite, index: ast.AST) -> Use | None:
    """The gather that reads an index through `.unsqueeze(d)`, `[:, None]`, or as it is."""
    parent = site.parent(index)
    match parent:
        case ast.Attribute(attr="unsqueeze"):
            shaped: ast.AST | None = site.parent(parent)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=parts)) if value is index:
            fresh = [part for part in parts if isinstance(part, ast.Constant) and part.value is None]
            shaped = parent if len(fresh) == 1 else None
        case _:
            return None
    call = site.parent(shaped) if shaped is not None else None
    op = op_of(call, site.names) if call is not None else None
    return _gathered(site, op, index) if op is not None and op.name in ("gather", "take_along_dim") else None


def _gathered(site: FixSite, op: Op, index: ast.AST) -> Use | None:
    """`values.gather(d, index)` of one index per row, with the `squeeze(d)` that follows it."""
    named = op.name == "take_along_dim"
    dim, given = op.get(2 if named else 1, "dim"), op.get(1 if named else 2, "index", "indices")
    if given is None or dim is None or integer(dim) is None or op.tensor is None:
        return None
    if not any(node is index for node in walk_tree(given)) or any(
        node is index for node in walk_tree(op.tensor)
    ):
        return None
    attribute = site.parent(op.node)
    squeezed = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    last = op_of(squeezed, site.names) if squeezed is not None else None
    if last is not None and last.name == "squeeze" and integer(last.get(1, "dim")) == integer(dim):
        return Use(last.node, "gathered", op.tensor, dim)
    return Use(op.node, "gathered", op.tensor, dim)


def _flattened(site: FixSite, node: ast.AST) -> ast.AST | None:
    """`index.flatten()` and `index.view(-1)`, which the counts read alike."""
    attribute = site.parent(node)
    call = site.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    op = op_of(call, site.names) if call is not None else None
    flat = op is not None and op.dotted is None and op.name in ("flatten", "view", "reshape", "ravel")
    if not flat or op is None:
        return None
    following = site.parent(op.node)
    counted = op_of(following, site.names) if following is not None else None
    return op.node if counted is not None and counted.name == "bincount" else None


def _called(site: FixSite, call: ast.Call, outer: ast.AST) -> Use | None:
    """`self.embed(index)`: an embedding layer by its name; other callees get the expected index."""
    if outer in call.args:
        name = ast.unparse(call.func).lower().rpartition(".")[2]
        made = site.scope.attributes.get(call.func.attr) if isinstance(call.func, ast.Attribute) else None
        table = made is not None and site.names.resolve(made.func) == "torch.nn.Embedding"
        if ("emb" in name or table) and len(call.args) == 1:
            return Use(call, "embedding", call.func)
        if isinstance(call.func, ast.Attribute):
            op = op_of(call, site.names)
            if op is not None:
                return _operation(site, op, call, outer)
    return Use(outer, "value")
