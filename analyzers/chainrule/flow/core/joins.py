"""Alternatives: running each from one state, and one value for what several leave."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from chainrule.flow.core import bounds
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.decided import asks_data
from chainrule.flow.core.graph import Gate, Node
from chainrule.flow.core.state import MISSING, State
from chainrule.flow.core.values import (
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

GRAD_MODES = frozenset(
    ("torch.no_grad", "torch.inference_mode", "torch.enable_grad", "torch.set_grad_enabled")
)

MAX_OPTIONS = 8
"""Callables of one table that are followed at a call."""
_CALLABLES = (Function, External, Method, Partial, Choice)


class Joins(State):
    """A state that can be forked and joined."""

    def branches(
        self,
        runs: Sequence[Callable[[], bool]],
        condition: Node | None,
        at: ast.AST,
        usual: int | None = None,
    ) -> bool:
        """Run alternatives from one state and join what they leave.

        Each run says whether it ends the function; True if all do. Values that an alternative on
        `condition` sets depend on it as control, not as data. `usual`: the alternative that a setting's
        default takes; where none does, gradients are on afterwards if one alternative leaves them on.
        """
        outer = self.journal
        mode = self.mode
        outcomes: list[dict[tuple[int, Any], tuple[Any, Any, Any]]] = []
        modes: list[Gate | None] = []
        ends: list[bool] = []
        freed = self.freed
        freed_here: list[dict[int, tuple[Node, Gate]]] = []
        self.frame.controls.append((condition, at))
        for run in runs:
            journal: list[tuple[Any, Any, Any]] = []
            self.journal = journal
            self.mode = mode
            self.freed = dict(freed)
            try:
                ends.append(run())
            finally:
                self.journal = outer
            freed_here.append(self.freed)
            changed: dict[tuple[int, Any], tuple[Any, Any, Any]] = {}
            before: list[tuple[Any, Any, Any]] = []
            for entry in journal:
                store, key, _ = entry
                place = (id(store), key)
                if place not in changed:
                    changed[place] = (store, key, store.node if key is None else store.get(key, MISSING))
                    before.append(entry)
            for store, key, old in before:
                _restore(store, key, old)
            outcomes.append(changed)
            modes.append(self.mode)
        self.freed = {}
        for each in freed_here:
            self.freed.update(each)
        live = [index for index, end in enumerate(ends) if not end]
        # Otherwise what follows runs only where the other alternative was taken: still under control.
        if not live or len(live) == len(ends):
            self.frame.controls.pop()
        if not live:
            self.mode = mode
            return True
        if usual in live:
            self.mode = modes[live[live.index(usual)]]
        else:
            self.mode = None if None in [modes[index] for index in live] else modes[live[0]]
        touched: dict[tuple[int, Any], tuple[Any, Any, Any]] = {}
        for index in live:
            touched.update(outcomes[index])
        for key, (store, name, _) in touched.items():
            kept = store.node if name is None else store.get(name, MISSING)
            values = [outcomes[index][key][2] if key in outcomes[index] else kept for index in live]
            present = [value for value in values if value is not MISSING]
            if not present:
                continue
            if name is None:
                merged = self.phi(present, at)
                self.put_node(store, merged)
            elif isinstance(present[0], Value):
                self.put(store, name, self.join(present, at, condition))
            elif all(isinstance(value, int) for value in present):
                self.put(store, name, max(present))
            else:
                self.put(store, name, present[-1])
        return False

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
        tensors = [value for value in distinct if isinstance(value, Tensor)]
        if tensors:
            numbers = [v for v in distinct if isinstance(v, Const) and v.value is not None]
            sequences = [v for v in distinct if isinstance(v, (Seq, Map))]
            reports = all(isinstance(each, Map) and "loss" not in each.items for each in sequences)
            if sequences and not reports and len(sequences) + len(tensors) == len(distinct):
                return sequences[0] if len(sequences) == 1 else self.join(sequences, at, condition)
            if len(tensors) == 1 and not numbers:
                return tensors[0]
            node = self.phi([tensor.node for tensor in tensors], at)
            if numbers:
                single = node
                node = Node("phi", self.block, at, ((single, None),), single.kind, single.dtype)
                node.bounds = bounds.union([single.bounds, *(bounds.of_number(n.value) for n in numbers)])
                node.tags = single.tags | {"constant-alternative"}
                if condition is not None and not self.loops and asks_data(condition):
                    node.tags |= {"data-branch"}
            elif (
                condition is not None
                and not self.loops
                and asks_data(condition)
                and any(self.constant(t.node, fresh=True) for t in tensors)
            ):
                node = Node("phi", self.block, at, node.edges, node.kind, node.dtype, node.bounds)
                node.tags = frozenset({"constant-alternative", "data-branch"})
            return Tensor(self.controlled(node, condition, at))
        if all(isinstance(value, Const) for value in distinct):
            consts = [value for value in distinct if isinstance(value, Const)]
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
        return useful[0] if useful else first

    def _join_sequences(self, parts: list[Seq], at: ast.AST, condition: Node | None) -> Seq:
        first = parts[0]
        if all(len(part.items) == len(first.items) and part.exact for part in parts) and first.exact:
            items = [
                self.join([part.items[i] for part in parts], at, condition) for i in range(len(first.items))
            ]
            return Seq(items, first.kind, True, first.fields)
        items = list({id(item): item for part in parts for item in part.items}.values())
        return Seq(items, first.kind, False)

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
        return function is not None and any(each is at for each in ast.walk(function))


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


def _restore(store: Any, key: Any, old: Any) -> None:
    if key is None:
        store.node = old
    elif old is MISSING:
        store.pop(key, None)
    else:
        store[key] = old


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and bool(left == right)
