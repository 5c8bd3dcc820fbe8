"""Applying fixes until nothing is left to apply, and the patch that says what changed."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from chainrule import edits as text_edits
from chainrule.cli.terminal import plural
from chainrule.config import git_root
from chainrule.findings import Applicability, Edit, Finding, Report
from chainrule.sources import Document

MAX_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Fixed:
    """The document after `count` fixes; `problem` says why fixing stopped early, if it did."""

    document: Document
    count: int
    problem: str = ""


def fix_all(
    document: Document,
    analyze: Callable[[Document], Report],
    allowed: Collection[Applicability],
) -> Fixed:
    """`document` with every allowed fix made, in rounds of fixes that do not touch each other.

    A fix that would turn Python that parses into text that does not is not made.
    """
    count = 0
    seen = {document.text}
    for _ in range(MAX_ROUNDS):
        chosen = list(_compatible(analyze(document).findings, allowed))
        if not chosen:
            return Fixed(document, count)
        changed, made = _apply(document, chosen)
        if not made:
            return Fixed(document, count, f"{plural(len(chosen), 'fix')} could not be applied to this text")
        if changed.text in seen:
            return Fixed(document, count, "two fixes undo each other; neither was made again")
        seen.add(changed.text)
        document, count = changed, count + made
    return Fixed(document, count, f"fixes still change the file after {MAX_ROUNDS} rounds")


def _apply(document: Document, chosen: list[tuple[Edit, ...]]) -> tuple[Document, int]:
    """The document after all of `chosen`, or after the first of them that can be made; and how many were."""
    valid = parses(document.text)
    together = tuple(edit for edits in chosen for edit in edits)
    for edits, made in ((together, len(chosen)), *((one, 1) for one in chosen)):
        try:
            changed = document.with_edits(edits)
        except ValueError:
            continue
        if parses(changed.text) or not valid:
            return changed, made
    return document, 0


def _compatible(
    findings: tuple[Finding, ...], allowed: Collection[Applicability]
) -> Iterator[tuple[Edit, ...]]:
    """The edits of the first allowed fix of each finding, as far as they do not touch each other."""
    taken: list[Edit] = []
    for finding in findings:
        fix = next((fix for fix in finding.fixes if fix.edits and fix.applicability in allowed), None)
        if fix is None or any(text_edits.conflict(new, old) for new in fix.edits for old in taken):
            continue
        taken.extend(fix.edits)
        yield fix.edits


def parses(text: str) -> bool:
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def patch(path: str, before: bytes, after: bytes) -> bytes:
    """What turns `before` into `after`, as `git apply` takes it; paths are from the work tree's top."""
    if before == after:
        return b""
    absolute = Path(path).absolute()
    root = git_root(absolute.parent) or Path.cwd()
    name = os.path.relpath(absolute, root).replace(os.sep, "/")
    # A tab ends a name with spaces in it; git writes it the same way.
    label = os.fsencode(name) + (b"\t" if " " in name else b"")
    # latin-1 maps every byte to one character and back: the patch has the very bytes of the file.
    old, new = (data.decode("latin-1").split("\n") for data in (before, after))
    hunks = list(difflib.unified_diff(_terminated(old), _terminated(new), lineterm=""))[2:]
    lines = [b"--- a/" + label, b"+++ b/" + label]
    for line in hunks:
        body, mark, _ = line.partition("\0")
        lines.append(body.encode("latin-1"))
        if mark:
            lines.append(b"\\ No newline at end of file")
    return b"\n".join(lines) + b"\n"


def _terminated(lines: list[str]) -> list[str]:
    """The lines of a text split at line feeds; a last line that no line feed ends carries a NUL as mark."""
    return lines[:-1] if not lines[-1] else [*lines[:-1], lines[-1] + "\0"]
