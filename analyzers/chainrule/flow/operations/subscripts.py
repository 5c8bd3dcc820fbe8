"""Indexing: `x[i]` of containers and tensors."""

from __future__ import annotations

import ast

from chainrule.flow.core.conditions import asks, kept
from chainrule.flow.core.graph import Gate, Node
from chainrule.flow.core.interpreter import Interpreter
from chainrule.flow.core.joins import MAX_OPTIONS
from chainrule.flow.core.roles import role_of
from chainrule.flow.core.values import (
    Choice,
    Class,
    Const,
    Count,
    External,
    Instance,
    Map,
    Seq,
    Sizes,
    Tensor,
    Value,
)
from chainrule.flow.numbers.masked import check_selection
from chainrule.flow.numbers.single import of_index, rest
from chainrule.flow.operations import iteration
from chainrule.flow.operations.counts import size_along

# Marks of a tensor that a selection from it need not have: only classes that occur are looked up.
_OF_ALL = frozenset(("reciprocal", "class-count"))


def subscript(interp: Interpreter, owner: Value, node: ast.Subscript) -> Value:
    """`owner[index]`."""

    if isinstance(owner, (External, Class)):
        return owner
    index = interp.evaluate(node.slice)
    return item(interp, owner, index, node)


def item(interp: Interpreter, owner: Value, index: Value, at: ast.AST) -> Value:
    """The element of `owner` at `index`."""
    if isinstance(owner, Seq):
        return _of_sequence(interp, owner, index, at)
    if isinstance(owner, Map):
        if isinstance(index, Const) and index.known and isinstance(index.value, (str, int, float, bool)):
            found = owner.items.get(index.value)
            if found is not None:
                return found
            if owner.factory is not None and isinstance(owner.rest, Seq) and not owner.rest.items:
                interp.put(owner.items, index.value, interp.call(owner.factory, [], {}, at))
                return owner.items[index.value]
            return owner.rest if owner.rest is not None else interp.unknown(at, op="element")
        interp.note_setting(index, at)
        values = [*owner.items.values(), *([owner.rest] if owner.rest is not None else [])]
        return interp.join(values, at) if values else interp.unknown(at, op="element")
    if isinstance(owner, Tensor):
        return _of_tensor(interp, owner, index, at)
    if isinstance(owner, Count):
        return owner
    if isinstance(owner, Sizes):
        part = at.slice if isinstance(at, ast.Subscript) else None
        if isinstance(part, ast.Slice):
            low = 0 if part.lower is None else _integer(part.lower)
            plain = part.step is None and low is not None and low >= 0
            return Sizes(owner.node, owner.first + (low or 0)) if plain else Const(None, False, True)
        return size_along(owner, index)
    if isinstance(owner, Const):
        return Const(None, known=False, data=owner.data)
    if isinstance(owner, Instance):
        items = iteration.held(interp, owner)
        if items is not None:
            return item(interp, items, index, at)
        if owner.cls is not None:
            found = interp.call_method(owner, "__getitem__", [index], {}, at)
            if found is not None:
                return found
    return interp.unknown(at, [owner], op="element")


def is_key(index: Value, spelt: ast.expr | None = None) -> bool:
    """Whether what is indexed is a dict, whatever else is known of it: no tensor has names in it.

    `spelt`: the index as it is written.
    """
    named = isinstance(spelt, ast.Name) and spelt.id.rpartition("_")[2] in ("key", "name")
    return named or (isinstance(index, Const) and isinstance(index.value, str))


def _of_sequence(interp: Interpreter, owner: Seq, index: Value, at: ast.AST) -> Value:
    constant = index.value if isinstance(index, Const) and index.known else None
    if isinstance(at, ast.Subscript) and isinstance(at.slice, ast.Slice):
        return Seq(_sliced(owner, at.slice), owner.kind, owner.exact and _literal(at.slice))
    if isinstance(constant, int) and owner.exact and -len(owner.items) <= constant < len(owner.items):
        return owner.items[constant]
    if not owner.items:
        return interp.unknown(at, op="element")
    if isinstance(index, Tensor) and all(isinstance(each, Instance) for each in owner.items):
        return Choice(owner.items[:MAX_OPTIONS], index.node)  # `experts[router(x).argmax()]`
    return interp.join(owner.items, at)


def _literal(part: ast.Slice) -> bool:
    bounds = (part.lower, part.upper, part.step)
    return all(_integer(each) is not None or each is None for each in bounds)


def _integer(expression: ast.expr | None) -> int | None:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, int):
        return expression.value
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
        inner = _integer(expression.operand)
        return None if inner is None else -inner
    return None


def _sliced(owner: Seq, part: ast.Slice) -> list[Value]:
    if owner.exact and _literal(part):
        return owner.items[slice(_integer(part.lower), _integer(part.upper), _integer(part.step))]
    return owner.items


def _of_tensor(interp: Interpreter, owner: Tensor, index: Value, at: ast.AST) -> Value:
    parent = owner.node
    # `batch["labels"]` carries data and no gradient.
    answer = isinstance(index, Const) and isinstance(index.value, str) and role_of(index.value) == "target"
    edges: list[tuple[Node, Gate | None]] = [(parent, interp.gate(None, at) if answer else None)]
    parts = iteration.elements(interp, index, at)[0] if isinstance(index, Seq) else [index]
    tensors = [part for part in parts if isinstance(part, Tensor)]
    if tensors:
        silent = interp.gate(None, at)
        edges += [(each.node, silent) for each in tensors]
        tensors = [each for each in tensors if each.node.op != "slice"]  # `x[:n]` is a view, whatever n is
    made = interp.node("index" if tensors else "select", at, edges, kind=parent.kind, dtype=parent.dtype)
    made.bounds = parent.bounds
    made.tags = rest(parent.tags)
    if parent in interp.starts:
        interp.starts[made] = interp.starts[parent]
    if tensors:
        made.tags -= _OF_ALL
    elif isinstance(at, ast.Subscript):
        made.tags |= of_index(at.slice)
    if tensors and any(each.node.dtype == "bool" for each in tensors):
        made.tags |= {"subset"}
        for each in tensors:
            check_selection(interp, each, [owner], at)
            made.bounds = kept(each.node, parent)
            if asks(each.node, parent):
                made.tags |= {"asked"}
    chosen = any(isinstance(part, Seq) and part.kind == "list" for part in (index, *parts))
    if tensors or chosen or is_key(index):  # a selection by indices is a copy
        return Tensor(made)
    return Tensor(made, owner.storage, owner)
