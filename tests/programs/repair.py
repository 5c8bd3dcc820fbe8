"""How many faulty programs get their gradient back by a fix that is offered for them.

    python tests/programs/repair.py [FOLDER] [--list] [--only 012,045]

Counted are the programs that have a known repair (`fix_verified` in truth.jsonl). One is repaired *at once*
when some finding has a fix whose text, run under torch, has the gradient; *in the end* when that is so after
the first fix of every finding, unsafe ones too, was applied until nothing is left to apply.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chainrule.analysis import Analyzer
from chainrule.edits import apply
from chainrule.findings import Applicability, Finding, Report
from chainrule.fixing import fix_all
from chainrule.sources import Document, SourceFile
from ground_truth import HERE, Measured, Record, brings_back, measure, records

EVERY = {Applicability.SAFE, Applicability.UNSAFE}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the offered fixes make of one faulty program; `enough` are those of which one alone mends it."""

    record: Record
    offered: tuple[str, ...]
    enough: tuple[str, ...]
    in_the_end: bool

    @property
    def repaired(self) -> bool:
        return bool(self.enough) or self.in_the_end

    def describe(self) -> str:
        kind = "NOT REPAIRED" if self.offered else "NO FIX"
        offered = "; ".join(self.offered) or "none"
        return f"{kind:13}{self.record.file} {self.record.category} {self.record.runtime}: {offered}"


@dataclass(frozen=True, slots=True)
class Score:
    attempts: tuple[Attempt, ...]

    @property
    def rate(self) -> float:
        return sum(a.repaired for a in self.attempts) / max(1, len(self.attempts))

    def summary(self) -> str:
        total = len(self.attempts)
        at_once = sum(bool(a.enough) for a in self.attempts)
        in_the_end = sum(a.in_the_end for a in self.attempts)
        return (
            f"repaired by one fix {at_once}/{total}, by all of them {in_the_end}/{total}, "
            f"by either {sum(a.repaired for a in self.attempts)}/{total} = {self.rate:.1%}"
        )


def attempt(analyzer: Analyzer, record: Record) -> Attempt:
    """Apply every offered fix, alone and then all of them, and measure the results under torch."""
    text = record.path.read_text()
    path = str(record.path)
    broken = measure(record)
    offered, enough = [], []
    for finding in _faults(analyzer.analyze(text, path)):
        for fix in finding.fixes:
            if fix.edits:
                name = f"{finding.code}:{finding.range.start.line} {fix.title}"
                offered.append(name)
                if _mends(record, broken, apply(text, fix.edits)):
                    enough.append(name)

    def look(document: Document) -> Report:
        return Report(tuple(_faults(analyzer.analyze(document.text, path))))

    fixed = fix_all(SourceFile(path, text), look, EVERY)
    in_the_end = fixed.count > 0 and _mends(record, broken, fixed.document.text)
    return Attempt(record, tuple(offered), tuple(enough), in_the_end)


def attempts(folder: Path = HERE, only: frozenset[str] = frozenset()) -> Iterator[Attempt]:
    analyzer = Analyzer()
    for record in records(folder):
        wanted = not only or record.id in only
        if record.fix_verified and wanted and not record.missing_packages():
            yield attempt(analyzer, record)


def _faults(report: Report) -> Iterator[Finding]:
    return (finding for finding in report.findings if not finding.code.startswith("CR7"))


def _mends(record: Record, broken: Measured, text: str) -> bool:
    try:
        return brings_back(record, broken, text)
    except (RuntimeError, SyntaxError, AttributeError):
        return False  # what the fix made of the program can't even be loaded


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folder", type=Path, nargs="?", default=HERE)
    parser.add_argument("--list", action="store_true", help="print every program that is not repaired")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    options = parser.parse_args()
    only = frozenset(name for name in options.only.split(",") if name)
    score = Score(tuple(attempts(options.folder.resolve(), only)))
    if options.list:
        missing = [a for a in score.attempts if not a.repaired]
        for each in sorted(missing, key=lambda a: a.record.category):
            print(each.describe())
        print(
            "by cause:", ", ".join(f"{c} {n}" for c, n in Counter(a.record.category for a in missing).items())
        )
    print(score.summary())
    return 0 if score.rate >= 0.8 else 1


if __name__ == "__main__":
    sys.exit(main())
