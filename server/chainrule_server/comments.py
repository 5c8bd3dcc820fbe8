"""The comments that speak to chainrule: one silences a finding on its line, one says how to call a loss."""

from __future__ import annotations

import re

from chainrule.findings import Edit, Finding, FunctionVerdicts, Position, Range

_IGNORE = re.compile(r"#[ \t]*chainrule:[ \t]*ignore[ \t]*\[(?P<codes>[^\]]*)\]")


def ignore_edit(text: str, finding: Finding) -> Edit | None:
    """Add `# chainrule: ignore[CODE]` to the line of the finding, or the code to the comment that is there.

    None where a comment cannot stand: a line that a backslash continues.
    """
    lines = text.split("\n")
    number = finding.range.start.line
    if not 1 <= number <= len(lines):
        return None
    line = lines[number - 1]
    if line.endswith("\\"):
        return None
    if found := _IGNORE.search(line):
        at = Position(number, found.end("codes") + 1)
        codes = found["codes"].strip()
        return Edit(Range(at, at), f", {finding.code}" if codes else finding.code)
    end = len(line.rstrip())
    place = Range(Position(number, end + 1), Position(number, len(line) + 1))
    return Edit(place, f"  # chainrule: ignore[{finding.code}]")


def inputs_edit(text: str, function: FunctionVerdicts, comment: str) -> Edit:
    """Put `comment` (`# chainrule: inputs …`) above a function and its decorators, at their indentation."""
    lines = text.split("\n")
    number = function.range.start.line
    while number > 1 and lines[number - 2].lstrip().startswith("@"):
        number -= 1
    line = lines[number - 1]
    indent = line[: len(line) - len(line.lstrip())]
    at = Position(number, 1)
    return Edit(Range(at, at), f"{indent}{comment}\n")
