"""From text to report: the one door to the static analysis.

The analysis is a pure function of the text (and of what the project's other files say): it never
raises, never runs user code, and keeps between two calls only what makes the second one faster.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.edits import normalise
from chainrule.examination import Options, examine, failure, still_holds
from chainrule.findings import FileError, Finding, FunctionVerdicts, Range, Report, Severity, Verdict
from chainrule.fixes.doubt import doubted
from chainrule.flow.core.program import Lookup, Module, Project, Use
from chainrule.flow.core.trace import Break, Root
from chainrule.flow.core.triggers import may_hold_tensors
from chainrule.flow.entry_points import may_hold_roots
from chainrule.memory import LATER, Memory, Outcome, Told
from chainrule.reporting import finding_of, finding_of_rewrite, verdicts_of
from chainrule.rules.rewrites import BY_CODE
from chainrule.syntax import parses, split_blocks

__all__ = ["Analyzer", "Options", "analyze"]

# What is examined again between two keystrokes, in steps: about 5 ms.
_AT_ONCE = 500
# What takes as long as one step apart from the runs: to parse and search so many characters.
_CHARACTERS = 30


class Analyzer:
    """Analyses texts, and remembers what did not change between two versions of one path."""

    def __init__(
        self, options: Options | None = None, project: Project | None = None, remember: bool = True
    ) -> None:
        """`remember`: keep what was found in unchanged blocks, for texts that are analysed again."""
        self.options = options or Options()
        self.project = project
        self.remember = remember
        self.consulted: frozenset[Lookup | Use] = frozenset()
        """What the last report depends on besides its text."""
        self._memory: dict[str, Memory] = {}
        self._unsettled: set[str] = set()

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
        consulted: set[Lookup | Use] = set()
        findings: dict[tuple[str, Range], Finding] = {}
        functions: list[FunctionVerdicts] = []
        errors: list[FileError] = []
        allowed = _AT_ONCE
        typing = not settle and bool(memory.edits)
        for block in module.blocks if may_hold_tensors(text) else ():
            if not may_hold_roots(module, block):
                continue
            known = memory.outcome(module, block)
            same = known is not None and known[1] and still_holds(known[0], module, project, typing, settle)
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
                outcome = examine(module, block, self.options, project, settle)
                if self.remember:
                    memory.keep(module, block, outcome)
            consulted |= outcome.consulted
            if project is not None and outcome.outside:
                consulted.update(each.use(module) for each in outcome.outside)
                if any(each.is_open for each in outcome.outside):
                    self._unsettled.add(path)
            told = outcome.told
            if outcome.waits:
                told = outcome.told = memory.moved(outcome)
            elif told is None or not told.still_holds(memory.places, module, not settle):
                told = outcome.told = _tell(outcome, module, memory.places, not settle)
            if told.file == LATER:
                self._unsettled.add(path)
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


def _tell(outcome: Outcome, module: Module, places: int, quick: bool) -> Told:
    """What is said of an outcome; a break in a block that was edited since is not told.

    Where it has to be `quick`, fixes that depend on more of the file than a block are left for later.
    """
    findings: list[tuple[Root, Break, Finding]] = []
    errors: list[FileError] = []
    reads_file = False
    for root, found in outcome.breaks:
        if id(found.block) not in module.alive:
            continue
        try:
            finding, of_file = finding_of(found, root, module, quick)
            findings.append((root, found, finding))
            reads_file = reads_file or of_file
        except Exception as error:  # a fault of ours must not hide the other findings
            errors.append(FileError(module.path, failure(root.name, error)))
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
        (LATER if quick else module.text) if reads_file else None,
    )


def _syntax_errors(module: Module) -> Iterator[FileError]:
    for block in module.blocks:
        if block.error is not None:
            line = (block.error.lineno or 1) + block.start
            yield FileError(module.path, f"line {line}: {block.error.msg}; the rest of the file is analysed")
