"""How many faulty programs the analysis finds, on the right line, and how many correct ones it blames.

    python tests/programs/score.py [--list] [--only 012,045]

flagged: a faulty program with a finding of severity warning or error (rewrites, CR7xx, left out);
located: such a finding covers a line that loses the gradient; alarm: a correct program has one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainrule.analysis import Analyzer, Options
from chainrule.findings import Finding, Severity

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the analysis said about one program; `record` is its line of truth.jsonl."""

    record: dict[str, Any]
    findings: tuple[Finding, ...]

    @property
    def faulty(self) -> bool:
        return bool(self.record["kind"] != "control")

    @property
    def flagged(self) -> bool:
        return bool(self.findings)

    @property
    def expected(self) -> set[int]:
        region = self.record["region"]
        lines = {*self.record["cut_lines"], *self.record["also_ok_lines"]}
        return lines | set(range(region[0], region[1] + 1)) if region else lines

    @property
    def located(self) -> bool:
        return any(
            line in self.expected
            for finding in self.findings
            for line in range(finding.range.start.line, finding.range.end.line + 1)
        )

    def describe(self) -> str:
        told = [(f.code, f.range.start.line, list(f.sources)) for f in self.findings]
        kind = "ALARM" if not self.faulty else "ELSEWHERE" if self.flagged else "MISSED"
        expected = f" expected {sorted(self.expected)}" if self.faulty else ""
        return f"{kind:10}{self.record['file']} {self.record['category']}{expected} found {told}"


@dataclass(frozen=True, slots=True)
class Score:
    outcomes: tuple[Outcome, ...]

    def _count(self, faulty: bool, what: str | None = None) -> int:
        return sum(o.faulty is faulty and (what is None or getattr(o, what)) for o in self.outcomes)

    @property
    def flagged(self) -> float:
        return self._count(True, "flagged") / max(1, self._count(True))

    @property
    def located(self) -> float:
        return self._count(True, "located") / max(1, self._count(True))

    @property
    def alarms(self) -> float:
        return self._count(False, "flagged") / max(1, self._count(False))

    @property
    def wrong(self) -> list[Outcome]:
        """Programs that were missed, blamed on another line, or blamed wrongly."""
        return [o for o in self.outcomes if (o.faulty and not o.located) or (not o.faulty and o.flagged)]

    def summary(self) -> str:
        faulty, controls = self._count(True), self._count(False)
        return (
            f"flagged {self._count(True, 'flagged')}/{faulty} = {self.flagged:.1%}, "
            f"located {self._count(True, 'located')}/{faulty} = {self.located:.1%}, "
            f"false alarms {self._count(False, 'flagged')}/{controls} = {self.alarms:.1%}"
        )


def counts(finding: Finding) -> bool:
    loud = finding.severity in (Severity.ERROR, Severity.WARNING)
    return loud and not finding.code.startswith("CR7")


def outcomes(folder: Path = HERE, only: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    analyzer = Analyzer(Options(verdicts=True))
    for line in (folder / "truth.jsonl").read_text().splitlines():
        record = json.loads(line)
        if only and record["id"] not in only:
            continue
        path = folder / record["file"]
        report = analyzer.analyze(path.read_text(), str(path))
        yield Outcome(record, tuple(f for f in report.findings if counts(f)))


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folder", type=Path, nargs="?", default=HERE)
    parser.add_argument("--list", action="store_true", help="print every program that is judged wrongly")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    options = parser.parse_args()
    only = frozenset(name for name in options.only.split(",") if name)
    score = Score(tuple(outcomes(options.folder, only)))
    if options.list:
        for outcome in sorted(score.wrong, key=lambda o: str(o.record["category"])):
            print(outcome.describe())
        missed = Counter(o.record["category"] for o in score.wrong)
        print("by category:", ", ".join(f"{name} {n}" for name, n in missed.most_common()))
    print(score.summary())
    return 0 if score.flagged >= 0.95 and score.located >= 0.90 and score.alarms <= 0.01 else 1


if __name__ == "__main__":
    sys.exit(main())
