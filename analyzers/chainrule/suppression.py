"""Comments that silence findings: `# chainrule: ignore`, `# chainrule: ignore[CR106]`, `# noqa: CR106`.

A comment holds for findings that start or end on its line. A text without such comments costs one
substring search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from chainrule.edits import Lines
from chainrule.findings import Applicability, Edit, Finding, Fix, Position, Range, Report, Severity

UNUSED = "CR001"
UNUSED_NAME = "unused-suppression"

# Strings are matched only to step over them. An unclosed string ends with its line, an unclosed
# triple-quoted one with the text, so broken code cannot stop the search.
_TOKEN = re.compile(
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*(?:"|$)'
    r"|'(?:[^'\\\n]|\\.)*(?:'|$)"
    r"|(?P<comment>#[^\n]*)",
    re.DOTALL | re.MULTILINE,
)
_CODES = r"[A-Z]+[0-9]+(?:[ \t]*,[ \t]*[A-Z]+[0-9]+)*"
_OWN = re.compile(r"#[ \t]*chainrule:[ \t]*ignore(?![-\w])(?:[ \t]*\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)
# A `noqa` that names a code of ours, in folded text.
_NAMED = re.compile(r"noqa[^\n]*cr[a-z]*[0-9]")
_NOQA = re.compile(rf"#[ \t]*noqa(?![-\w])(?::[ \t]*(?P<codes>{_CODES}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. `codes` is empty when it silences every code; `own` when it is not a `noqa`."""

    range: Range
    codes: tuple[str, ...]
    own: bool

    @property
    def line(self) -> int:
        return self.range.start.line

    def covers(self, finding: Finding) -> bool:
        on_line = self.line in (finding.range.start.line, _last_line(finding.range))
        return on_line and (not self.codes or finding.code in self.codes)


def _last_line(range_: Range) -> int:
    """A range that ends before the first column of a line ends on the line before."""
    ends_before = range_.end.column == 1 and range_.end.line > range_.start.line
    return range_.end.line - 1 if ends_before else range_.end.line


def find(text: str, found: bool = True) -> tuple[Suppression, ...]:
    """The suppression comments of `text`, in order. Not `found`: only if one may be about `CR` codes or
    all of chainrule, since there is nothing in `text` that others could silence."""
    folded = text if text.isascii() and text.islower() else text.lower()
    silences = "noqa" in folded and (found or _NAMED.search(folded) is not None)
    return tuple(_find(text)) if silences or "chainrule:" in folded else ()


def _find(text: str) -> Iterator[Suppression]:
    line, counted = 1, 0
    for token in _TOKEN.finditer(text):
        if token["comment"] is None:
            continue
        for pattern in (_OWN, _NOQA):
            for match in pattern.finditer(token["comment"]):
                offset = token.start() + match.start()
                line, counted = line + text.count("\n", counted, offset), offset
                column = offset - text.rfind("\n", 0, offset)
                codes = tuple(re.findall(r"[A-Z]+[0-9]+", (match["codes"] or "").upper()))
                range_ = Range(Position(line, column), Position(line, column + len(match[0])))
                yield Suppression(range_, codes, own=pattern is _OWN)


def apply(report: Report, text: str, path: str) -> Report:
    """`report` without what comments in `text` silence, and with the comments that silence nothing."""
    comments = find(text, bool(report.findings))
    if not comments:
        return report
    kept: list[Finding] = []
    used: set[tuple[Suppression, str]] = set()
    for finding in report.findings:
        covering = [comment for comment in comments if comment.covers(finding)]
        used.update((comment, finding.code) for comment in covering)
        if not covering:
            kept.append(finding)
    lines = Lines(text)
    for comment in comments:
        if (unused := _unused(comment, {code for by, code in used if by == comment})) is not None:
            kept.append(_finding(comment, unused, lines, path))
    return replace(report, findings=tuple(kept))


def _unused(comment: Suppression, silenced: set[str]) -> tuple[str, ...] | None:
    """The codes that did nothing (empty: the whole comment did nothing), or None."""
    if comment.own and not comment.codes:
        return None if silenced else ()
    idle = tuple(code for code in comment.codes if code.startswith("CR") and code not in silenced)
    return idle or None


def _finding(comment: Suppression, idle: Iterable[str], lines: Lines, path: str) -> Finding:
    idle = tuple(idle)
    what = f"silences no {' or '.join(idle)}" if idle else "silences nothing"
    return Finding(
        code=UNUSED,
        name=UNUSED_NAME,
        severity=Severity.INFORMATION,
        path=path,
        range=comment.range,
        message=f"This comment {what}: there is no such finding on its line.",
        function="",
        fixes=(_removal(comment, idle, lines),),
    )


def _removal(comment: Suppression, idle: tuple[str, ...], lines: Lines) -> Fix:
    line = lines.line(comment.line)
    start, end = comment.range.start.column - 1, comment.range.end.column - 1
    remaining = [code for code in comment.codes if code not in idle]
    if remaining:
        old = line[start:end]
        head = old[: re.search(r"[\[:]\s*(?=[A-Z]+[0-9])", old, re.IGNORECASE).end()]  # type: ignore[union-attr]
        text = head + ", ".join(remaining) + ("]" if comment.own else "")
        return _fix(f"remove {', '.join(idle)} from the comment", comment.line, start, end, text)
    # What follows up to another comment is the reason for this one, and goes with it.
    following = line.find("#", end)
    if following < 0:
        return _fix("remove the comment", comment.line, len(line[:start].rstrip()), len(line), "")
    return _fix("remove the comment", comment.line, start, following, "")


def _fix(title: str, line: int, start: int, end: int, text: str) -> Fix:
    range_ = Range(Position(line, start + 1), Position(line, end + 1))
    return Fix(title, Applicability.SAFE, (Edit(range_, text),))
