"""Layers that a class makes and never trains: whatever its methods compute, their gradient is stopped.

One stop-gradient in one method is no fault, since another method may train what it stops. Here all methods of
a class are asked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chainrule.flow.core.causes import Cause
from chainrule.flow.core.graph import Gate, Node, Source, walk
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Module
from chainrule.flow.core.roles import STRONG, is_teacher
from chainrule.flow.core.trace import CUT_AGAIN, Break, Graph, Root, Trace, broken_at
from chainrule.flow.core.words import words
from chainrule.flow.entry_points import roots, text_of
from chainrule.flow.judgement.moved import is_moved
from chainrule.flow.judgement.ways import is_coefficient, is_opposed, is_target, only_selects
from chainrule.flow.operations.contexts import INVERTED
from chainrule.flow.run import run
from chainrule.gradient_facts import lookup
from chainrule.syntax import Block

_TRAINED = re.compile(r"self\.(\w+)\.parameters\(")
# A loop over the parameters of a layer writes into them or freezes them.
_LOOP = re.compile(r"^\s*(?:async )?for\s[^\n]*", re.MULTILINE)
_STOPS = frozenset((Cause.DETACH, Cause.NO_GRAD))
# What a loss is called after that trains one of two networks: the other has a loss of its own.
_HALVES = frozenset("actor policy critic generator gen discriminator disc".split())
# Beside which a stop-gradient still is the reason: a choice that needs no gradient.
_ENDS = _STOPS | {Cause.COMPARISON, Cause.INDEX, Cause.BRANCH}


def forgotten_layers(
    module: Module, block: Block, traces: Sequence[Trace]
) -> Iterator[tuple[Root, str, Break]]:
    """Layers that nothing in their class trains, by attribute, and the breaks at what stops them.

    `traces`: those of the block's functions that train something.
    """
    for trace in traces:
        if trace.root.kind is Kind.METRIC or trace.root.owner is None:
            continue
        graph = Graph(trace.losses)
        stopped: dict[str, Break] = {}
        alive = {_attribute(n.source) for n in graph.source_nodes if n.source and id(n) in graph.flowing}
        for node in graph.source_nodes:
            source = node.source
            if source is None or id(node) in graph.flowing or not _is_own_layer(source):
                continue
            gates = graph.gates(node)
            if any(_ends(gate, behind, graph) for gate, behind, _ in gates):
                continue  # something else ends the way, and what is stopped beside it may be meant so
            # What comes back to the loss but for the stop is the reason, before a choice without a graph.
            for gate, behind, way in sorted(gates, key=lambda each: not _way_back(each[0], each[1], graph)):
                stops = gate.cause in _STOPS and gate.note not in ("written", ".data")
                if stops and _way_back(gate, behind, graph, *(_ENDS - _STOPS), None):
                    # A choice that is made without a graph may be meant to train nothing.
                    chooses = gate.cause is not Cause.DETACH and only_selects(behind, graph)
                    meant = is_coefficient(behind, graph) or is_target(behind, graph) or _freezes(gate)
                    meant = meant or is_moved(gate, behind, graph)
                    if not (chooses or meant or is_opposed(behind, graph)):
                        again = gate.cause is Cause.DETACH and not _way_back(gate, behind, graph)
                        note = CUT_AGAIN if again else None
                        found = broken_at(graph, gate, behind, way, (source,), note=note)
                        part = _attribute(source)
                        part = _path(source) if part in alive else part
                        first = stopped.setdefault(part, found)
                        if first.at is found.at and source not in first.sources:
                            stopped[part] = replace(first, sources=(*first.sources, source))
        for attribute, found in stopped.items():
            if _is_other_half(trace.root, attribute):
                continue
            if any(_is_handled(module.text, part) for part in attribute.split(".")):
                continue
            if flows(attribute, traces):
                continue
            inner = _learns_nothing(trace, graph) and not _is_named(trace.root.owner.name, module, block)
            if flows(attribute, others(module, block, f"self.{attribute.partition('.')[0]}", inner)):
                continue
            yield trace.root, attribute, found


def _is_other_half(root: Root, attribute: str) -> bool:
    """`actor_loss`: whether a method is called after a network, and the layer is not."""
    halves = _HALVES.intersection(words(root.name.rpartition(".")[2]))
    return bool(halves) and halves.isdisjoint(words(attribute))


def _freezes(gate: Gate) -> bool:
    """`set_grad_enabled(not self.freeze)`: a flag says that the layer is not to be trained now."""
    flag = ast.unparse(gate.at) if isinstance(gate.at, ast.Call) and gate.at.args else ""
    return gate.note != INVERTED and ("freez" in flag or "frozen" in flag)


def _ends(gate: Gate, behind: Node, graph: Graph) -> bool:
    """Whether a gate that stops nothing on purpose is why a source gets no gradient, or may be."""
    if gate.cause is None or gate.cause in _STOPS or gate.cause is Cause.BRANCH:
        return False
    return gate.cause not in _ENDS or _way_back(gate, behind, graph)


def _way_back(gate: Gate, behind: Node, graph: Graph, *through: Cause | None) -> bool:
    """Whether gradient would come back to a stop if it and its kind were none, nor gates of these causes."""
    losses = {id(loss) for loss in graph.losses}

    def onward(node: Node) -> Iterator[Node]:
        for child, later in graph.children.get(id(node), ()):
            if later is None or later.cause is gate.cause or later.cause in through:
                yield child

    return any(id(node) in losses for node in walk(behind, onward))


def _learns_nothing(trace: Trace, graph: Graph) -> bool:
    """Whether a method that is called a loss gives gradient to nothing that certainly learns."""
    return trace.root.kind is Kind.LOSS and not any(
        node.source is not None and node.source.role in STRONG and id(node) in graph.flowing
        for node in graph.source_nodes
    )


def _is_named(owner: str, module: Module, block: Block) -> bool:
    """Whether a file does something with the class `owner` outside of it."""
    return any(re.search(rf"\b{owner}\b", each.text) for each in module.blocks if each is not block)


def others(module: Module, block: Block, word: str, inner: bool) -> Iterator[Trace]:
    """What the methods that say `word` show; whether they train anything or not.

    Not what only other methods of the class call: those are asked themselves. `inner`: `forward` too is there
    for the class's own loss, where that calls it.
    """
    for root in roots(module, block):
        name = root.name.rpartition(".")[2]
        helps = f"self.{name}(" in block.text and name not in ("forward", "__call__")
        helps |= inner and name == "forward" and re.search(r"\bself(\.forward)?\(", block.text) is not None
        if word not in text_of(root) or name == "__init__" or (helps and not _is_used(name, module, block)):
            continue
        yield run(module.alone, root)


def _is_used(method: str, module: Module, block: Block) -> bool:
    """Whether a file calls a method of a class outside of it."""
    return any(f".{method}(" in each.text for each in module.blocks if each is not block)


def _is_own_layer(source: Source) -> bool:
    own = source.role == "parameter" and source.name.startswith("self.")
    return own and (source.layer or source.name.count(".") == 1) and not is_teacher(source.name)


def _attribute(source: Source) -> str:
    return source.name.split(".")[1] if "." in source.name else ""


def _path(source: Source) -> str:
    """The way to a layer from the object that holds it, `model.encoder`, or to a parameter of one's own."""
    path = source.name.split(".")[1:]
    return ".".join(path[:-1] if source.layer and len(path) > 1 else path)


def _is_handled(text: str, attribute: str) -> bool:
    """Whether a file does something to a layer as a whole: freezes it, copies or writes into it."""
    name = re.escape(attribute)
    whole = rf"\b{name}\.(?:state_dict|load_state_dict|requires_grad_|eval)\b"
    one_by_one = rf"(?:\bin\b|\bzip\()[^\n]*\b{name}\.(?:named_)?parameters\b"
    written = rf"\b{name}\.(?:\w+\.)*data\b(?!\.\w+_\()|\b{name}(?:\[[^\n]*\])?\s*[-+*/]="
    made = rf"\b{name}\s*=[^\n]*\.(?:requires_grad_|eval|load_state_dict|from_pretrained)\("
    if re.search(f"{whole}|{one_by_one}|{written}|{made}", text) is not None or _is_left_out(text, name):
        return True
    return not all(map(starts, re.findall(rf"\b{name}\.(?:\w+\.)*([a-z_]+_)\(", text)))


def starts(method: str) -> bool:
    """Whether a method gives a layer its first values: `weight.data.normal_()` keeps and copies nothing."""
    operator = lookup(f"Tensor.{method}")
    return operator is not None and "input" in operator.zero and method != "copy_"


def _is_left_out(text: str, name: str) -> bool:
    """Whether a class says which of its layers are trained, and this is none of them."""
    trained = _TRAINED.findall(_LOOP.sub("", text))
    return bool(trained) and name not in trained


def flows(attribute: str, traces: Iterable[Trace]) -> bool:
    """Whether gradient from what any of the methods gives reaches the layer."""
    for trace in traces:
        graph = Graph(trace.losses)
        for node in graph.source_nodes:
            source = node.source
            own = source is not None and f"{source.name}.".startswith(f"self.{attribute}.")
            if own and id(node) in graph.flowing:
                return True
    return False
