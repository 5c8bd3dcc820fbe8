"""What one run of a root showed, and the questions that can be asked of it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chainrule.findings import Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.given import Asked
from chainrule.flow.core.graph import (
    Backward,
    Event,
    Exchange,
    Gate,
    Hazard,
    Node,
    Source,
    Step,
    behind,
    leading_to,
)
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.roles import MAY_LEARN
from chainrule.flow.core.switches import Switches
from chainrule.flow.core.values import Default
from chainrule.syntax import Block

Place = tuple[Block, ast.AST]
# What makes a yes or no of a tensor for an `if`.
_ASKED = frozenset((Cause.COMPARISON, Cause.PYTHON_SCALAR))
# Causes whose gates say themselves what happens.
_EXPLAINED = frozenset(
    (Cause.FUNCTION_BACKWARD, Cause.FUNCTION_CALL, Cause.FUNCTION_GRADIENTS, Cause.FUNCTION_GRAD_MODE)
)


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """A function (or the module's own statements) that is run on its own. `name` is its qualified name."""

    name: str
    block: Block
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module
    owner: ast.ClassDef | None
    kind: Kind
    outer: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    """The function that defines and returns it."""
    elsewhere: bool = False
    """`node` stands in another file: a method that `owner`, which `block` defines, inherits."""


REENTRANT = "reentrant"
"""The note of what a checkpoint does not record."""
CUT_BEFORE = "cut before"
"""The note of a new leaf whose value had lost its graph before it was copied."""
CUT_AGAIN = "cut again"
"""The note of a stop-gradient after which only indices are taken."""
STARTS = "starts"
"""The note of a branch that a parameter takes as it starts, and in which it has no part."""
REFUSED = "refused"
"""The note of a flag that is assigned to a result with its graph, which autograd refuses."""


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    """An expression at which a verdict stops being `flows`.

    `whole`: no source of the loss gets gradient. `path`: from the source to the break, then to the loss.
    """

    cause: Cause
    block: Block
    at: ast.AST
    verdict: Verdict
    sources: tuple[Source, ...]
    note: str = ""
    whole: bool = False
    raises: bool = False
    path: tuple[Place, ...] = ()
    defaults: tuple[Default, ...] = ()
    """The settings under whose defaults it is so."""
    doubtful: bool = False
    """It may be meant: another gate is in the way of its sources too, or is enough to explain the loss."""


@dataclass(slots=True, eq=False)
class Trace:
    """The graph of one root. `losses`: the nodes that are returned as, or used as, its loss."""

    root: Root
    losses: list[Node]
    events: list[Event] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    backwards: list[Backward] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    complete: bool = True
    arguments: list[Node] = field(default_factory=list)
    """The nodes of the root's own parameters that may be sources, in order."""
    taken: list[Step] = field(default_factory=list)
    """The steps that optimisers took, in order."""
    optimised: frozenset[int] = frozenset()
    """The ids of the sources that an optimiser was made for, as far as the run made any."""
    exchanged: list[Exchange] = field(default_factory=list)
    """The parameters that came in place of those which an optimiser was made for."""
    switches: Switches = field(default_factory=Switches)
    """The calls that switch gradients off and on."""
    settings: list[tuple[Block, ast.AST, tuple[Default, ...]]] = field(default_factory=list)
    """What settings decided, which have these defaults."""
    steps: int = 0
    """The expressions that were evaluated."""
    asked: list[Asked] = field(default_factory=list)
    """What the calls of the file were asked for."""


class Graph:
    """Reachability in the graph below some loss nodes."""

    def __init__(self, losses: Iterable[Node]) -> None:
        self.losses = list(losses)
        self._leading: dict[tuple[frozenset[str], bool], set[int]] = {}

    @cached_property
    def reached(self) -> dict[int, Node]:
        """Every node that went into the losses, through any edge."""
        found: dict[int, Node] = {}
        pending = list(self.losses)
        while pending:
            node = pending.pop()
            if id(node) not in found:
                found[id(node)] = node
                pending += [parent for parent, _ in node.edges]
        return found

    @cached_property
    def flowing(self) -> set[int]:
        """The nodes that gradient reaches from the losses."""
        return self._open(lambda gate: gate is None)

    @cached_property
    def touched(self) -> set[int]:
        """The nodes that gradient or a zero gradient reaches."""
        return self._open(lambda gate: gate is None or gate.zero)

    def _open(self, passes: Callable[[Gate | None], bool]) -> set[int]:
        seen: set[int] = set()
        pending = list(self.losses)
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            pending += [parent for parent, gate in node.edges if passes(gate)]
        return seen

    @cached_property
    def children(self) -> dict[int, list[tuple[Node, Gate | None]]]:
        """For each reached node, the reached nodes made from it."""
        made: dict[int, list[tuple[Node, Gate | None]]] = defaultdict(list)
        for node in self.reached.values():
            for parent, gate in node.edges:
                made[id(parent)].append((node, gate))
        return made

    @cached_property
    def closed(self) -> list[Gate]:
        """The gates between reached nodes that have a cause, in no order."""
        edges = (edge for node in self.reached.values() for edge in node.edges)
        return [gate for _, gate in edges if gate is not None and gate.cause is not None]

    @cached_property
    def source_nodes(self) -> list[Node]:
        return [node for node in self.reached.values() if node.source is not None]

    def verdict(self, node: Node) -> Verdict:
        """What `node` (a source) gets from the losses."""
        if id(node) not in self.reached:
            return Verdict.UNUSED
        if id(node) in self.flowing:
            return Verdict.FLOWS
        if id(node) in self.touched:
            return Verdict.ZERO
        if not self.gates(node):
            return Verdict.UNUSED
        return Verdict.CUT

    def gates(self, node: Node) -> list[tuple[Gate, Node, list[Place]]]:
        """The first gates on the ways from `node` to the losses, with the node behind and the way there."""
        found: list[tuple[Gate, Node, list[Place]]] = []
        before: dict[int, Node | None] = {id(node): None}
        pending = [node]
        for current in pending:
            for child, gate in self.children.get(id(current), ()):
                if gate is not None and gate.cause is not None:
                    found.append((self._branch(gate, child) or gate, child, _way_to(current, before)))
                if (gate is None or gate.is_doubtful) and id(child) not in before:
                    before[id(child)] = current
                    pending.append(child)
        return found

    def _branch(self, gate: Gate, behind: Node) -> Gate | None:
        """The branch that the value behind `gate` decides, if it does nothing else."""
        if gate.cause not in _ASKED:
            return None
        branch: Gate | None = None
        seen: set[int] = set()
        pending = [behind]
        while pending:
            current = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            used = self.children.get(id(current), ())
            if not used:
                return None
            for child, each in used:
                if each is not None and each.cause is Cause.BRANCH:
                    branch = branch or each
                elif each is None or each.cause in _ASKED:
                    pending.append(child)
                else:
                    return None
        return branch

    def way_out(self, node: Node) -> list[Place]:
        """Places from `node` on to a loss."""
        ends = {id(loss) for loss in self.losses}
        seen = {id(node)}
        pending: list[tuple[Node, list[Place]]] = [(node, [])]
        while pending:
            current, way = pending.pop(0)
            if id(current) in ends:
                return way
            for child, _ in self.children.get(id(current), ()):
                if id(child) not in seen:
                    seen.add(id(child))
                    pending.append((child, [*way, (child.block, child.at)]))
        return []

    def has_source(self, node: Node, roles: frozenset[str]) -> bool:
        """Whether gradient that reaches `node` goes on to a source of one of `roles`."""
        if id(node) not in self.reached:
            return any(each.source is not None and each.source.role in roles for each in behind(node))
        return id(node) in self._leads(roles, False)

    def learns(self, node: Node) -> bool:
        """Whether gradient that reaches the reached `node` may train something."""
        return id(node) in self._leads(MAY_LEARN, True)

    def _leads(self, roles: frozenset[str], opaque: bool) -> set[int]:
        leading = self._leading.get((roles, opaque))
        if leading is None:
            leading = self._leading[roles, opaque] = leading_to(self.reached.values(), roles, opaque)
        return leading


def _way_to(node: Node, before: Mapping[int, Node | None]) -> list[Place]:
    """The places on the way to `node`; `before` has the node before each, None for the first."""
    way: list[Place] = []
    current: Node | None = node
    while current is not None and (last := before[id(current)]) is not None:
        if current.op not in ("phi", "write"):
            way.append((current.block, current.at))
        current = last
    way.reverse()
    return way


def broken_at(
    graph: Graph,
    gate: Gate,
    behind: Node,
    way: Sequence[Place],
    sources: Iterable[Source],
    note: str | None = None,
    whole: bool = False,
) -> Break:
    """The break at a gate with a cause: `way` leads from the sources there, `behind` is the node after it."""
    assert gate.cause is not None
    return Break(
        gate.cause,
        gate.block,
        gate.at,
        # Where nothing comes back to the gate, no zero goes on from it either.
        Verdict.ZERO if gate.zero and id(behind) in graph.touched else Verdict.CUT,
        tuple(sources),
        gate.note if note is None or gate.cause in _EXPLAINED else note,
        whole,
        gate.raises,
        (*way, (gate.block, gate.at), *graph.way_out(behind)),
    )
