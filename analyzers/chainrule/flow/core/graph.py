"""The gradient graph: what a loss is computed from, and through which gates.

A `Node` stands for a value at run time (a tensor, or a number or array made from one). An edge leads
from a node to one it was computed from; a `Gate` on an edge says that gradient does not (or only as
zero, or as NaN) pass back through it. Every statement about a loss is a question about paths in this graph.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.roles import is_mask

if TYPE_CHECKING:
    from chainrule.syntax import Block


class Gate:
    """Why an edge carries no (or zero) gradient, and the expression to blame.

    A gate without a cause marks what never carries gradient by design (an index, a condition).
    `raises`: backward raises here instead of leaving None.
    """

    __slots__ = ("at", "block", "cause", "note", "raises", "zero")

    def __init__(
        self,
        cause: Cause | None,
        block: Block,
        at: ast.AST,
        *,
        zero: bool = False,
        raises: bool = False,
        note: str = "",
    ) -> None:
        self.cause = cause
        self.block = block
        self.at = at
        self.zero = zero
        self.raises = raises
        self.note = note

    @property
    def is_doubtful(self) -> bool:
        """Whether it is one only if another value, `like` which this one becomes, holds integers."""
        return self.note.startswith("like ") and not is_mask(self.note[5:])


SATURATED = 1
"""A lower bound that is met only where a sigmoid or a softmax saturates."""
STOPPED = 2
"""A lower bound at which backward stops whatever comes back, as that of a relu does."""

LIMIT = 3
"""A lower bound that is only approached."""


class Interval:
    """Bounds of a value. `soft`: one of the above, or 0 for a lower bound that is simply met.

    `capped`: the upper one is met only by saturation.
    """

    __slots__ = ("capped", "high", "low", "soft")

    def __init__(self, low: float, high: float, soft: int = 0, capped: bool = False) -> None:
        self.low = low
        self.high = high
        self.soft = soft
        self.capped = capped


ANY = Interval(-math.inf, math.inf)


@dataclass(slots=True, eq=False)
class Source:
    """What should receive gradient; its name is completed when it is bound to one (`self.scale`).

    `role`: "prediction", "target", "parameter", "leaf", "callable" or "unknown"; see `core.roles`.
    """

    name: str
    role: str
    position: int = 0
    guessed: bool = False
    """Nothing but its place among the arguments says that it is a prediction."""
    stated: bool = False
    """The user says what it is."""
    fitted: bool = False
    """It is a setting by its name, and the loss is named after it: a temperature, a dual variable."""
    layer: bool = False
    """It stands for the parameters of a layer, which may be a teacher or a labeller as well."""
    held: bool = False
    """The layer is part of an object of an analysed class."""


class Storage:
    """The memory of a tensor and its views: counts in-place edits as autograd's version counter does.

    `state["version"]` is the counter, `state[n]` the place of the n-th edit.
    """

    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state: dict[object, Any] = {"version": 0}


class Saved(NamedTuple):
    """Memory that a node's backward reads, as it was when the node was made.

    `needed_by`: backward reads it only if gradient flows to this operand (None: in any case).
    """

    storage: Storage
    version: int
    needed_by: Node | None


Edge = tuple["Node", "Gate | None"]


class Node:
    """One value. `kind`: "tensor", "scalar" (a Python number) or "array" (numpy)."""

    __slots__ = ("at", "block", "bounds", "dtype", "edges", "kind", "op", "saved", "source", "tags")

    def __init__(
        self,
        op: str,
        block: Block,
        at: ast.AST,
        edges: tuple[Edge, ...] = (),
        kind: str = "tensor",
        dtype: str | None = None,
        bounds: Interval = ANY,
    ) -> None:
        self.op = op
        self.block = block
        self.at = at
        self.edges = edges
        self.kind = kind
        self.dtype = dtype
        self.bounds = bounds
        self.source: Source | None = None
        self.saved: tuple[Saved, ...] = ()
        self.tags: frozenset[str] = NO_TAGS

    @property
    def is_opaque(self) -> bool:
        """Whether it comes from code that was not followed: it may well require grad."""
        return not self.edges and self.op in ("call", "attribute", "name", "argument")

    @property
    def is_own_leaf(self) -> bool:
        """Whether it is a copy of a parameter that an optimiser trains for itself."""
        return self.op == "copy" and OPTIMISED in self.tags


OPTIMISED = "optimised"
"""The tag of what an optimizer is given: it starts there, wherever its value came from."""
NO_TAGS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hazard:
    """A place where the gradient through `node` can turn NaN or infinite.

    `operand`: whose gradient is spoiled (the argument of sqrt, log, …).
    """

    cause: Cause
    node: Node
    operand: Node
    block: Block
    at: ast.AST
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a value and is wrong whatever the loss does later."""

    cause: Cause
    block: Block
    at: ast.AST
    node: Node | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Backward:
    """`value.backward()` or a call that does the same. `retained`: the graph was kept.

    `gate`: why no gradient passes through the `.grad` that it leaves; None if it was made with create_graph.
    """

    node: Node
    block: Block
    at: ast.AST
    retained: bool
    gate: Gate | None


@dataclass(frozen=True, slots=True)
class Step:
    """`optimiser.step()`: the ids of the `sources` that it trains.

    `passes`: how many backward passes there were before it.
    """

    sources: frozenset[int]
    passes: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """`net.head = nn.Linear(8, 10)` where an optimiser was made for the `old` head of the network."""

    block: Block
    at: ast.AST
    old: tuple[Source, ...]
    new: tuple[Source, ...]


def walk(start: Node, onward: Callable[[Node], Iterable[Node]]) -> Iterator[Node]:
    """`start` and all that `onward` leads to from it, each once; its ways on are asked for after it."""
    seen: set[int] = set()
    pending = [start]
    while pending:
        current = pending.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            pending += onward(current)


def flowing_parents(node: Node) -> list[Node]:
    """The operands that the gradient of `node` goes on to."""
    return [parent for parent, gate in node.edges if gate is None]


def behind(node: Node) -> Iterator[Node]:
    """`node` and everything that gradient goes on to from it."""
    return walk(node, flowing_parents)


def leading_to(nodes: Iterable[Node], roles: frozenset[str], opaque: bool = False) -> set[int]:
    """Those of `nodes`, all that is behind one node, from which gradient goes on to a source of `roles`.

    `opaque`: or to what comes from code that was not followed, or is a copy that an optimiser trains.
    """
    made: dict[int, list[int]] = {}
    found: set[int] = set()
    pending: list[int] = []
    for node in nodes:
        if (node.source is not None and node.source.role in roles) or (
            opaque and (node.is_opaque or node.is_own_leaf)
        ):
            pending.append(id(node))
        for parent, gate in node.edges:
            if gate is None:
                made.setdefault(id(parent), []).append(id(node))
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending.extend(made.get(current, ()))
    return found
