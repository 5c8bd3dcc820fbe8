"""From text to report: the one door to the static analysis.

The analysis is a pure function of the text (and of what the project's other files say): it never
raises, never runs user code, and keeps between two calls only what makes the second one faster.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from chainrule.edits import normalise
from chainrule.findings import FileError, Finding, FunctionVerdicts, Range, Report, Severity, Verdict
from chainrule.fixes.doubt import doubted
from chainrule.flow.by_default import settled_breaks
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.elsewhere import Inside
from chainrule.flow.core.figures import only_a_figure
from chainrule.flow.core.kinds import Kind
from chainrule.flow.core.program import Lookup, Module, Project
from chainrule.flow.core.stated import KnownRoles, roles_from_calls, stated_in
from chainrule.flow.core.trace import Break, Graph, Root, Trace
from chainrule.flow.core.triggers import may_hold_tensors
from chainrule.flow.entry_points import function_faults, may_hold_roots, roots, text_of
from chainrule.flow.forgotten import forgotten_layers
from chainrule.flow.judgement.breaks import trains
from chainrule.flow.judgement.doubtful import is_doubtful
from chainrule.flow.judgement.unlearned import layers_of, read_outside
from chainrule.flow.run import run
from chainrule.memory import Memory, Outcome, Told
from chainrule.reporting import finding_of, finding_of_rewrite, verdicts_of
from chainrule.rules.rewrites import BY_CODE, Rewrite, find_rewrites, may_rewrite
from chainrule.syntax import Block, parse_block, parses, split_blocks

# What is examined again between two keystrokes, in steps: about 5 ms.
_AT_ONCE = 500
# What takes as long as one step apart from the runs: to parse and search so many characters.
_CHARACTERS = 30
# Faults of a function whoever calls it: told in its own file only.
_OWN_FAULTS = frozenset((Cause.OVERWRITTEN, Cause.NON_LEAF, Cause.CONSTANT_BRANCH))


@dataclass(frozen=True, slots=True)
class Options:
    """`verdicts`: report every function's sources, not only the breaks.

    `predictions` and `targets`: argument names whose role the user states.
    """

    verdicts: bool = False
    predictions: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


class Analyzer:
    """Analyses texts, and remembers what did not change between two versions of one path."""

    def __init__(
        self, options: Options | None = None, project: Project | None = None, remember: bool = True
    ) -> None:
        """`remember`: keep what was found in unchanged blocks, for texts that are analysed again."""
        self.options = options or Options()
        self.project = project
        self.remember = remember
        self.consulted: frozenset[Lookup] = frozenset()
        """What the last report depends on besides its text."""
        self._memory: dict[str, Memory] = {}
        self._unsettled: set[str] = set()
        self._steps = 0

    def analyze(self, text: str, path: str = "<string>", settle: bool = True) -> Report:
        """Everything chainrule has to say about `text`. Never raises.

        Not `settle`: functions whose own text is unchanged keep what was said about them, although something
        that they call has changed. So do the unedited lines of a block that takes long to examine, or that no
        longer parses. `unsettled` then says so. For the time between two keystrokes.
        """
        self._unsettled.discard(path)
        text = normalise(text)
        memory = self._memory.setdefault(path, Memory()) if self.remember else Memory()
        project = self.project
        package = "" if project is None else project.package_of(path)
        module = Module(text, path, package, memory.blocks(split_blocks(text)))
        if project is not None:
            project.begin(module)
        if self.remember:
            memory.begin(module)
        consulted: set[Lookup] = set()
        findings: dict[tuple[str, Range], Finding] = {}
        functions: list[FunctionVerdicts] = []
        errors: list[FileError] = []
        allowed = _AT_ONCE
        typing = not settle and bool(memory.edits)
        for block in module.blocks if may_hold_tensors(text) else ():
            if not may_hold_roots(module, block):
                continue
            known = memory.outcome(module, block)
            same = known is not None and known[1] and self._unchanged_elsewhere(known[0], module, typing)
            earlier = None if settle else memory.earlier(block)
            allowed -= 0 if earlier is None else earlier.steps + len(block.text) // _CHARACTERS
            if known is not None and (same or not settle):
                outcome = known[0]
                if not same:
                    self._unsettled.add(path)
            elif earlier is not None and (allowed < 0 or not parses(block)):
                outcome = memory.put_off(module, block, earlier)
                self._unsettled.add(path)
            else:
                outcome = self._examine(module, block)
                if project is not None:
                    outcome.consulted = project.consulted()
                if self.remember:
                    memory.keep(module, block, outcome)
            consulted |= outcome.consulted
            told = outcome.told
            if outcome.waits:
                told = outcome.told = memory.moved(outcome)
            elif told is None or told.places != memory.places or not told.about <= module.alive:
                told = outcome.told = _tell(outcome, module, memory.places)
            outcome.version = memory.version
            for finding in told.findings:
                known_as = findings.setdefault((finding.code, finding.range), finding)
                if _is_term_of_both(known_as, finding):
                    findings[finding.code, finding.range] = finding
            for code, finding in told.rewrites:
                if all((other, finding.range) not in findings for other in BY_CODE[code].told_by):
                    findings.setdefault((finding.code, finding.range), finding)
            functions.extend(told.functions)
            errors.extend(told.errors)
        self.consulted = frozenset(consulted)
        errors.extend(_syntax_errors(module))
        module.forget_values()
        ordered = sorted(findings.values(), key=lambda f: (f.range, f.code))
        return Report(tuple(ordered), tuple(functions), tuple(errors))

    def unsettled(self, path: str) -> bool:
        """Whether the last report of `path` left functions out that have to be looked at again."""
        return path in self._unsettled

    def forget(self, path: str) -> None:
        """Drop what is remembered of `path` (its document was closed)."""
        self._memory.pop(path, None)

    def _examine(self, module: Module, block: Block) -> Outcome:
        """Run the roots of one block."""
        outcome = Outcome()
        try:
            own = list(roots(module, block, self.options.verdicts, self.project))
            outcome.breaks.extend((_as_root(block), found) for found in function_faults(module, block))
        except Exception as error:
            return Outcome(errors=[_internal(module, "<block>", error).message])
        training: list[Trace] = []
        self._steps = 0
        for root in own:
            try:
                if root.kind is Kind.NEUTRAL:
                    figure = only_a_figure(module, root)
                    outcome.figures.append((root, figure))
                    root = replace(root, kind=Kind.METRIC) if figure else root
                known = KnownRoles(self._stated(root), roles_from_calls(module, root))
                if root.kind is Kind.LOSS:
                    outcome.roles.append((root, known.shown))
                trace = self._run(module, root, known)
                outcome.given.extend((asked, asked.answer(module)) for asked in trace.asked)
                by_default = partial(self._run, module, root, known, by_default=True)
                settled = settled_breaks(trace, module, by_default)
                told = [found for found in settled if _told_here(found, trace, module)]
                told = _of_no_use_outside(told, trace, module, outcome)
                told = [replace(each, doubtful=True) if is_doubtful(each, trace) else each for each in told]
                outcome.breaks.extend((root, found) for found in told)
                if root.elsewhere:
                    continue
                if self.options.verdicts:
                    outcome.verdicts.append((root, list(_sources(trace, told))))
                if trains(trace):
                    training.append(trace)
                    if may_rewrite(_text_around(root)):
                        outcome.rewrites.extend(
                            (root, code, rewrite) for code, rewrite in _rewrites(root, module)
                        )
            except Exception as error:  # a fault of ours in one function must not blind the rest
                outcome.errors.append(_internal(module, root.name, error).message)
        try:
            outcome.breaks.extend(forgotten_layers(module, block, training))
        except Exception as error:
            outcome.errors.append(_internal(module, "<block>", error).message)
        outcome.steps = self._steps
        return outcome

    def _unchanged_elsewhere(self, outcome: Outcome, module: Module, typing: bool) -> bool:
        """Whether other files, and calls in this one, still say what an outcome comes from.

        While somebody is `typing`, the calls are not looked at: they may be others.
        """
        if self.project is not None and not self.project.unchanged(outcome.consulted):
            return False
        if typing:
            return not (outcome.figures or outcome.roles or outcome.outside or outcome.given)
        if any(read_outside(layers, root, module) != was for root, layers, was in outcome.outside):
            return False
        if any(asked.answer(module) != was for asked, was in outcome.given):
            return False
        return all(only_a_figure(module, root) == was for root, was in outcome.figures) and all(
            roles_from_calls(module, root) == roles for root, roles in outcome.roles
        )

    def _stated(self, root: Root) -> dict[str, str]:
        """Roles of arguments in the user's own words: a comment in the function, else the configuration."""
        said = dict.fromkeys(self.options.targets, "target")
        said.update(dict.fromkeys(self.options.predictions, "prediction"))
        said.update(stated_in(text_of(root)))
        return said

    def _run(self, module: Module, root: Root, known: KnownRoles, by_default: bool = False) -> Trace:
        """The trace of one root. Other files are looked at only for what trains something."""
        if self.project is None or root.kind is not Kind.LOSS:
            alone = module if self.project is None else module.alone
            trace = run(alone, root, None, known, by_default)
            self._steps += trace.steps
            if self.project is None or not trains(trace):
                return trace
        trace = run(module, root, self.project, known, by_default)
        self._steps += trace.steps
        return trace


def _is_term_of_both(told: Finding, other: Finding) -> bool:
    """Whether what is an error in a helper gives, in the loss that calls it, one term of several nothing."""
    return (
        told.severity is Severity.ERROR
        and other.severity is Severity.WARNING
        and told.verdict is other.verdict is Verdict.CUT
        and told.function != other.function
    )


def analyze(text: str, path: str = "<string>", options: Options | None = None) -> Report:
    """One text, once."""
    return Analyzer(options).analyze(text, path)


def _tell(outcome: Outcome, module: Module, places: int) -> Told:
    """What is said of an outcome; a break in a block that was edited since is not told."""
    findings: list[tuple[Root, Break, Finding]] = []
    errors: list[FileError] = []
    for root, found in outcome.breaks:
        if id(found.block) not in module.alive:
            continue
        try:
            findings.append((root, found, finding_of(found, root, module)))
        except Exception as error:  # a fault of ours must not hide the other findings
            errors.append(_internal(module, root.name, error))
    errors.extend(FileError(module.path, message) for message in outcome.errors)
    return Told(
        places,
        frozenset(map(id, outcome.blocks())) & module.alive,
        tuple(doubted(findings)),
        tuple(
            (code, finding_of_rewrite(code, rewrite, root, module))
            for root, code, rewrite in outcome.rewrites
        ),
        tuple(verdicts_of(root, sources, module) for root, sources in outcome.verdicts),
        tuple(errors),
    )


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


def _of_no_use_outside(told: list[Break], trace: Trace, module: Module, outcome: Outcome) -> list[Break]:
    """Without the breaks of layers that a network's output can't train, and that the file uses elsewhere."""
    if trains(trace):
        return told
    kept: list[Break] = []
    for found in told:
        layers = layers_of(found, trace)
        outside = read_outside(layers, trace.root, module)
        if layers:
            outcome.outside.append((trace.root, layers, outside))
        if not layers or outside != layers:
            kept.append(found)
    return kept


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


def _internal(module: Module, name: str, error: Exception) -> FileError:
    text = f"{name}: not analysed, chainrule failed with {type(error).__name__}: {error} (please report this)"
    return FileError(module.path, text)


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


def _syntax_errors(module: Module) -> Iterator[FileError]:
    for block in module.blocks:
        if block.error is not None:
            line = (block.error.lineno or 1) + block.start
            yield FileError(module.path, f"line {line}: {block.error.msg}; the rest of the file is analysed")
