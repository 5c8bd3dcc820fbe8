"""What a run holds and grows: frames, grad mode, the graph; and the journal that can undo a branch."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.elsewhere import Departure, Inside
from chainrule.flow.core.given import Asked
from chainrule.flow.core.graph import (
    ANY,
    NO_TAGS,
    Backward,
    Edge,
    Event,
    Exchange,
    Gate,
    Hazard,
    Interval,
    Node,
    Source,
    Step,
    flowing_parents,
)
from chainrule.flow.core.program import Module, Project, Scope
from chainrule.flow.core.switches import Leak, Switches
from chainrule.flow.core.values import (
    Choice,
    Class,
    Const,
    Default,
    External,
    Function,
    Instance,
    Map,
    Method,
    Partial,
    Seq,
    Setting,
    Super,
    Tensor,
    Value,
)
from chainrule.syntax import Block

MAX_STEPS = 30_000
"""Expressions and statements that one loss may take; other functions get a part of it."""
MAX_DEPTH = 12
MAX_AWAY = 1_000
"""Steps that one run spends in other files: where it needs more, it is lost in a library."""
MISSING: Any = object()
Store = dict[Any, Any]


class OutOfBudget(Exception):
    """The function is too large to be followed to its end."""


class Decided(NamedTuple):
    """An `if` that has set values: its test, and what the names in that stood for."""

    test: ast.expr
    looked_at: tuple[Value | None, ...]
    names: Store
    """The names of the running call."""
    places: tuple[tuple[Store, str, Value, Value, Value], ...]
    """Store and name; what it holds now, held where the test was true, and where it was not."""


class Frame:
    """One call of an analysed function."""

    __slots__ = (
        "asked", "at_yield", "block", "bound", "controls", "function", "module", "off", "owner", "returns",
        "scope", "yields",
    )  # fmt: skip

    def __init__(self, module: Module, scope: Scope, block: Block, function: ast.AST | None = None) -> None:
        self.module = module
        self.scope = scope
        self.block = block
        self.function = function
        self.owner: Class | None = None
        self.bound: Value | None = None
        self.returns: list[Value] = []
        self.yields: list[Value] = []
        self.at_yield: Callable[[Value], None] | None = None
        self.controls: list[tuple[Node | None, ast.AST]] = []
        self.off: list[Leak] = []
        """Where a `return` or a `continue` was run with gradients switched off."""
        self.asked: list[Node] = []
        """Conditions that were asserted, or under which a loop goes on to its next round."""


class State:
    """The state of one run; `events`, `hazards` and `backwards` are what it saw on the way."""

    def __init__(self, module: Module, project: Project | None = None) -> None:
        self.module = module
        self.project = project
        self.frames: list[Frame] = []
        self.frame: Frame
        """The last of `frames`: what runs now."""
        self.mode: Gate | None = None
        self.departure: Departure | None = None
        """The call that left the analysed file, while code of another file runs."""
        self.away = 0
        """Steps spent in other files' functions so far, those of nested calls once for each level."""
        self._departures: dict[int, Departure] = {}
        self.events: list[Event] = []
        self.hazards: list[Hazard] = []
        self.backwards: list[Backward] = []
        self.freed: dict[int, tuple[Node, Gate]] = {}
        """What the backward passes on the way here have freed; `passed`: those before a `return`, too."""
        self.passed: dict[int, tuple[Node, Gate]] = {}
        self.let_go: dict[tuple[int, int], tuple[Node, Node]] = {}
        """Choices and those of their alternatives that hold a freed graph only where nothing has freed it."""
        self.sources: list[Source] = []
        self.hooked: list[tuple[Node, Value]] = []
        """Forward hooks on modules that came from outside, with the nodes of those."""
        self.asked: dict[int, ast.AST] = {}
        """The calls that asked for leaves, `requires_grad_()`, by the ids of their nodes."""
        self.retained: set[int] = set()
        """The ids of the nodes whose gradient is asked for, `retain_grad()`."""
        self.parts: dict[tuple[Node, str], Tensor] = {}
        """The networks that an argument holds by key, `nets["enc"]`, of those that were called."""
        self.filled: set[tuple[int, str]] = set()
        """The lists of objects, by name, for which it was looked up what their methods append to them."""
        self.optimised: set[int] = set()
        """The ids of the sources that were given to an optimiser."""
        self.taken: list[Step] = []
        """The steps that optimisers took."""
        self.exchanged: list[Exchange] = []
        """Parameters that objects have in place of those which were given to an optimiser."""
        self.switches = Switches()
        self.copied: dict[int, Gate] = {}
        """What is between a copied network and its copy, by the id of the network's node."""
        self.excluding: list[Node] = []
        """Softmaxes of scores to which a mask of -inf was added."""
        self.starts: dict[Node, Interval] = {}
        """Bounds at the start of the training, of parameters and what is made from them alone."""
        self.stores: dict[str, tuple[Block, ast.AST]] = {}
        self.decided: dict[str, list[Decided]] = {}
        """The `if`s that have set values, by the texts of their tests and of the parts of these."""
        self.asked_calls: list[Asked] = []
        """What the calls of the file were asked for."""
        self.steps = 0
        self.budget = MAX_STEPS
        self.loops = 0
        self.journal: list[tuple[Any, Any, Any]] | None = None
        self.evaluating: set[tuple[int, str]] = set()
        self.subject: Instance | None = None
        """The object of nobody's making whose method is run."""
        self.by_default = False
        """Whether every setting is what its default says."""
        self.settings: list[tuple[Block, ast.AST, tuple[Default, ...]]] = []
        """What was decided by settings, with the defaults that decide it."""
        self._closures: list[Scope] = []

    def enter(self, frame: Frame) -> None:
        """Run `frame` from here on."""
        self.frames.append(frame)
        self.frame = frame

    def leave(self) -> None:
        """Go back to the frame that entered the running one."""
        self.frames.pop()
        if self.frames:
            self.frame = self.frames[-1]

    @property
    def block(self) -> Block:
        return self.frame.block

    def place(self, at: ast.AST) -> tuple[Block, ast.AST]:
        """Where to tell about `at`: at itself, or in another file the call that led there."""
        if isinstance(at, Inside):
            return at.departure.block, at
        frame = self.frame
        away = self.departure
        if away is None:
            return frame.block, at
        return away.block, away.inside(frame.module, frame.block, at)

    def depart(self, module: Module, at: ast.AST, name: str) -> Departure | None:
        """The call that leaves the analysed file when code of `module` is entered by the call `at`."""
        if module is self.module:
            return None
        if self.departure is not None or self.frame.module is not self.module:
            return self.departure
        made = self._departures.get(id(at))
        if made is None:
            made = self._departures[id(at)] = Departure(self.block, at, name)
        return made

    def setting(self, default: Default) -> Setting:
        """The value of a parameter that was not given."""
        return Setting(default.value, (default,), known=self.by_default)

    def note_setting(self, value: Value, at: ast.AST, block: Block | None = None) -> None:
        """What `at` chooses, or the function that it is, is chosen by `value`, which may be a setting."""
        if isinstance(value, Setting):
            if block is None:
                block, at = self.place(at)
            self.settings.append((block, at, value.defaults))

    def encloses(self) -> None:
        """A function is defined inside the running one, and its scope will hold it."""
        if not self.evaluating:
            self._closures.append(self.frame.scope)

    def defined(self, node: ast.AST) -> Function | None:
        """The function that the definition `node`, inside another one, has made in this run."""
        for scope in self._closures:
            for value in scope.names.values():
                if isinstance(value, Function) and value.node is node:
                    return value
        return None

    def release(self) -> None:
        """Undo the cycles that a run has made; what is known of its graph stays."""
        for scope in self._closures:
            scope.names.clear()
        if self.subject is not None:
            self.subject.attributes.clear()
        for departure in self._departures.values():
            departure.places = {}

    def put(self, store: Store, key: Any, value: Any) -> None:
        """`store[key] = value`, undone when the branch that is being run is."""
        if self.journal is not None:
            self.journal.append((store, key, store.get(key, MISSING)))
        store[key] = value

    def put_node(self, tensor: Tensor, node: Node) -> None:
        """Give `tensor` its node after an in-place edit."""
        if self.journal is not None:
            self.journal.append((tensor, None, tensor.node))
        tensor.node = node

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
        """Run the body as if before everything else: not undone with a branch, gradients on."""
        journal, self.journal = self.journal, None
        try:
            with self.grad_mode(None):
                yield
        finally:
            self.journal = journal

    # Nodes

    def kept_parents(self, node: Node) -> list[Node]:
        """The operands that a backward pass from `node` meets after those that came before it."""
        parents = flowing_parents(node)
        return [p for p in parents if (id(node), id(p)) not in self.let_go] if self.let_go else parents

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.budget:
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
            kept = edges if type(edges) is tuple else tuple(edges)
        else:
            kept = tuple(
                (parent, gate if gate is not None and gate.cause else mode) for parent, gate in edges
            )
        made = Node(op, self.frame.block, at, kept, kind, dtype, within)
        if tags:
            made.tags = tags
        return made

    def gate(
        self, cause: Cause | None, at: ast.AST, *, zero: bool = False, raises: bool = False, note: str = ""
    ) -> Gate:
        block, at = self.place(at)
        return Gate(cause, block, at, zero=zero, raises=raises, note=note)

    def event(self, cause: Cause, at: ast.AST, node: Node | None = None, note: str = "") -> None:
        block, at = self.place(at)
        self.events.append(Event(cause, block, at, node, note))

    def hazard(self, cause: Cause, at: ast.AST, node: Node, operand: Node, note: str = "") -> None:
        # 0 / 0 is NaN without a graph too, and the spread of one.
        if self.mode is None or note == "right" or cause is Cause.STD_SINGLE:
            # A mask tells about a value that may have been computed in another function.
            block, at = (node.block, at) if at is node.at else self.place(at)
            self.hazards.append(Hazard(cause, node, operand, block, at, note))

    def source(self, name: str, role: str, at: ast.AST, position: int = 0) -> Tensor:
        """A tensor that gradient should reach."""
        made = Node("source", self.block, at)
        made.source = Source(name, role, position)
        self.sources.append(made.source)
        return Tensor(made)

    def unknown(
        self, at: ast.AST, values: Iterable[Value] = (), op: str = "call", opaque: bool = False
    ) -> Tensor:
        """The result of something that is not followed: assumed differentiable in all of `values`.

        `opaque`: and in what else it may hold, which is not seen.
        """
        edges: list[Edge] = [(parent, None) for parent in self.nodes(values)]
        if opaque and edges:
            edges.append((Node("attribute", self.block, at), None))
        return Tensor(self.node(op, at, edges))

    def nodes(self, values: Iterable[Value]) -> list[Node]:
        """The nodes that are in `values`, also inside containers and objects."""
        found: dict[int, Node] = {}
        values = list(values)
        for value in values:
            kind = type(value)
            if kind is Tensor:
                node = value.node  # type: ignore[attr-defined]
                found[id(node)] = node
            elif kind is not Const and kind is not External:
                return list({id(tensor.node): tensor.node for tensor in self.tensors(values)}.values())
        return list(found.values())

    def tensors(self, values: Iterable[Value]) -> list[Tensor]:
        """The tensors that are in `values`, also inside containers and objects."""
        found: dict[int, Tensor] = {}
        self._collect(values, found, set(), 0)
        return list(found.values())

    def _collect(self, values: Iterable[Value], found: dict[int, Tensor], seen: set[int], depth: int) -> None:
        for value in values:
            kind = type(value)
            if kind is Tensor:
                found[id(value)] = value  # type: ignore[assignment]
            elif kind is Const or kind is External or kind is Class or id(value) in seen or depth > 5:
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
            elif isinstance(value, Choice):
                self._collect(value.options, found, seen, depth + 1)
            elif isinstance(value, (Function, Super)) and value.bound is not None:
                self._collect([value.bound], found, seen, depth + 1)

    def leaf_role(self) -> str:
        """The role of a new leaf: "leaf" for what a script or an object keeps to train, else "local"."""
        function = self.frame.function
        kept = function is None or isinstance(function, ast.Module)
        if kept or any(getattr(frame.function, "name", "") == "__init__" for frame in self.frames):
            return "leaf"
        return "local"
