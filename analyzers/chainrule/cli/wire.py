"""Reports as JSON values, and back."""

from __future__ import annotations

from typing import Any

from chainrule.findings import (
    Applicability,
    BreakAt,
    Edit,
    FileError,
    Finding,
    Fix,
    FunctionVerdicts,
    Position,
    Range,
    Related,
    Report,
    Severity,
    SourceVerdict,
    Verdict,
)

Json = dict[str, Any]


def encode_report(report: Report) -> Json:
    return {
        "findings": [encode_finding(finding) for finding in report.findings],
        "functions": [encode_function(function) for function in report.functions],
        "errors": [{"path": error.path, "message": error.message} for error in report.errors],
    }


def encode_finding(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "path": finding.path,
        "range": encode_range(finding.range),
        "message": finding.message,
        "function": finding.function,
        "sources": list(finding.sources),
        "verdict": finding.verdict.value,
        "related": [
            {"path": step.path, "range": encode_range(step.range), "message": step.message}
            for step in finding.related
        ],
        "fixes": [_encode_fix(fix) for fix in finding.fixes],
    }


def encode_function(function: FunctionVerdicts) -> Json:
    return {
        "path": function.path,
        "qualname": function.qualname,
        "range": encode_range(function.range),
        "loss": function.loss,
        "sources": [
            {
                "name": source.name,
                "verdict": source.verdict.value,
                "breaks": [{"line": at.line, "code": at.code} for at in source.breaks],
            }
            for source in function.sources
        ],
    }


def encode_range(range_: Range) -> Json:
    return {
        "start": {"line": range_.start.line, "column": range_.start.column},
        "end": {"line": range_.end.line, "column": range_.end.column},
    }


def _encode_fix(fix: Fix) -> Json:
    edits = [{"range": encode_range(edit.range), "text": edit.text} for edit in fix.edits]
    value: Json = {"title": fix.title, "applicability": fix.applicability.value, "edits": edits}
    return {**value, "reason": fix.reason} if fix.reason else value


def decode_report(value: Json) -> Report:
    """The inverse of `encode_report`. Raises KeyError, TypeError or ValueError for anything else."""
    return Report(
        findings=tuple(_decode_finding(item) for item in value["findings"]),
        functions=tuple(_decode_function(item) for item in value["functions"]),
        errors=tuple(FileError(item["path"], item["message"]) for item in value["errors"]),
    )


def _decode_finding(value: Json) -> Finding:
    return Finding(
        code=value["code"],
        name=value["name"],
        severity=Severity(value["severity"]),
        path=value["path"],
        range=_decode_range(value["range"]),
        message=value["message"],
        function=value["function"],
        sources=tuple(value["sources"]),
        verdict=Verdict(value["verdict"]),
        related=tuple(
            Related(step["path"], _decode_range(step["range"]), step["message"]) for step in value["related"]
        ),
        fixes=tuple(_decode_fix(fix) for fix in value["fixes"]),
    )


def _decode_fix(value: Json) -> Fix:
    edits = tuple(Edit(_decode_range(edit["range"]), edit["text"]) for edit in value["edits"])
    return Fix(value["title"], Applicability(value["applicability"]), edits, value.get("reason", ""))


def _decode_function(value: Json) -> FunctionVerdicts:
    sources = tuple(
        SourceVerdict(
            source["name"],
            Verdict(source["verdict"]),
            tuple(BreakAt(at["line"], at["code"]) for at in source["breaks"]),
        )
        for source in value["sources"]
    )
    return FunctionVerdicts(
        value["path"], value["qualname"], _decode_range(value["range"]), value["loss"], sources
    )


def _decode_range(value: Json) -> Range:
    start, end = value["start"], value["end"]
    return Range(Position(start["line"], start["column"]), Position(end["line"], end["column"]))
