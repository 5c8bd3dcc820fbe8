"""From text to report: the one door to the static analysis.

The analysis is a pure function of the text (and of what the project's other files say): it never
raises, never runs user code, and keeps between two calls only what makes the second one faster.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.findings import (
    BreakAt,
    FileError,
    Finding,
    FunctionVerdicts,
    Position,
    Range,
    Related,
    Report,
    SourceVerdict,
    Verdict,
)
from chainrule.flow.breaks import breaks
from chainrule.flow.program import Module, Project
from chainrule.flow.roles import Kind
from chainrule.flow.run import MODULE, roots, run
from chainrule.flow.trace import Break, Graph, Trace
from chainrule.rules import rule_for
from chainrule.syntax import Block, range_of


@dataclass(frozen=True, slots=True)
class Options:
    """`verdicts`: report every function's sources, not only the breaks."""

    verdicts: bool = False


class Analyzer:
    """Analyses texts, and remembers what did not change between two versions of one path."""

    def __init__(self, options: Options | None = None, project: Project | None = None) -> None:
        self.options = options or Options()
        self.project = project

    def analyze(self, text: str, path: str = "<string>") -> Report:
        """Everything chainrule has to say about `text`. Never raises."""
        module = Module(text, path)
        findings: dict[tuple[str, Range], Finding] = {}
        functions: list[FunctionVerdicts] = []
        if _may_hold_tensors(text):
            for root in roots(module):
                trace = run(module, root, self.project)
                told = [found for found in breaks(trace) if _in_module(found.block, module)]
                for found in told:
                    finding = _finding(found, trace, module)
                    findings.setdefault((finding.code, finding.range), finding)
                if self.options.verdicts:
                    functions.append(_verdicts(trace, told, module))
        errors = tuple(_syntax_errors(module))
        ordered = sorted(findings.values(), key=lambda f: (f.range, f.code))
        return Report(tuple(ordered), tuple(functions), errors)

    def forget(self, path: str) -> None:
        """Drop what is remembered of `path` (its document was closed)."""


def analyze(text: str, path: str = "<string>", options: Options | None = None) -> Report:
    """One text, once."""
    return Analyzer(options).analyze(text, path)


_TENSOR_METHOD = re.compile(r"\.(?:detach|backward|softmax|sqrt|pow|clamp|unsqueeze|item|sum|mean|requires_grad)\(")


def _may_hold_tensors(text: str) -> bool:
    """Whether a file has to do with torch: it says so, or computes with tensors that it is given."""
    if "torch" in text:
        return True
    return "numpy" not in text and _TENSOR_METHOD.search(text) is not None


def _in_module(block: Block, module: Module) -> bool:
    return any(each is block for each in module.blocks)


def _range(block: Block, at: ast.AST) -> Range:
    lines = block.notes.get("lines")
    if not isinstance(lines, list):
        lines = block.text.split("\n")
        block.notes["lines"] = lines
    if isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        start = Position(at.lineno + block.start, at.col_offset + 1)
        return Range(start, Position(start.line, start.column + len(lines[at.lineno - 1]) - at.col_offset))
    return range_of(at, lines, block.start)


def _finding(found: Break, trace: Trace, module: Module) -> Finding:
    rule = rule_for(found.cause)
    names = tuple(dict.fromkeys(s.name for s in found.sources if not s.name.startswith("<")))
    return Finding(
        rule.code,
        rule.name,
        rule.severity,
        module.path,
        _range(found.block, found.at),
        rule.message(found),
        trace.root.name,
        names,
        found.verdict,
        tuple(_related(found, module)),
    )


def _related(found: Break, module: Module) -> Iterable[Related]:
    where = _range(found.block, found.at)
    seen = {where.start.line}
    after = False
    for block, at in found.path:
        if at is found.at:
            after = True
            continue
        if not _in_module(block, module) or not hasattr(at, "lineno"):
            continue
        place = _range(block, at)
        if place.start.line in seen:
            continue
        seen.add(place.start.line)
        text = "on to the loss" if after else "the value comes through here"
        yield Related(module.path, place, text)
        if len(seen) > 6:
            return


def _verdicts(trace: Trace, told: list[Break], module: Module) -> FunctionVerdicts:
    root = trace.root
    graph = Graph(trace.losses)
    sources: list[SourceVerdict] = []
    for node in trace.arguments:
        if node.source is None:
            continue
        verdict = graph.verdict(node) if trace.complete else Verdict.UNKNOWN
        spoiled = [b for b in told if b.verdict is Verdict.NONFINITE and node.source in b.sources]
        if verdict is Verdict.FLOWS and spoiled:
            verdict = Verdict.NONFINITE
        places: list[BreakAt] = []
        if verdict in (Verdict.CUT, Verdict.ZERO):
            places = [
                BreakAt(_range(gate.block, gate.at).start.line, rule_for(gate.cause).code)
                for gate, _, _ in graph.gates(node)
                if gate.cause is not None
            ]
        sources.append(SourceVerdict(node.source.name, verdict, tuple(places)))
    if isinstance(root.node, ast.Module):
        last = module.text.count("\n") + 1
        return FunctionVerdicts(
            module.path, MODULE, Range(Position(1, 1), Position(last, 1)), True, tuple(sources)
        )
    where = range_of(root.node, root.block.text.split("\n"), root.block.start)
    return FunctionVerdicts(module.path, root.name, where, root.kind is Kind.LOSS, tuple(sources))


def _syntax_errors(module: Module) -> Iterable[FileError]:
    for block in module.blocks:
        if block.error is not None:
            line = (block.error.lineno or 1) + block.start
            yield FileError(module.path, f"line {line}: {block.error.msg}; the rest of the file is analysed")
