"""The abstract interpreter: runs a function on symbolic arguments and grows the gradient graph.

It follows what Python does, not what it looks like: calls of analysed functions are entered, both sides
of a branch that data decides are run and joined, loops are run twice. What it cannot know it assumes
differentiable. State changes go through `put`, so that a branch can be undone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chainrule.flow import bounds
from chainrule.flow.causes import Cause
from chainrule.flow.graph import ANY, NO_TAGS, Edge, Event, Gate, Hazard, Interval, Node, Source, Storage
from chainrule.flow.program import Module, Project, Scope
from chainrule.flow.values import (
    NONE,
    Class,
    Const,
    External,
    Function,
    Instance,
    Map,
    Method,
    Partial,
    Seq,
    Super,
    Tensor,
    Value,
)
from chainrule.syntax import Block

if TYPE_CHECKING:
    from chainrule.flow.objects import Backward

MAX_STEPS = 30_000
MAX_DEPTH = 12
_MISSING: Any = object()
Store = dict[Any, Any]


class OutOfBudget(Exception):
    """The function is too large to be followed to its end."""


class Frame:
    """One call of an analysed function."""

    __slots__ = ("block", "bound", "controls", "function", "module", "owner", "returns", "scope", "yields")

    def __init__(self, module: Module, scope: Scope, block: Block, function: ast.AST | None = None) -> None:
        self.module = module
        self.scope = scope
        self.block = block
        self.function = function
        self.owner: Class | None = None
        self.bound: Value | None = None
        self.returns: list[Value] = []
        self.yields: list[Value] = []
        self.controls: list[tuple[Node | None, ast.AST]] = []


class Interpreter:
    """Runs one root. `events`, `hazards` and `backwards` are what it saw besides the returned value."""

    def __init__(self, module: Module, project: Project | None = None) -> None:
        self.module = module
        self.project = project
        self.frames: list[Frame] = []
        self.mode: Gate | None = None
        self.events: list[Event] = []
        self.hazards: list[Hazard] = []
        self.backwards: list[Backward] = []
        self.freed: dict[int, tuple[Node, Gate]] = {}
        self.sources: list[Source] = []
        self.steps = 0
        self.loops = 0
        self._journal: list[tuple[Any, Any, Any]] | None = None
        self.evaluating: set[tuple[int, str]] = set()

    # State, and undoing it

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def block(self) -> Block:
        return self.frames[-1].block

    def put(self, store: Store, key: Any, value: Any) -> None:
        """`store[key] = value`, undone when the branch that is being run is."""
        if self._journal is not None:
            self._journal.append((store, key, store.get(key, _MISSING)))
        store[key] = value

    def put_node(self, tensor: Tensor, node: Node) -> None:
        """Give `tensor` its node after an in-place edit."""
        if self._journal is not None:
            self._journal.append((tensor, None, tensor.node))
        tensor.node = node

    def branches(self, runs: Sequence[Callable[[], bool]], condition: Node | None, at: ast.AST) -> bool:
        """Run alternatives from one state and join what they leave.

        Each run says whether it ends the function; True if all do. Values that an alternative on
        `condition` sets depend on it as control, not as data.
        """
        outer = self._journal
        mode = self.mode
        outcomes: list[dict[tuple[int, Any], tuple[Any, Any, Any]]] = []
        modes: list[Gate | None] = []
        ends: list[bool] = []
        self.frame.controls.append((condition, at))
        for run in runs:
            journal: list[tuple[Any, Any, Any]] = []
            self._journal = journal
            self.mode = mode
            try:
                ends.append(run())
            finally:
                self._journal = outer
            changed: dict[tuple[int, Any], tuple[Any, Any, Any]] = {}
            for store, key, _ in journal:
                current = store.node if key is None else store.get(key, _MISSING)
                changed[(id(store), key)] = (store, key, current)
            for store, key, old in reversed(journal):
                _restore(store, key, old)
            outcomes.append(changed)
            modes.append(self.mode)
        if any(ends) and not all(ends):
            pass  # what follows runs only where the other alternative was taken: still under control
        else:
            self.frame.controls.pop()
        live = [index for index, end in enumerate(ends) if not end]
        if not live:
            self.mode = mode
            return True
        self.mode = modes[live[0]]
        touched = {key: entry for index in live for key, entry in outcomes[index].items()}
        for key, (store, name, _) in touched.items():
            before = store.node if name is None else store.get(name, _MISSING)
            values = [outcomes[index][key][2] if key in outcomes[index] else before for index in live]
            present = [value for value in values if value is not _MISSING]
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

    @contextmanager
    def grad_mode(self, gate: Gate | None) -> Iterator[None]:
        """Run the body with gradient off because of `gate`, or on again (None)."""
        before, self.mode = self.mode, gate
        try:
            yield
        finally:
            self.mode = before

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Run the body as if it had run before everything else: not undone with a branch, with gradients on."""
        journal, self._journal = self._journal, None
        try:
            with self.grad_mode(None):
                yield
        finally:
            self._journal = journal

    # Nodes

    def step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise OutOfBudget

    def node(
        self,
        op: str,
        at: ast.AST,
        edges: Iterable[Edge] = (),
        *,
        kind: str = "tensor",
        dtype: str | None = None,
        within: Interval = ANY,
        tags: frozenset[str] = NO_TAGS,
    ) -> Node:
        """A node; under no_grad every open edge of it gets the gate of the context."""
        mode = self.mode
        if mode is None:
            kept = tuple(edges)
        else:
            kept = tuple(
                (parent, gate if gate is not None and gate.cause else mode) for parent, gate in edges
            )
        made = Node(op, self.block, at, kept, kind, dtype, within)
        if tags:
            made.tags = tags
        return made

    def gate(
        self, cause: Cause | None, at: ast.AST, *, zero: bool = False, raises: bool = False, note: str = ""
    ) -> Gate:
        return Gate(cause, self.block, at, zero=zero, raises=raises, note=note)

    def event(self, cause: Cause, at: ast.AST, node: Node | None = None, note: str = "") -> None:
        self.events.append(Event(cause, self.block, at, node, note))

    def hazard(self, cause: Cause, at: ast.AST, node: Node, operand: Node, note: str = "") -> None:
        if self.mode is None:
            self.hazards.append(Hazard(cause, node, operand, self.block, at, note))

    def source(self, name: str, role: str, at: ast.AST, position: int = 0) -> Tensor:
        """A tensor that gradient should reach."""
        made = Node("source", self.block, at)
        made.source = Source(name, role, position)
        self.sources.append(made.source)
        return Tensor(made)

    def unknown(self, at: ast.AST, values: Iterable[Value] = (), op: str = "call") -> Tensor:
        """The result of something that is not followed: assumed differentiable in all of `values`."""
        return Tensor(self.node(op, at, [(parent, None) for parent in self.nodes(values)]))

    def nodes(self, values: Iterable[Value]) -> list[Node]:
        """The nodes that are in `values`, also inside containers and objects."""
        return list({id(tensor.node): tensor.node for tensor in self.tensors(values)}.values())

    def tensors(self, values: Iterable[Value]) -> list[Tensor]:
        """The tensors that are in `values`, also inside containers and objects."""
        found: dict[int, Tensor] = {}
        self._collect(values, found, set(), 0)
        return list(found.values())

    def _collect(
        self, values: Iterable[Value], found: dict[int, Tensor], seen: set[int], depth: int
    ) -> None:
        for value in values:
            if isinstance(value, Tensor):
                found[id(value)] = value
            elif isinstance(value, (Const, External, Class)) or id(value) in seen or depth > 5:
                continue
            elif isinstance(value, Seq):
                seen.add(id(value))
                self._collect(value.items, found, seen, depth + 1)
            elif isinstance(value, Map):
                seen.add(id(value))
                rest = [value.rest] if value.rest is not None else []
                self._collect([*value.items.values(), *rest], found, seen, depth + 1)
            elif isinstance(value, Instance):
                seen.add(id(value))
                self._collect([*value.attributes.values(), *value.arguments.values()], found, seen, depth + 1)
            elif isinstance(value, Method):
                self._collect([value.owner], found, seen, depth + 1)
            elif isinstance(value, Partial):
                self._collect(
                    [value.function, *value.arguments, *value.keywords.values()], found, seen, depth + 1
                )
            elif (isinstance(value, Function) and value.bound is not None) or isinstance(value, Super):
                self._collect([value.bound], found, seen, depth + 1)

    # Joining

    def phi(self, nodes: Sequence[Node], at: ast.AST) -> Node:
        distinct = list({id(node): node for node in nodes}.values())
        if len(distinct) == 1:
            return distinct[0]
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
        distinct = list({id(value): value for value in values}.values())
        first = distinct[0]
        if len(distinct) == 1:
            return first
        tensors = [value for value in distinct if isinstance(value, Tensor)]
        if tensors:
            numbers = [v for v in distinct if isinstance(v, Const) and v.value is not None]
            sequences = [v for v in distinct if isinstance(v, (Seq, Map))]
            if sequences and len(sequences) + len(tensors) == len(distinct):
                return sequences[0] if len(sequences) == 1 else self.join(sequences, at, condition)
            if len(tensors) == 1 and not numbers:
                return tensors[0]
            node = self.phi([tensor.node for tensor in tensors], at)
            if numbers:
                single = node
                node = Node("phi", self.block, at, ((single, None),), single.kind, single.dtype)
                node.bounds = bounds.union([single.bounds, *(bounds.of_number(n.value) for n in numbers)])
                node.tags = single.tags | {"constant-alternative"}
                if condition is not None and not self.loops:
                    node.tags |= {"data-branch"}
            elif condition is not None and not self.loops and any(self.constant(t.node) for t in tensors):
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
        gate = Gate(Cause.BRANCH, self.block, at)
        made = Node(node.op, node.block, node.at, (*node.edges, (condition, gate)), node.kind, node.dtype)
        if node.source is not None:
            made.edges = ((node, None), (condition, gate))
        made.bounds, made.tags, made.saved = node.bounds, node.tags, node.saved
        return made

    def constant(self, node: Node, fresh: bool = False) -> bool:
        """Whether nothing that could receive gradient went into `node`; `fresh`: new leaves don't count."""
        pending, seen = [node], set()
        while pending:
            current = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            if fresh and "fresh-leaf" in current.tags:
                continue
            if current.source is not None or len(seen) > 200:
                return False
            if not current.edges and current.op in ("call", "attribute", "unknown"):
                return False
            pending.extend(parent for parent, _ in current.edges)
        return True

    # Names

    def lookup(self, name: str) -> Value | None:
        """The value of a name in the running function, or None where it is not known."""
        scope: Scope | None = self.frame.scope
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return self.global_value(self.frame.module, name)

    def global_value(self, module: Module, name: str) -> Value | None:
        """The value of a top-level name of `module`; its statement is run on the first call."""
        found = module.globals.get(name)
        if found is not None:
            return found
        dotted = module.names.bound.get(name)
        binding = None if dotted is not None else module.binding(name)
        if dotted is not None:
            value = self.imported(dotted, module)
        elif binding is not None:
            key = (id(module), name)
            if key in self.evaluating:
                return None
            self.evaluating.add(key)
            try:
                value = self._run_global(module, name, *binding)
            finally:
                self.evaluating.discard(key)
        else:
            return None
        if value is not None:
            module.globals[name] = value
        return value

    def _run_global(self, module: Module, name: str, block: Block, statement: ast.stmt) -> Value | None:
        from chainrule.flow.statements import execute

        frame = Frame(module, Scope(module.scope), block)
        if isinstance(statement, (ast.For, ast.While)):
            return None
        self.frames.append(frame)
        try:
            with self.apart():
                execute(self, [statement])
        finally:
            self.frames.pop()
        value = frame.scope.names.get(name)
        if isinstance(value, Instance) and not value.name:
            value.name = name
        return value

    def imported(self, dotted: str, module: Module) -> Value:
        """What an imported name stands for: analysed code of the workspace, or a library's name."""
        if (
            self.project is not None
            and not dotted.startswith(("torch.", "numpy."))
            and dotted
            not in (
                "torch",
                "numpy",
            )
        ):
            found = self.from_workspace(dotted, module)
            if found is not None:
                return found
        return External(dotted)

    def from_workspace(self, dotted: str, importer: Module) -> Value | None:
        """The value of `package.module.name` in the workspace, None where its source is not there."""
        assert self.project is not None
        head, _, name = dotted.rpartition(".")
        if not head:
            return None
        target = self.project.module(head, importer)
        if target is None or target is importer:
            return None
        return self.global_value(target, name)


def _restore(store: Any, key: Any, old: Any) -> None:
    if key is None:
        store.node = old
    elif old is _MISSING:
        store.pop(key, None)
    else:
        store[key] = old


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and bool(left == right)


__all__ = ["NONE", "Frame", "Interpreter", "OutOfBudget", "Storage"]
