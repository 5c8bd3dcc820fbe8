"""What the user wants to hear: suppression comments, `select`, `ignore` and `per-file-ignores`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule import suppression
from chainrule.config import Config
from chainrule.findings import Report

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def apply(report: Report, text: str, path: str, config: Config) -> Report:
    """What is to be shown of `report` (on `text`, the content of `path`), in the order of the text."""
    report = suppression.apply(report, text, path)
    if not report.findings:
        return report
    ignored = (*config.ignore, *_ignored_here(config, path))
    shown = [finding for finding in report.findings if selects(config.select, ignored, finding.code)]
    shown.sort(key=lambda finding: (finding.range, finding.code))
    return replace(report, findings=tuple(shown))


def selects(select: Iterable[str], ignore: Iterable[str], code: str) -> bool:
    """Whether `code` is wanted: the longest prefix that names it decides; `ignore` wins a tie."""
    return _longest(select, code) > _longest(ignore, code)


def _longest(prefixes: Iterable[str], code: str) -> int:
    """How much of `code` the closest prefix says (`ALL` says nothing but names it), 0 if none does."""
    lengths = (1 if prefix == "ALL" else len(prefix) for prefix in prefixes if _names(prefix, code))
    return max(lengths, default=0)


def _names(prefix: str, code: str) -> bool:
    return prefix == "ALL" or code.startswith(prefix)


def _ignored_here(config: Config, path: str) -> tuple[str, ...]:
    if not config.per_file_ignores:
        return ()
    relative = os.path.relpath(Path(path).absolute(), config.root).replace(os.sep, "/")
    return tuple(
        code
        for pattern, codes in config.per_file_ignores.items()
        if _spec(pattern).match_file(relative)
        for code in codes
    )


@cache
def _spec(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])
