"""Of several cuts of the same sources, those to tell: the others were meant, or are nothing without them."""

from __future__ import annotations

import ast

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source
from chainrule.flow.core.roles import LEARNS, STRONG, role_of
from chainrule.flow.core.trace import Graph, Place
from chainrule.flow.judgement.scored import is_scored
from chainrule.flow.judgement.ways import (
    NEVER,
    also_selects,
    gates_after,
    is_converted,
    is_opposed,
    is_round_trip,
    only_scales,
    only_selects,
)
from chainrule.syntax import parse_block

# Ways to stop a gradient on purpose.
STOPS = frozenset((Cause.DETACH, Cause.NO_GRAD, Cause.VARIABLE))
# Ways to make labels or choices of a model's output.
LABELS = frozenset((Cause.INDEX, Cause.COMPARISON, Cause.DETACH, Cause.NO_GRAD))
Found = tuple[Gate, Node, list[Place], list[Source]]
"""A gate, the node behind it, the way there, and the sources that it cuts."""


def drop_initial(found: dict[tuple[int, str], Found], whole: bool) -> None:
    """Where it is not all that cuts, what `__init__` takes from a parameter is a value to start with."""
    initial = [key for key, (gate, *_) in found.items() if gate.cause in STOPS and is_in_constructor(gate)]
    if not whole or len(initial) < len(found):
        for key in initial:
            del found[key]


def is_in_constructor(gate: Gate) -> bool:
    """Whether a gate stands in the `__init__` of a class."""
    line = getattr(gate.at, "lineno", 0)
    return any(
        isinstance(method, ast.FunctionDef)
        and method.name == "__init__"
        and method.lineno <= line <= (method.end_lineno or line)
        for statement in parse_block(gate.block).body
        if isinstance(statement, ast.ClassDef)
        for method in statement.body
    )


def drop_opposed(found: dict[tuple[int, str], Found], passes: list[Graph]) -> None:
    """What one pass stops to tell fakes from what is real was meant, where another pass is at fault."""
    opposed: list[tuple[int, str]] = []
    for key, (gate, behind, _, _) in found.items():
        graphs = [graph for graph in passes if gate.cause in STOPS and id(behind) in graph.reached]
        if graphs and all(is_opposed(behind, graph) for graph in graphs):
            opposed.append(key)
    others = [source for key, (*_, sources) in found.items() if key not in opposed for source in sources]
    for key in opposed:
        if all(source in others for source in found[key][3]):
            del found[key]


def drop_stops(found: dict[tuple[int, str], Found], graph: Graph) -> None:
    """Where something else cuts the same sources, or a parameter, a stop-gradient beside it was meant.

    What becomes an array is no stop. A number that only scales what is cut elsewhere was meant as well.
    """
    stops = [
        key
        for key, (gate, behind, _, _) in found.items()
        if gate.cause in STOPS and not is_converted(behind, graph)
    ]
    cutting = {key: each for key, each in found.items() if key not in stops}
    learns = any(source.role in LEARNS for *_, sources in cutting.values() for source in sources)
    for key in stops:
        gate, behind, _, sources = found[key]
        # A branch that the stopped value decides as well is none to explain that nothing comes back.
        alone = gates_after(behind, graph, gate) == 0
        others = [
            source
            for each, *_, cut in cutting.values()
            if not alone or each.cause is not Cause.BRANCH
            for source in cut
        ]
        meant = learns and gate.note == ".detach()" and not any(s.role in LEARNS for s in sources)
        if meant or all(source in others for source in sources):
            del found[key]
    scales = [
        key
        for key, (gate, behind, _, _) in found.items()
        if gate.cause is Cause.PYTHON_SCALAR and only_scales(behind, graph)
    ]
    others = [
        source
        for key, each in found.items()
        if key not in scales and _reconnects(each, graph)
        for source in each[3]
    ]
    for key in scales:
        if all(source in others for source in found[key][3]):
            del found[key]


def drop_given(found: dict[tuple[int, str], Found], graph: Graph) -> None:
    """Where one value is detached for numpy and another is not, the other is data: numpy refuses what learns.

    It is left where its own name says that it is a prediction.
    """
    given = [
        key
        for key, (gate, *_, sources) in found.items()
        if gate.cause is Cause.NUMPY
        and all(role_of(s.name) != "prediction" and s.role not in LEARNS and not s.stated for s in sources)
    ]
    if any(
        gate.cause is Cause.DETACH and _goes_to_numpy(behind, graph) for gate, behind, *_ in found.values()
    ):
        for key in given:
            del found[key]


def _goes_to_numpy(stopped: Node, graph: Graph) -> bool:
    """Whether a stopped value becomes an array by itself: `x.detach().cpu().numpy()`, stopped for that."""
    pending = [stopped]
    while pending:
        for child, gate in graph.children.get(id(pending.pop()), ()):
            if len(child.edges) == 1 and gate is not None and gate.cause is Cause.NUMPY:
                return True
            if len(child.edges) == 1 and gate is None:
                pending.append(child)
    return False


def drop_scores(found: dict[tuple[int, str], Found], graph: Graph) -> None:
    """Where a score function is used, a sample has no gradient by design; something else cuts."""
    samples = [
        key
        for key, (gate, behind, _, _) in found.items()
        if gate.cause is Cause.SAMPLING and (is_scored(behind, graph) or also_selects(behind, graph))
    ]
    if len(samples) < len(found):
        for key in samples:
            del found[key]


def drop_overruled(found: dict[tuple[int, str], Found], graph: Graph) -> None:
    """Keep the breaks whose repair alone brings gradient back, where there are such.

    A choice by index or a stop-gradient on the way to a place where everything ends was meant.
    """
    strong = [key for key, (*_, sources) in found.items() if any(s.role in STRONG for s in sources)]
    if strong and not any(_reconnects(found[key], graph) for key in strong):
        # What a loss takes first is more than a network that is only asked, if one repair brings it back.
        first_taken = [
            key
            for key, each in found.items()
            if _reconnects(each, graph) and any(s.role == "unknown" and s.position == 0 for s in each[3])
        ]
        strong = first_taken or strong
    if strong:
        chosen = all(only_selects(found[key][1], graph) for key in strong)
        for key, (_, behind, _, sources) in list(found.items()):
            # What is chosen by a score ends further on, and not because of the choice.
            open_ = chosen and any(s.role == "unknown" for s in sources) and not gates_after(behind, graph)
            if key not in strong and not open_:
                del found[key]
    left = drop_further(found, graph)
    first = min(left.values(), default=NEVER)
    for key, (gate, _, _, _) in list(found.items()):
        if left[key] > first and gate.cause in LABELS:
            del found[key]


def _reconnects(found: Found, graph: Graph) -> bool:
    """Whether gradient comes back to the sources of a break if it alone is repaired."""
    gate, behind, _, _ = found
    if gate.cause in STOPS and _goes_to_numpy(behind, graph) and is_round_trip(behind, graph):
        return True  # there and back is one repair
    return gates_after(behind, graph, gate) == 0


def drop_further(found: dict[tuple[int, str], Found], graph: Graph) -> dict[tuple[int, str], int]:
    """Keep the breaks with the fewest others between them and the loss, of those of each source.

    How many others those are, for each that is kept or not.
    """
    left = {
        key: gates_after(behind, graph, gate) - (gate.cause in STOPS and is_converted(behind, graph))
        for key, (gate, behind, _, _) in found.items()
    }
    nearest: dict[int, int] = {}
    for key, (_, _, _, sources) in found.items():
        for source in sources:
            nearest[id(source)] = min(left[key], nearest.get(id(source), NEVER))
    for key, (_, _, _, sources) in list(found.items()):
        learning = [source for source in sources if source.role in STRONG]
        if all(nearest[id(source)] < left[key] for source in learning or sources):
            del found[key]
    return left
