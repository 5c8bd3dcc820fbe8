"""From text to report: the one door to the static analysis.

The analysis is a pure function of the text (and of what the project's other files say): it never
raises, never runs user code, and keeps between two calls only what makes the second one faster.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.edits import normalise
from chainrule.findings import FileError, Finding, FunctionVerdicts, Range, Report, Verdict
from chainrule.flow.breaks import breaks
from chainrule.flow.program import Module, Project
from chainrule.flow.roles import Kind
from chainrule.flow.run import function_faults, roots, run
from chainrule.flow.trace import Break, Graph, Root, Trace
from chainrule.memory import Memory, Outcome
from chainrule.reporting import finding_of, finding_of_rewrite, verdicts_of
from chainrule.rules.rewrites import find_rewrites
from chainrule.syntax import Block, parse_block, split_blocks

_TENSOR_METHOD = re.compile(
    r"\.(?:detach|backward|softmax|sqrt|pow|clamp|unsqueeze|item|sum|mean|requires_grad)\("
)


@dataclass(frozen=True, slots=True)
class Options:
    """`verdicts`: report every function's sources, not only the breaks."""

    verdicts: bool = False


class Analyzer:
    """Analyses texts, and remembers what did not change between two versions of one path."""

    def __init__(self, options: Options | None = None, project: Project | None = None) -> None:
        self.options = options or Options()
        self.project = project
        self._memory: dict[str, Memory] = {}

    def analyze(self, text: str, path: str = "<string>") -> Report:
        """Everything chainrule has to say about `text`. Never raises."""
        text = normalise(text)
        memory = self._memory.setdefault(path, Memory())
        module = Module(text, path, blocks=memory.blocks(split_blocks(text)))
        findings: dict[tuple[str, Range], Finding] = {}
        functions: list[FunctionVerdicts] = []
        errors: list[FileError] = []
        for block in module.blocks if _may_hold_tensors(text) else ():
            outcome = memory.outcome(module, block)
            if outcome is None:
                outcome = self._examine(module, block)
                memory.keep(module, block, outcome)
            for root, found in outcome.breaks:
                try:
                    finding = finding_of(found, root, module)
                except Exception as error:  # a fault of ours must not hide the other findings
                    errors.append(_internal(module, root.name, error))
                    continue
                findings.setdefault((finding.code, finding.range), finding)
            for root, code, rewrite in outcome.rewrites:
                finding = finding_of_rewrite(code, rewrite, root, module)
                findings.setdefault((finding.code, finding.range), finding)
            functions.extend(verdicts_of(root, sources, module) for root, sources in outcome.verdicts)
            errors.extend(FileError(path, message) for message in outcome.errors)
        errors.extend(_syntax_errors(module))
        ordered = sorted(findings.values(), key=lambda f: (f.range, f.code))
        return Report(tuple(ordered), tuple(functions), tuple(errors))

    def forget(self, path: str) -> None:
        """Drop what is remembered of `path` (its document was closed)."""
        self._memory.pop(path, None)

    def _examine(self, module: Module, block: Block) -> Outcome:
        """Run the roots of one block."""
        outcome = Outcome()
        try:
            own = list(roots(module, block, self.options.verdicts))
            outcome.breaks.extend((_as_root(block), found) for found in function_faults(module, block))
        except Exception as error:
            return Outcome(errors=[_internal(module, "<block>", error).message])
        for root in own:
            try:
                trace = run(module, root, self.project)
                told = [found for found in breaks(trace) if any(each is found.block for each in module.blocks)]
                outcome.breaks.extend((root, found) for found in told)
                if self.options.verdicts:
                    outcome.verdicts.append((root, list(_sources(trace, told))))
                if root.kind is not Kind.METRIC:
                    scope = parse_block(block) if isinstance(root.node, ast.Module) else root.node
                    for code, rewrite in find_rewrites(scope, module.names, block.text):
                        outcome.rewrites.append((root, code, rewrite))
            except Exception as error:  # a fault of ours in one function must not blind the rest
                outcome.errors.append(_internal(module, root.name, error).message)
        return outcome


def analyze(text: str, path: str = "<string>", options: Options | None = None) -> Report:
    """One text, once."""
    return Analyzer(options).analyze(text, path)


def _may_hold_tensors(text: str) -> bool:
    """Whether a file has to do with torch: it says so, or computes with tensors that it is given."""
    if "torch" in text:
        return True
    return "numpy" not in text and _TENSOR_METHOD.search(text) is not None


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
