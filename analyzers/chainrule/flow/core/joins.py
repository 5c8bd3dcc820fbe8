"""One value for the several that are possible at one place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.decided import asks_data
from chainrule.flow.core.graph import Node
from chainrule.flow.core.state import State
from chainrule.flow.core.values import (
    ITEMS,
    Choice,
    Const,
    External,
    Function,
    Instance,
    Map,
    Method,
    Partial,
    Seq,
    Tensor,
    Value,
)
from chainrule.syntax import walk_tree

GRAD_MODES = frozenset(
    ("torch.no_grad", "torch.inference_mode", "torch.enable_grad", "torch.set_grad_enabled")
)

_FRESH = frozenset(("tensor", "zeros", "zeros_like", "new_zeros", "new_tensor", "full", "ones", "as_tensor"))
CONSTANT_ITEM = "constant-item"
"""The mark of a constant that stands for one of several terms, for data that gives none."""
MAX_OPTIONS = 8
"""Callables of one table that are followed at a call."""
_CALLABLES = (Function, External, Method, Partial, Choice)


class Joins(State):
    """A state whose values can be joined."""

    ready: Callable[[Instance], None]

    def phi(self, nodes: Sequence[Node], at: ast.AST) -> Node:
        first = nodes[0]
        for each in nodes:
            if each is not first:
                break
        else:
            return first
        distinct = list({id(node): node for node in nodes}.values())
        made = Node("phi", self.block, at, tuple((node, None) for node in distinct))
        made.bounds = bounds.union([node.bounds for node in distinct])
        kinds = {node.kind for node in distinct}
        made.kind = kinds.pop() if len(kinds) == 1 else "tensor"
        dtypes = {node.dtype for node in distinct}
        made.dtype = dtypes.pop() if len(dtypes) == 1 else None
        made.tags = frozenset().union(*(node.tags for node in distinct))
        return made

    def join(self, values: Sequence[Value], at: ast.AST, condition: Node | None = None) -> Value:
        """One value for several that are possible at the same place."""
        first = values[0]
        for each in values:
            if each is not first:
                break
        else:
            return first
        distinct = list({id(value): value for value in values}.values())
        if any(isinstance(value, Tensor) for value in distinct):
            return self._join_with_tensors(distinct, at, condition)
        if all(isinstance(value, Const) for value in distinct):
            return self._join_constants([v for v in distinct if isinstance(v, Const)], at, condition)
        if all(isinstance(value, Seq) for value in distinct):
            return self._join_sequences(
                [value for value in distinct if isinstance(value, Seq)], at, condition
            )
        if all(isinstance(value, Map) for value in distinct):
            maps = [value for value in distinct if isinstance(value, Map)]
            keys = {key: None for each in maps for key in each.items}
            return Map(
                {k: self.join([m.items[k] for m in maps if k in m.items], at, condition) for k in keys},
                next((m.rest for m in maps if m.rest is not None), None),
            )
        if all(isinstance(value, _CALLABLES) for value in distinct):
            return _choice(distinct)
        if any(isinstance(v, Instance) and v.external in GRAD_MODES for v in distinct):
            return Const(None, known=False)  # `torch.no_grad() if frozen else nullcontext()`
        useful = [value for value in distinct if not (isinstance(value, Const) and value.value is None)]
        records = [value for value in useful if isinstance(value, Instance) and _is_record(value)]
        if len(records) == len(useful) > 1 and all(each.cls is records[0].cls for each in records):
            return self._join_records(records, at, condition)
        return useful[0] if useful else first

    def _join_with_tensors(self, values: list[Value], at: ast.AST, condition: Node | None) -> Value:
        """One tensor; or the sequence or mapping whose other alternative is the tensor that it would hold."""
        tensors = [value for value in values if isinstance(value, Tensor)]
        numbers = [v for v in values if isinstance(v, Const) and v.value is not None]
        sequences = [v for v in values if isinstance(v, (Seq, Map))]
        reports = all(isinstance(each, Map) and "loss" not in each.items for each in sequences)
        if sequences and not reports and len(sequences) + len(tensors) == len(values):
            return sequences[0] if len(sequences) == 1 else self.join(sequences, at, condition)
        if len(tensors) == 1 and not numbers:
            return _or_none(tensors[0]) if any(map(_is_none, values)) else tensors[0]
        node = self.phi([tensor.node for tensor in tensors], at)
        asked = condition is not None and asks_data(condition)
        by_data = asked and not self.loops
        if numbers:
            single = node
            node = Node("phi", self.block, at, ((single, None),), single.kind, single.dtype)
            node.bounds = bounds.union([single.bounds, *(bounds.of_number(n.value) for n in numbers)])
            node.tags = single.tags | {"constant-alternative"}
            if by_data:
                node.tags |= {"data-branch"}
        elif (by_data and any(self.constant(tensor.node, fresh=True) for tensor in tensors)) or (
            isinstance(at, ast.Try)
            and not self.loops
            and any("fresh-leaf" in tensor.node.tags for tensor in tensors)
        ):
            node = Node("phi", self.block, at, node.edges, node.kind, node.dtype, node.bounds)
            node.tags = frozenset({"constant-alternative", "data-branch"})
        elif asked:
            for tensor in tensors:
                if _is_made_after(tensor.node, at) and self.constant(tensor.node, fresh=True):
                    tensor.node.tags |= {CONSTANT_ITEM}
        return Tensor(self.controlled(node, condition, at))

    def _join_constants(self, consts: list[Const], at: ast.AST, condition: Node | None) -> Value:
        """A number that a condition on data chooses is data too."""
        if condition is not None and any(isinstance(c.value, (int, float)) for c in consts):
            made = Node("branch", self.block, at, (), "scalar")
            made.bounds = bounds.union([bounds.of_number(c.value) for c in consts])
            return Tensor(self.controlled(made, condition, at))
        same = all(_same(c.value, consts[0].value) for c in consts[1:])
        return Const(
            consts[0].value if same else None,
            same and all(c.known for c in consts),
            any(c.data for c in consts),
        )

    def _join_sequences(self, parts: list[Seq], at: ast.AST, condition: Node | None) -> Seq:
        first = parts[0]
        if all(len(part.items) == len(first.items) and part.exact for part in parts) and first.exact:
            items = [
                self.join([part.items[i] for part in parts], at, condition) for i in range(len(first.items))
            ]
            made = Seq(items, first.kind, True, first.fields)
            made.either = parts
            return made
        items = list({id(item): item for part in parts for item in part.items}.values())
        made = Seq(items, first.kind, False)
        made.either = parts
        return made

    def _join_records(self, records: list[Instance], at: ast.AST, condition: Node | None) -> Instance:
        """One data class or named tuple for several, field by field."""
        made = Instance(records[0].cls)
        for each in records:
            self.ready(each)
        for name in records[0].attributes:
            held = [each.attributes[name] for each in records if name in each.attributes]
            made.attributes[name] = self.join(held, at, condition)
        return made

    def controlled(self, node: Node, condition: Node | None, at: ast.AST) -> Node:
        """`node`, chosen by a branch on `condition`: the choice carries no gradient."""
        if condition is None:
            return node
        gate = self.gate(Cause.BRANCH, at)
        made = Node(node.op, node.block, node.at, (*node.edges, (condition, gate)), node.kind, node.dtype)
        if node.source is not None:
            made.edges = ((node, None), (condition, gate))
        made.bounds, made.tags, made.saved = node.bounds, node.tags, node.saved
        # What is wrong with the value is wrong with the choice of it.
        self.hazards.extend([replace(each, node=made) for each in self.hazards if each.node is node])
        return made

    def note_item(self, node: Node) -> None:
        """Mark a constant that stands for what some data gives nothing for: in a list, or from a helper."""
        asked = [getattr(at, "lineno", 0) for condition, at in self.frame.controls if condition is not None]
        if asked and getattr(node.at, "lineno", 0) >= asked[-1] and self.constant(node, fresh=True):
            node.tags |= {CONSTANT_ITEM}

    def constant(self, node: Node, fresh: bool = False) -> bool:
        """Whether nothing that could receive gradient went into `node`.

        `fresh`: leaves that the running function itself has made don't count.
        """
        pending, seen = [node], set()
        while pending:
            current = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            leaf = fresh and current.source is not None and "fresh-leaf" in current.tags
            if leaf and self.runs(current.at):
                continue
            if current.source is not None or len(seen) > 200:
                return False
            if not current.edges and current.op in ("call", "attribute", "element", "unknown"):
                return False
            pending.extend(parent for parent, _ in current.edges)
        return True

    def runs(self, at: ast.AST) -> bool:
        """Whether `at` stands in the running function."""
        function = self.frame.function
        return function is not None and any(each is at for each in walk_tree(function))


def _is_record(value: Instance) -> bool:
    """Whether an object is nothing but its fields: it is made by its class, which has no `__init__`."""
    cls = value.cls
    if cls is None or cls.is_module or (value.pending is None and ITEMS not in value.attributes):
        return False
    return all("__init__" not in each.methods for each in cls.lineage())


def _is_none(value: Value) -> bool:
    return type(value) is Const and value.known and value.value is None


def _or_none(tensor: Tensor) -> Tensor:
    """A tensor that is None on another way to here: a question whether it is there has no answer."""
    made = Tensor(tensor.node, tensor.storage, tensor.base)
    made.leaf, made.detached, made.absent = tensor.leaf, tensor.detached, True
    return made


def _is_made_after(node: Node, condition: ast.AST) -> bool:
    """Whether a new tensor is made where `condition` decides, and not what a sum began with before."""
    return node.op in _FRESH and getattr(node.at, "lineno", 0) >= getattr(condition, "lineno", 0)


def _choice(callables: Sequence[Value]) -> Value:
    """One of `callables`. Between those of two libraries the kind of the data decides, which is not known."""
    options: dict[object, Value] = {}
    for value in callables:
        for each in value.options if isinstance(value, Choice) else (value,):
            options.setdefault(_identity(each), each)
    found = list(options.values())
    if len({each.dotted.partition(".")[0] for each in found if isinstance(each, External)}) > 1:
        return Const(None, known=False)
    return found[0] if len(found) == 1 else Choice(found[:MAX_OPTIONS])


def _identity(value: Value) -> object:
    """What is equal for two values that are the same function."""
    if isinstance(value, External):
        return value.dotted
    if isinstance(value, Function):
        return id(value.node), id(value.bound)
    return id(value)


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and bool(left == right)
