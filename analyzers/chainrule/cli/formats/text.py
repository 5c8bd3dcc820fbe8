"""`--format text`: for people. Every finding with its source and the path of the gradient in it."""

from __future__ import annotations

import sys
from collections import Counter

from chainrule.cli.formats.excerpt import excerpt
from chainrule.cli.formats.texts import Texts
from chainrule.cli.runner import Checked
from chainrule.cli.terminal import Style, plural, printable
from chainrule.findings import Applicability, Finding, Fix, FunctionVerdicts, Severity, Verdict

_COLOURS = {
    Severity.ERROR: "1;31",
    Severity.WARNING: "1;33",
    Severity.INFORMATION: "1;36",
    Severity.HINT: "1;34",
}
_VERDICT_COLOURS = {Verdict.FLOWS: "32", Verdict.CUT: "31", Verdict.ZERO: "33", Verdict.NONFINITE: "33"}
_LABELS = {Severity.INFORMATION: "info"}


def render(results: list[Checked], verdicts: bool) -> None:
    style = Style.of(sys.stdout)
    write = sys.stdout.write
    for result in results:
        texts = Texts(dict(result.texts))
        for finding in result.report.findings:
            write(_finding(finding, texts, style) + "\n\n")
    for result in results:
        for error in result.report.errors:
            write(f"{style.paint('1', error.path)}: {style.paint('1;31', 'error')}: {error.message}\n\n")
    if verdicts:
        for result in results:
            for function in result.report.functions:
                write(_function(function, style) + "\n")
        write("\n")
    write(_summary(results, style) + "\n")


def _finding(finding: Finding, texts: Texts, style: Style) -> str:
    start = finding.range.start
    colour = _COLOURS[finding.severity]
    label = _LABELS.get(finding.severity, finding.severity.value)
    place = style.paint("1", f"{finding.path}:{start.line}:{start.column}")
    head = f"{place}: {style.paint(colour, f'{label}[{finding.code}]')} {printable(finding.message)}"
    lines = [head, *excerpt(finding, texts, style, colour)]
    lines += [_fix(fix, style) for fix in finding.fixes]
    return "\n".join(lines)


def _fix(fix: Fix, style: Style) -> str:
    notes = {
        Applicability.SAFE: "--fix",
        Applicability.UNSAFE: "--fix --unsafe-fixes",
        Applicability.DISPLAY: "by hand",
    }
    note = notes[fix.applicability]
    if fix.reason:
        note += f": {fix.reason}"
    return f"  {style.paint('1;32', 'fix')}: {printable(fix.title)} {style.paint('2', f'({note})')}"


def _function(function: FunctionVerdicts, style: Style) -> str:
    kind = " (loss)" if function.loss else ""
    sources = []
    for source in function.sources:
        verdict = style.paint(_VERDICT_COLOURS.get(source.verdict, "2"), source.verdict.value)
        breaks = ", ".join(f"{at.code} in line {at.line}" for at in source.breaks)
        sources.append(f"{source.name} {verdict}" + (f" ({breaks})" if breaks else ""))
    place = style.paint("1", f"{function.path}:{function.range.start.line}")
    return f"{place}: {function.qualname}{kind}: {', '.join(sources) or 'no sources'}"


def _summary(results: list[Checked], style: Style) -> str:
    findings = [finding for result in results for finding in result.report.findings]
    errors = sum(len(result.report.errors) for result in results)
    fixed = sum(result.fixed for result in results)
    parts = []
    counts = Counter(finding.severity for finding in findings)
    found = [
        style.paint(_COLOURS[severity], plural(counts[severity], noun))
        for severity, noun in (
            (Severity.ERROR, "error"),
            (Severity.WARNING, "warning"),
            (Severity.INFORMATION, "suggestion"),
            (Severity.HINT, "hint"),
        )
        if counts[severity]
    ]
    files = plural(len(results), "file")
    if found:
        in_files = sum(1 for result in results if result.report.findings)
        parts.append(f"{_and(found)} in {in_files} of {files}")
    elif results:
        parts.append(f"{style.paint('1;32', 'no findings')} in {files}")
    else:
        parts.append("no files checked")
    if fixed:
        parts.append(f"{plural(fixed, 'fix')} made")
    if safe := _fixable(findings, Applicability.SAFE):
        parts.append(f"{safe} fixable with --fix")
    if unsafe := _fixable(findings, Applicability.UNSAFE):
        parts.append(f"{unsafe} with --fix --unsafe-fixes")
    if errors:
        parts.append(style.paint("1;31", f"{plural(errors, 'problem')} while checking"))
    return "; ".join(parts)


def _fixable(findings: list[Finding], applicability: Applicability) -> int:
    """How many findings have such a fix as their best."""

    def best(finding: Finding) -> Applicability | None:
        offered = {fix.applicability for fix in finding.fixes if fix.edits}
        return next((a for a in (Applicability.SAFE, Applicability.UNSAFE) if a in offered), None)

    return sum(1 for finding in findings if best(finding) is applicability)


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
