"""What the judgement of a cut looks at: the cut, and what is known of the run as a whole."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source
from chainrule.flow.core.roles import LEARNS, STRONG, WAITING, is_teacher
from chainrule.flow.core.trace import Graph, Place, Trace
from chainrule.flow.judgement.ways import is_cast_back, is_term


@dataclass(frozen=True, slots=True)
class Cut:
    """A source whose gradient ends at a gate; `behind` is the value on its other side, `way` leads there."""

    node: Node
    source: Source
    gate: Gate
    behind: Node
    way: list[Place]


@dataclass(frozen=True, slots=True)
class Scene:
    """A run and its graph.

    `whole`: nothing gets gradient. `trained`: something that is surely to learn gets some; `teacher`: so
    does a network called a frozen or averaged copy; `predictions`: so do these. `passed`: the ids of what
    goes into a backward pass of the run itself, None where it makes none.
    """

    trace: Trace
    graph: Graph
    whole: bool
    trained: bool
    teacher: bool
    predictions: tuple[str, ...]
    passed: Container[int] | None

    @classmethod
    def of(cls, trace: Trace, graph: Graph, whole: bool) -> Scene:
        flowing = [node.source for node in graph.source_nodes if node.source and id(node) in graph.flowing]
        return cls(
            trace,
            graph,
            whole,
            trained=any(source.role in STRONG for source in flowing),
            teacher=any(source.role in LEARNS and is_teacher(source.name) for source in flowing),
            predictions=tuple(
                source.name for source in flowing if source.role == "prediction" and not source.guessed
            ),
            passed=Graph([each.node for each in trace.backwards]).reached if trace.backwards else None,
        )

    def cuts(self) -> list[Cut]:
        """The cuts of sources that get no gradient, or at which backward raises although they would."""
        raising_gates = any(gate.raises or gate.cause is Cause.CREATE_GRAPH for gate in self.graph.closed)
        found: list[Cut] = []
        for node in self.graph.source_nodes:
            source = node.source
            if source is None or source.role not in WAITING or source.name.startswith("<"):
                continue
            flows = id(node) in self.graph.flowing
            if flows and not raising_gates:
                continue
            gates = [found for each in self.graph.gates(node) for found in cut_further(each, self.graph)]
            flows = flows or any(self._lets_pass(gate, behind) for gate, behind, _ in gates)
            for gate, behind, way in gates:
                if not flows or (source.role in STRONG and self._raises(gate, behind)):
                    found.append(Cut(node, source, gate, behind, way))
        return found

    def _lets_pass(self, gate: Gate, behind: Node) -> bool:
        """Whether gradient comes back to a cast like another value that nobody says to be of integers."""
        return gate.is_doubtful and id(behind) in self.graph.flowing and not is_cast_back(behind, self.graph)

    def _raises(self, gate: Gate, behind: Node) -> bool:
        """Whether backward raises at `gate` although gradient reaches the source another way."""
        if gate.raises and id(behind) in self.graph.flowing:
            return True
        return gate.cause is Cause.CREATE_GRAPH and is_term(behind, self.graph)


def cut_further(cut: tuple[Gate, Node, list[Place]], graph: Graph) -> list[tuple[Gate, Node, list[Place]]]:
    """`x.round().long()`: not even a zero gradient comes back to where it is rounded."""
    gate, behind, way = cut
    if gate.cause is not Cause.ROUNDING or id(behind) in graph.touched:
        return [cut]
    later = graph.gates(behind)
    if not later or any(each.cause is not Cause.INTEGER_CAST for each, _, _ in later):
        return [cut]
    return [(each, after, [*way, (gate.block, gate.at), *on]) for each, after, on in later]
