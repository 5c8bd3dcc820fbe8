"""All safe fixes of a text at once, as few edits."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

from chainrule.findings import Applicability, Edit, Position, Range, Report
from chainrule_server.text import split_lines

SAFE = frozenset({Applicability.SAFE})


def has_safe_fix(report: Report) -> bool:
    return any(
        fix.edits and fix.applicability in SAFE for finding in report.findings for fix in finding.fixes
    )


def fix_all_edits(text: str, path: str, analyze: Callable[[str, str], Report]) -> list[Edit]:
    """The edits that make every safe fix of `text`, round after round until none is left."""
    from chainrule.fixing import fix_all
    from chainrule.sources import SourceFile

    fixed = fix_all(SourceFile(path, text), lambda document: analyze(document.text, path), SAFE)
    return difference(text, fixed.document.text)


def difference(before: str, after: str) -> list[Edit]:
    """Edits of whole lines that turn one text into the other; what is the same stays untouched.

    Both texts end their lines with line feeds.
    """
    old, new = split_lines(before), split_lines(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Edit(Range(Position(i + 1, 1), Position(j + 1, 1)), "".join(new[k:m]))
        for tag, i, j, k, m in matcher.get_opcodes()
        if tag != "equal"
    ]
