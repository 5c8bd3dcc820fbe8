"""Terms of a loss that train what comes after a cut, and not what comes before it.

`task(h) + distortion(decoder(round(h)))`: the decoder learns from the second term, so that the term is not
dead; what makes `h` gets nothing from it, although other terms say that it is to learn.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source, behind, walk
from chainrule.flow.core.roles import MAY_LEARN, STRONG
from chainrule.flow.core.scalars import is_torch_loss
from chainrule.flow.core.titles import tells_fakes
from chainrule.flow.core.trace import Break, Graph, Trace, broken_at
from chainrule.flow.judgement.overruled import STOPS, Found
from chainrule.flow.judgement.raised import is_raised
from chainrule.flow.judgement.scored import is_scored
from chainrule.flow.judgement.stopped import Stopped, is_named_after
from chainrule.flow.judgement.ways import also_selects, is_cast_back, is_round_trip
from chainrule.flow.operations.contexts import INVERTED
from chainrule.flow.operations.copies import COPY

# What nobody does to stop a gradient.
_LOSES = frozenset(
    (
        Cause.ROUNDING,
        Cause.NUMPY,
        Cause.PYTHON_SCALAR,
        Cause.REBUILD,
        Cause.INTEGER_CAST,
        Cause.NONDIFFERENTIABLE,
        Cause.REWRAP,
        Cause.SAMPLING,
        Cause.COMPARISON,
        Cause.EXTERNAL,
        Cause.NEAREST,
    )
)
_ROUND_TRIP = frozenset((Cause.NUMPY, Cause.REBUILD))
_MISTAKES = frozenset(("state_dict", "written", INVERTED))
_SUMS = frozenset(("add", "sub", "iadd", "isub", "phi", "stack", "mean", "sum"))
_SCALES = frozenset(("mult", "div", "neg", "mul", "imult", "idiv"))
# What keeps a weight one.
_KEEPS_WEIGHT = frozenset(
    ("mean", "sum", "neg", "add", "sub", "squeeze", "phi", "iadd", "isub", "div", "mult")
)
_JOINS = frozenset(("matmul", "matmult", "linear", "einsum", "bmm", "conv1d", "conv2d"))


def starved_terms(trace: Trace, graph: Graph) -> Iterator[Break]:
    """The cuts within terms of a loss of sources that the rest of the loss trains."""
    if not graph.closed:
        return
    parts = summands(graph)
    told: dict[int, tuple[Graph, Found]] = {}
    for term in parts if len(parts) > 1 else ():
        below = Graph([term])
        if not below.closed or not graph.learns(term):
            continue
        for node in below.source_nodes:
            source = node.source
            if source is None or source.role not in STRONG or source.guessed or source.name.startswith("<"):
                continue
            if id(node) in below.flowing or id(node) not in graph.flowing:
                continue
            for gate, after, way in below.gates(node):
                if _is_fault(trace, source, gate, after, below, graph):
                    _, found = told.setdefault(id(gate.at), (below, (gate, after, way, [])))
                    if source not in found[3]:
                        found[3].append(source)
    for below, (gate, after, way, sources) in told.values():
        yield broken_at(below, gate, after, way, sources, note="term")


def summands(graph: Graph) -> list[Node]:
    """What a loss is the sum of, weighted or not; what is summed over a batch is taken apart too."""
    found: list[Node] = []
    seen: set[int] = set()
    pending = list(graph.losses)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        parents = [parent for parent, gate in node.edges if gate is None]
        alive = [parent for parent in parents if graph.learns(parent)]
        if node.op in _SUMS or (node.op in _SCALES and len(alive) == 1):
            pending.extend(parents)
        else:
            found.append(node)
    return found


def _is_fault(trace: Trace, source: Source, gate: Gate, after: Node, below: Graph, graph: Graph) -> bool:
    """Whether somebody waits for the gradient that `gate` keeps from `source` in one term."""
    if gate.cause in STOPS and is_round_trip(after, below):
        return _is_input(gate, after, below)
    if gate.cause in STOPS and gate.note not in _MISTAKES:
        # A stop-gradient before a layer that learns is meant more often than not.
        meant = tells_fakes(trace.root.name, source.name)
        stopped = Stopped(gate, after, below)
        told = is_named_after(trace.root.name, source.name) or stopped.is_a_mistake(trace.root)
        told = told or is_raised(gate, after, graph)
        return told and not meant and _is_input(gate, after, below)
    if gate.cause is Cause.INDEX:
        return _is_code(gate, after, below) and _is_input(gate, after, below)
    if gate.note == COPY or not (gate.cause in _LOSES or gate.note in _MISTAKES):
        return False
    if gate.is_doubtful and not is_cast_back(after, below):
        return False
    if gate.cause is Cause.SAMPLING and _is_chosen(after, graph):
        return False
    return _is_input(gate, after, below) and not _comes_from_elsewhere(gate, after)


def _goes_on(gate: Gate, later: Gate, current: Node, child: Node) -> bool:
    """Whether `later` belongs to the way that `gate` opens: to numpy and back, from an index to its row."""
    if gate.cause is Cause.INDEX:
        picks = "one-hot" in child.tags or child.op in ("Embedding", "embedding", "index", "select")
        return picks and current.dtype == "int"
    return later.cause in _ROUND_TRIP and (gate.cause in STOPS or gate.cause in _ROUND_TRIP)


def _is_code(gate: Gate, index: Node, below: Graph) -> bool:
    """Whether an index stands for the value that it is the place of, and nothing is passed straight through.

    `book(cdist(z, book.weight).argmin(1))`, `one_hot(logits.argmax(-1))`. Not where a layer scores what the
    index then picks, `h[net(h).argmax()]`: that is looked at, and not coded.
    """
    if any(each.cause in STOPS for each in below.closed) or _is_scored(below):
        return False
    used = below.children.get(id(index), ())
    if any("one-hot" in child.tags for child, _ in used):
        return True
    measured = {id(node) for parent, each in index.edges if each is gate for node in walk(parent, _compared)}
    return any(id(parent) in measured for child, _ in used for parent, each in child.edges if each is None)


def _compared(node: Node) -> list[Node]:
    """What a distance or a score is computed from, but for what goes through a layer first."""
    return [] if "module-call" in node.tags else [parent for parent, _ in node.edges]


def _is_chosen(sample: Node, graph: Graph) -> bool:
    """Whether a sample is an action, or an index: a score function trains what it was drawn from."""
    return also_selects(sample, graph) or is_scored(sample, graph)


def _is_scored(below: Graph) -> bool:
    return any(node.op == "log_prob" for node in below.reached.values())


def _comes_from_elsewhere(gate: Gate, after: Node) -> bool:
    """Whether what is cut was given by code that was not followed, which may count or choose something."""
    before = [parent for parent, each in after.edges if each is gate]
    return any(
        node.op == "call" and "module-call" not in node.tags for each in before for node in behind(each)
    )


def _is_input(gate: Gate, after: Node, below: Graph) -> bool:
    """Whether a value is what a term is computed from: not only its target, its weight or its mask."""
    roles = STRONG if _is_of_data(gate, after, below) else MAY_LEARN
    ends = {id(loss) for loss in below.losses}
    seen: set[tuple[int, bool]] = set()
    pending = [(after, False)]
    while pending:
        current, weighs = pending.pop()
        if (id(current), weighs) in seen:
            continue
        seen.add((id(current), weighs))
        if id(current) in ends and not weighs:
            return True
        for child, each in below.children.get(id(current), ()):
            if each is not None and each.at is not gate.at and not _goes_on(gate, each, current, child):
                continue
            learnt = [node for node, other in child.edges if node is not current and other is None]
            learnt = [node for node in learnt if below.has_source(node, roles)]
            if "module-call" in child.tags or child.op in _JOINS:
                if (learnt or not weighs) and id(child) in below.flowing:
                    return True
                pending.append((child, weighs))
            elif is_torch_loss(child) and learnt and child.edges[0][0] is not current:
                continue  # a target
            elif child.op in ("sub", "isub") and learnt:
                continue
            elif not weighs or child.op in _KEEPS_WEIGHT:
                scales = child.op in ("mult", "imult", "mul") and bool(learnt)
                divides = child.op in ("div", "idiv") and child.edges[0][0] is not current
                pending.append((child, weighs or scales or divides))
    return False


def _is_of_data(gate: Gate, after: Node, below: Graph) -> bool:
    """Whether a term trains nothing that certainly learns, by what a layer of the method's own object gives.

    Who runs the layers itself is given data, however it is called; a comparison makes a mask of anything.
    """
    if gate.cause is Cause.COMPARISON:
        return False
    before = Graph([parent for parent, each in after.edges if each is gate]).source_nodes
    own = any(node.source is not None and node.source.layer and node.source.held for node in before)
    flowing = (node.source for node in below.source_nodes if id(node) in below.flowing)
    return own and not any(source is not None and source.role in STRONG for source in flowing)
