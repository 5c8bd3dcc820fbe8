"""`--format sarif`: SARIF 2.1.0 (OASIS), for code scanning services and editors' SARIF viewers.

The path of the gradient is a code flow of the result; a fix that could be applied is a SARIF fix.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chainrule import __version__
from chainrule.cli.runner import Checked
from chainrule.config import git_root
from chainrule.findings import FileError, Finding, Fix, Range, Severity
from chainrule.notebooks import split_cell_path

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def render(results: list[Checked], verdicts: bool) -> None:
    json.dump(document(results, git_root(Path.cwd()) or Path.cwd()), sys.stdout, indent=2)
    sys.stdout.write("\n")


def document(results: list[Checked], root: Path) -> dict[str, Any]:
    """The SARIF log of a run; places below `root` are given relative to it."""
    findings = [finding for result in results for finding in result.report.findings]
    errors = [error for result in results for error in result.report.errors]
    codes = sorted({(finding.code, finding.name) for finding in findings})
    index = {code: number for number, (code, _) in enumerate(codes)}
    run = {
        "tool": {
            "driver": {
                "name": "chainrule",
                "version": __version__,
                "rules": [{"id": code, "name": name} for code, name in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": root.as_uri() + "/"}},
        "invocations": [
            {
                "executionSuccessful": not any(result.crashed for result in results),
                "toolExecutionNotifications": [_notification(error, root) for error in errors],
            }
        ],
        "results": [_result(finding, index[finding.code], root) for finding in findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, rule: int, root: Path) -> dict[str, Any]:
    place = _location(finding.path, finding.range, root)
    steps = [
        {**_location(step.path, step.range, root), "message": {"text": step.message}}
        for step in finding.related
    ]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [place],
        "partialFingerprints": {"chainrule/v1": _fingerprint(finding)},
        "properties": {"sources": list(finding.sources), "verdict": finding.verdict.value},
    }
    if steps:
        locations = [{"location": step} for step in steps]
        result["relatedLocations"] = [{"id": number, **step} for number, step in enumerate(steps, 1)]
        result["codeFlows"] = [{"threadFlows": [{"locations": locations}]}]
    path, cell = split_cell_path(finding.path)
    fixes = [_fix(fix, path, root) for fix in finding.fixes if fix.edits]
    if fixes and cell is None:
        result["fixes"] = fixes
    return result


def _fix(fix: Fix, path: str, root: Path) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(edit.range), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    return {
        "description": {"text": f"{fix.title} ({fix.applicability.value})"},
        "artifactChanges": [{"artifactLocation": _artifact(path, root), "replacements": replacements}],
    }


def _location(path: str, range_: Range, root: Path) -> dict[str, Any]:
    """A notebook has no lines of its own that a reader knows: the cell is named instead."""
    file, cell = split_cell_path(path)
    physical: dict[str, Any] = {"artifactLocation": _artifact(file, root)}
    if cell is None:
        return {"physicalLocation": {**physical, "region": _region(range_)}}
    name = f"cell {cell}, line {range_.start.line}"
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": name}]}


def _region(range_: Range) -> dict[str, int]:
    return {
        "startLine": range_.start.line,
        "startColumn": range_.start.column,
        "endLine": range_.end.line,
        "endColumn": range_.end.column,
    }


def _artifact(path: str, root: Path) -> dict[str, str]:
    absolute = Path(os.path.abspath(path))
    if absolute.is_relative_to(root):
        return {"uri": quote(absolute.relative_to(root).as_posix()), "uriBaseId": _ROOT}
    return {"uri": absolute.as_uri()}


def _notification(error: FileError, root: Path) -> dict[str, Any]:
    location = {"physicalLocation": {"artifactLocation": _artifact(error.path, root)}}
    return {"level": "error", "message": {"text": error.message}, "locations": [location]}


def _fingerprint(finding: Finding) -> str:
    """What stays the same when the lines above a finding change."""
    text = "\0".join((finding.code, finding.function, *finding.sources, finding.message))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
