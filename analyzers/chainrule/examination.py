"""What running the functions of one block shows: breaks, verdicts and rewrites, in terms of its tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from chainrule.findings import Verdict
from chainrule.flow.by_default import settled_breaks
from chainrule.flow.by_turns import trained_by_turns, weighing
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.elsewhere import Inside
from chainrule.flow.core.figures import only_a_figure
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Module, Project
from chainrule.flow.core.roles import STRONG
from chainrule.flow.core.stated import KnownRoles, roles_from_calls, stated_in
from chainrule.flow.core.trace import Break, Graph, Root, Trace
from chainrule.flow.entry_points import function_faults, roots, text_of
from chainrule.flow.forgotten import forgotten_layers
from chainrule.flow.judgement.breaks import breaks, trains
from chainrule.flow.judgement.constant_branches import IF_ALONE
from chainrule.flow.judgement.doubtful import is_doubtful
from chainrule.flow.judgement.unlearned import layers_of
from chainrule.flow.outside import look_outside
from chainrule.flow.run import run
from chainrule.memory import Outcome
from chainrule.rules.rewrites import Rewrite, find_rewrites, may_rewrite
from chainrule.syntax import Block, parse_block

# Faults of a function whoever calls it: told in its own file only.
_OWN_FAULTS = frozenset((Cause.OVERWRITTEN, Cause.NON_LEAF, Cause.NO_GRAPH, Cause.CONSTANT_BRANCH))


@dataclass(frozen=True, slots=True)
class Options:
    """`verdicts`: report every function's sources, not only the breaks.

    `predictions` and `targets`: argument names whose role the user states.
    """

    verdicts: bool = False
    predictions: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


def examine(module: Module, block: Block, options: Options, project: Project | None, ask: bool) -> Outcome:
    """Run the roots of one block. Never raises.

    Not `ask`: what other files do with the block's classes is not read now.
    """
    outcome = Outcome()
    try:
        own = list(roots(module, block, options.verdicts, project))
        outcome.breaks.extend((_as_root(block), found) for found in function_faults(module, block))
    except Exception as error:
        outcome.errors.append(failure("<block>", error))
        return outcome
    examination = _Examination(module, options, project, ask, outcome)
    for root in own:
        try:
            examination.look_at(root)
        except Exception as error:  # a fault of ours in one function must not blind the rest
            outcome.errors.append(failure(root.name, error))
    try:
        examination.look_at_all(block)
    except Exception as error:
        outcome.errors.append(failure("<block>", error))
    if project is not None:
        outcome.consulted = project.consulted()
    return outcome


def still_holds(outcome: Outcome, module: Module, project: Project | None, typing: bool, ask: bool) -> bool:
    """Whether other files, and calls in this one, still say what an outcome comes from.

    While somebody is `typing`, the calls are not looked at: they may be others. `ask` as in `examine`.
    """
    if project is not None and not project.unchanged(outcome.consulted):
        return False
    if typing:
        return not (outcome.figures or outcome.roles or outcome.outside or outcome.given)
    if any(was.again(module, project, ask) != was for was in outcome.outside):
        return False
    if any(asked.answer(module) != was for asked, was in outcome.given):
        return False
    return all(only_a_figure(module, root, cut) == was for root, cut, was in outcome.figures) and all(
        roles_from_calls(module, root) == roles for root, roles in outcome.roles
    )


def failure(name: str, error: Exception) -> str:
    """What is said of a fault of ours."""
    return f"{name}: not analysed, chainrule failed with {type(error).__name__}: {error} (please report this)"


class _Examination:
    """The runs of one block's roots; what they show goes into `outcome`."""

    def __init__(
        self, module: Module, options: Options, project: Project | None, ask: bool, outcome: Outcome
    ) -> None:
        self._module = module
        self._options = options
        self._project = project
        self._ask = ask
        self._outcome = outcome
        self._training: list[Trace] = []
        self._weighed: list[tuple[Root, Break, Trace, frozenset[str]]] = []

    def look_at(self, root: Root) -> None:
        """Run one root."""
        module, outcome = self._module, self._outcome
        known = KnownRoles(self._stated(root), roles_from_calls(module, root))
        if root.kind is Kind.LOSS:
            outcome.roles.append((root, known.shown))
        trace = self._run(root, known)
        if cut := _cut_in(trace):
            figure = only_a_figure(module, root, cut)
            outcome.figures.append((root, cut, figure))
            if figure and root.kind is Kind.METRIC:
                return  # what is a loss by its sign only
            if figure:
                root = replace(root, kind=Kind.METRIC)
                trace = self._run(root, known)
        outcome.given.extend((asked, asked.answer(module)) for asked in trace.asked)
        settled = settled_breaks(trace, module, partial(self._run, root, known, by_default=True))
        told = [found for found in settled if _told_here(found, trace, module)]
        if any(each.note == IF_ALONE for each in told) and _is_called(module, root):
            told = [each for each in told if each.note != IF_ALONE]
        if not trains(trace):
            told = [each for each in told if not self._may_learn_outside(layers_of(each, trace), root)]
        told = [replace(each, doubtful=True) if is_doubtful(each, trace) else each for each in told]
        outcome.breaks.extend((root, found) for found in told)
        weighed = ((root, found, trace, weighing(found, trace)) for found in told)
        self._weighed.extend(each for each in weighed if each[-1])
        if root.elsewhere:
            return
        if self._options.verdicts:
            outcome.verdicts.append((root, list(_sources(trace, told))))
        if trains(trace):
            self._training.append(trace)
            if may_rewrite(_text_around(root)):
                outcome.rewrites.extend((root, code, rewrite) for code, rewrite in _rewrites(root, module))

    def look_at_all(self, block: Block) -> None:
        """Ask what no root of the block trains, or another one does, after each was looked at."""
        for root, found, trace, attributes in self._weighed:
            by_turns = trained_by_turns(attributes, trace, self._module, self._training)
            if by_turns or self._may_learn_outside(attributes, root):
                self._outcome.breaks.remove((root, found))
        for root, layer, found in forgotten_layers(self._module, block, self._training):
            if not self._may_learn_outside(frozenset((layer,)), root):
                doubtful = any(is_doubtful(found, each) for each in self._training if each.root is root)
                self._outcome.breaks.append((root, replace(found, doubtful=doubtful)))

    def _may_learn_outside(self, layers: frozenset[str], root: Root) -> bool:
        """Whether each of some layers, which a class does not train, may learn where its objects are used."""
        if not layers:
            return False
        outside = look_outside(layers, root, self._module, self._project, self._ask)
        self._outcome.outside.append(outside)
        return outside.may_teach

    def _stated(self, root: Root) -> dict[str, str]:
        """Roles of arguments in the user's own words: a comment in the function, else the configuration."""
        said = dict.fromkeys(self._options.targets, "target")
        said.update(dict.fromkeys(self._options.predictions, "prediction"))
        said.update(stated_in(text_of(root)))
        return said

    def _run(self, root: Root, known: KnownRoles, by_default: bool = False) -> Trace:
        """The trace of one root. Other files are looked at only for what trains something."""
        module, project = self._module, self._project
        if project is None or root.kind is not Kind.LOSS:
            alone = module if project is None else module.alone
            trace = run(alone, root, None, known, by_default)
            self._outcome.steps += trace.steps
            if project is None or not trains(trace):
                return trace
        trace = run(module, root, project, known, by_default)
        self._outcome.steps += trace.steps
        return trace


def _cut_in(trace: Trace) -> frozenset[str]:
    """The sources that get no gradient from a result, those that certainly are to where there are such."""
    if trace.backwards or not trains(trace):
        return frozenset()
    found = [source for each in breaks(trace) for source in each.sources]
    strong = [source for source in found if source.role in STRONG]
    return frozenset(source.name for source in strong or found)


def _told_here(found: Break, trace: Trace, module: Module) -> bool:
    """Whether a break is this file's to tell: one of its lines, or what a call in it does to its own values.

    What a function of another file does whoever calls it is told there; so is what it may do on some branch.
    """
    if trace.root.elsewhere and (
        isinstance(found.at, Inside) or found.verdict is Verdict.NONFINITE or found.cause in _OWN_FAULTS
    ):
        return False  # of an inherited method its own file tells, and what else its own methods do
    if isinstance(found.at, Inside):
        own = {id(node.source) for node in trace.arguments} | {
            id(s) for s in found.sources if s.role == "leaf"
        }
        partly = found.raises and not found.whole
        if found.verdict is Verdict.NONFINITE or found.cause in _OWN_FAULTS or partly:
            return False
        if not any(id(source) in own for source in found.sources):
            return False
    return id(found.block) in module.alive


def _is_called(module: Module, root: Root) -> bool:
    """Whether something of its file calls a function, or it is made to be called by its file alone."""
    name = root.name.rpartition(".")[2]
    calls = module.text.count(f"{name}(") - module.text.count(f"def {name}(")
    return calls > 0 or (name.startswith("_") and not name.startswith("__"))


def _text_around(root: Root) -> str:
    """The text in which a rewrite of a root can show: a method's class makes what it calls."""
    return text_of(root) if root.owner is None else root.block.text


def _rewrites(root: Root, module: Module) -> list[tuple[str, Rewrite]]:
    """The rewrites of a function. They follow from its own text, so they stay while its block does."""
    key = f"rewrites of {root.name}"
    known = root.block.notes.get(key)
    if not isinstance(known, list):
        scope = parse_block(root.block) if isinstance(root.node, ast.Module) else root.node
        known = list(find_rewrites(scope, module.names, root.block.text, root.owner))
        root.block.notes[key] = known
    return known


def _as_root(block: Block) -> Root:
    return Root(parse_block(block).body[0].name, block, ast.Module([], []), None, Kind.NEUTRAL)  # type: ignore[attr-defined]


def _sources(trace: Trace, told: list[Break]) -> Iterator[tuple[str, Verdict, list[Break]]]:
    """The verdict of each argument, with the breaks that make it so."""
    graph = Graph(trace.losses)
    for node in trace.arguments:
        if node.source is None:
            continue
        verdict = graph.verdict(node) if trace.complete else Verdict.UNKNOWN
        spoiled = [b for b in told if b.verdict is Verdict.NONFINITE and node.source in b.sources]
        if verdict is Verdict.FLOWS and spoiled:
            yield node.source.name, Verdict.NONFINITE, spoiled
        elif verdict in (Verdict.CUT, Verdict.ZERO):
            gates = [gate for gate, _, _ in graph.gates(node) if gate.cause is not None]
            made = [Break(g.cause, g.block, g.at, verdict, (node.source,)) for g in gates if g.cause]
            yield node.source.name, verdict, made
        else:
            yield node.source.name, verdict, []
