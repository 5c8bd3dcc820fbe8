"""Findings as the protocol's diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from chainrule.findings import Finding, Position, Range, Severity, Verdict
from chainrule_server.client import Client
from chainrule_server.documents import Part, Source, uri_of
from chainrule_server.evidence import Shown
from chainrule_server.pages import Pages
from chainrule_server.text import END_OF_LINE, LineTable, Unit
from chainrule_server.wording import cut_message, edge_messages, trouble

SOURCE = "chainrule"

SEVERITY = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


def located(source: Source, finding: Finding) -> tuple[Part, types.Range] | None:
    """Where the client sees a finding; None for one that crosses notebook cells."""
    return source.to_client(finding.range)


def diagnostic(
    source: Source, finding: Finding, place: types.Range, client: Client, pages: Pages
) -> types.Diagnostic:
    """One finding, with no field that the client did not say it understands."""
    href = pages.uri(finding.code) if client.code_description else None
    return types.Diagnostic(
        range=place,
        message=finding.message,
        severity=SEVERITY[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(href) if href else None,
        source=SOURCE,
        tags=_tags(finding, client) or None,
        related_information=(_related(source, finding) or None) if client.related_information else None,
        data={
            "name": finding.name,
            "function": finding.function,
            "sources": list(finding.sources),
            "verdict": finding.verdict.value,
        },
    )


def _tags(finding: Finding, client: Client) -> list[types.DiagnosticTag]:
    """Grey out what has no effect on the loss; strike through what PyTorch deprecated."""
    tags = []
    if finding.verdict is Verdict.UNUSED:
        tags.append(types.DiagnosticTag.Unnecessary)
    if finding.code == "CR119":
        tags.append(types.DiagnosticTag.Deprecated)
    return [tag for tag in tags if tag in client.tags]


def _related(source: Source, finding: Finding) -> list[types.DiagnosticRelatedInformation]:
    """The steps of the gradient's path. Places in other files need no column table: the lines suffice."""
    steps = []
    for step in finding.related:
        if step.path == source.path or not step.path:
            placed = source.to_client(step.range)
            if placed is None:
                continue
            part, place = placed
            uri = part.uri
        else:
            uri, place = uri_of(step.path), LineTable("", Unit.UTF16).range_to_client(step.range)
        steps.append(types.DiagnosticRelatedInformation(types.Location(uri, place), step.message))
    return steps


def measured(
    source: Source, shown: Shown, findings: Iterable[Finding]
) -> Iterator[tuple[Part, types.Diagnostic]]:
    """What a run showed, as diagnostics; what a finding says of the same line is not said again."""
    evidence = shown.evidence
    said = {
        (line, finding.verdict)
        for finding in findings
        for line in range(finding.range.start.line, finding.range.end.line + 1)
    }
    top = shown.function.range.start.line
    found = [(cut.line, cut.column, cut.verdict, cut_message(cut)) for cut in evidence.cuts if not cut.path]
    for at, verdict, message in edge_messages(evidence):
        found.append((at or top, 1, verdict, message))
    if evidence.error and not evidence.cuts:
        found.append((top, 1, Verdict.CUT, f"Measured: {trouble(evidence)}"))
    for line, column, verdict, message in found:
        placed = source.to_client(Range(Position(line, column), Position(line, END_OF_LINE)))
        if placed is None or (line, verdict) in said:
            continue
        severity = Severity.ERROR if verdict is Verdict.CUT else Severity.WARNING
        yield (
            placed[0],
            types.Diagnostic(
                range=placed[1],
                message=message,
                severity=SEVERITY[severity],
                code="measured",
                source=SOURCE,
                data={"function": evidence.function, "verdict": verdict.value},
            ),
        )
