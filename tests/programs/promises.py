"""Whether the fixes that are offered for the programs keep what they promise, as torch runs both versions.

    python tests/programs/promises.py [FOLDER] [--list] [--only 012,045]

A safe fix leaves the loss as it is, and raises nothing. It gives gradient to what the finding names as
without one, and leaves every other gradient alone. An unsafe one may change all of that, but the program
still runs; what ran before is not made to raise.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from chainrule.analysis import Analyzer
from chainrule.edits import apply
from chainrule.findings import Applicability, Finding, Fix, Report
from chainrule.fixing import fix_all
from chainrule.sources import Document, SourceFile
from ground_truth import HERE, Record, Run, measure, records

SEEDS = (0, 1, 2)
RAISING = frozenset({"CR112", "CR501", "CR502", "CR503", "CR601", "CR602"})
_SAME = 1e-4


@dataclass(frozen=True, slots=True)
class Kept:
    """One offered fix of one program; `fault` says which promise it broke, "" for none."""

    record: Record
    finding: str
    fix: Fix
    fault: str

    def describe(self) -> str:
        return (
            f"{self.record.file} {self.finding} {self.fix.applicability.value} {self.fix.title}: {self.fault}"
        )


def kept(analyzer: Analyzer, record: Record) -> Iterator[Kept]:
    """Every offered fix of a program, run; then all the safe ones together."""
    text, path = record.path.read_text(), str(record.path)
    report = analyzer.analyze(text, path)
    offered = [(finding, fix) for finding in report.findings for fix in finding.fixes if fix.edits]
    if not offered:
        return
    before = measure(record, seeds=SEEDS).runs
    for finding, fix in offered:
        if "(where " in fix.title:
            continue  # on a condition that the title states
        place = f"{finding.code}:{finding.range.start.line}"
        # Of two places that raise alike, each fix mends one.
        others = any(f.code == finding.code and f is not finding for f in report.findings)
        problem = fault(record, before, apply(text, fix.edits), finding, fix, others)
        yield Kept(record, place, fix, problem)
    safe = [fix for _, fix in offered if fix.applicability is Applicability.SAFE]
    if len(safe) > 1:
        together = _every_safe_fix(analyzer, text, path)
        problem = fault(record, before, together, None, safe[0])
        yield Kept(record, "every safe fix", Fix("together", Applicability.SAFE, ()), problem)


def _every_safe_fix(analyzer: Analyzer, text: str, path: str) -> str:
    def look(document: Document) -> Report:
        return analyzer.analyze(document.text, path)

    return fix_all(SourceFile(path, text), look, {Applicability.SAFE}).document.text


def fault(
    record: Record,
    before: tuple[Run, ...],
    text: str,
    finding: Finding | None,
    fix: Fix,
    others: bool = False,
) -> str:
    """What the program with the text `text` does that the fix does not promise; "" for nothing.

    `others`: the same is found at another place, which may go on raising as it did.
    """
    try:
        after = measure(record, text, SEEDS).runs
    except (RuntimeError, SyntaxError) as problem:
        return f"does not load: {problem}"
    safe = fix.applicability is Applicability.SAFE
    for old, new in zip(before, after, strict=True):
        if new.error is not None and "backward raises until" in fix.title:
            return ""
        if others and new.error is not None and new.error == old.error:
            return ""
        if new.error is not None and _is_worse(old, new, finding):
            return f"raises in {new.error_stage}: {new.error.splitlines()[0]}"
        if not safe:
            continue
        if old.loss is not None and new.loss is not None and not _alike(old.loss, new.loss):
            return f"changes the loss from {old.loss:.6g} to {new.loss:.6g}"
        if old.error is None and finding is not None and _is_all(finding, record):
            changed = [n for n in record.wrt if not _is_named(n, finding) and _moved(old, new, n)]
            if changed:
                return f"changes the gradient of {', '.join(changed)}, beside {', '.join(finding.sources)}"
    return ""


def _is_worse(old: Run, new: Run, finding: Finding | None) -> bool:
    """Whether it is the fix's fault that a program raises.

    A loss with two cuts raises in backward until both are mended; an error of autograd's that the finding
    is about is mended by each of its fixes.
    """
    if old.error == new.error and (finding is None or finding.code not in RAISING):
        return False
    if old.error is None or (new.error_stage, old.error_stage) == ("forward", "backward"):
        return True
    return (
        finding is not None and finding.code in RAISING and "does not require grad" not in (new.error or "")
    )


def _is_all(finding: Finding, record: Record) -> bool:
    """Whether a finding is about the whole of the loss that is run, not about one term or a part of it."""
    return finding.function == record.callable and "this term of the loss" not in finding.message


def _is_named(source: str, finding: Finding) -> bool:
    """Whether a finding speaks of a source: `self.net.weight` stands for all parameters of a container."""
    names = {name.removesuffix(".weight") for name in finding.sources}
    return any(source == name or source.startswith(f"{name}.") for name in names)


def _alike(one: float, other: float) -> bool:
    """Whether two losses are the same; one that was no number may become one."""
    return one - one != 0 or abs(one - other) <= _SAME * max(1.0, abs(one))


def _moved(old: Run, new: Run, name: str) -> bool:
    """Whether the gradient of a source that had one is another one now."""
    before, after = old.gradients[name], new.gradients[name]
    if old.per_input[name] != "ok" or before is None:
        return False
    return after is None or not torch.allclose(before, after, rtol=1e-3, atol=1e-5)


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folder", type=Path, nargs="?", default=HERE)
    parser.add_argument("--list", action="store_true", help="print every fix that broke its promise")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    options = parser.parse_args()
    only = frozenset(name for name in options.only.split(",") if name)
    analyzer = Analyzer()
    counts: Counter[tuple[str, bool]] = Counter()
    for record in records(options.folder.resolve()):
        if record.missing_packages() or (only and record.id not in only):
            continue
        for each in kept(analyzer, record):
            counts[each.fix.applicability.value, bool(each.fault)] += 1
            if each.fault and options.list:
                print(each.describe(), flush=True)
    for name in ("safe", "unsafe"):
        wrong = counts[name, True]
        print(f"{name}: {wrong} of {wrong + counts[name, False]} offered fixes break their promise")
    return 1 if counts["safe", True] else 0


if __name__ == "__main__":
    sys.exit(main())
