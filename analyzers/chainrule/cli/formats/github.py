"""`--format github`: workflow commands, which GitHub shows as annotations on the lines of a change."""

from __future__ import annotations

import sys

from chainrule.cli.runner import Checked
from chainrule.findings import FileError, Finding, Severity
from chainrule.notebooks import split_cell_path

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def render(results: list[Checked], verdicts: bool) -> None:
    for result in results:
        for finding in result.report.findings:
            sys.stdout.write(_annotation(finding))
        for error in result.report.errors:
            sys.stdout.write(_error(error))


def _annotation(finding: Finding) -> str:
    path, cell = split_cell_path(finding.path)
    start, end = finding.range.start, finding.range.end
    properties = {"title": f"chainrule {finding.code}", "file": path}
    if cell is None:
        properties |= {"line": str(start.line), "endLine": str(end.line)}
        if start.line == end.line:
            # GitHub takes columns only within one line, and counts the last one in.
            properties |= {"col": str(start.column), "endColumn": str(max(start.column, end.column - 1))}
    place = f"{finding.path}:{start.line}:{start.column}"
    steps = [
        f"{number}. {step.path}:{step.range.start.line}: {step.message}"
        for number, step in enumerate(finding.related, 1)
    ]
    text = "\n".join([f"{place}: {finding.code} {finding.message}", *steps])
    return _command(_LEVELS[finding.severity], properties, text)


def _error(error: FileError) -> str:
    return _command("error", {"title": "chainrule", "file": error.path}, f"{error.path}: {error.message}")


def _command(level: str, properties: dict[str, str], text: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
