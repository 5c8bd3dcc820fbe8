"""Measure every program under torch and compare with truth.jsonl.

    python tests/programs/run_truth.py [--only 012,045] [--write] [--no-fix]

`--write` stores what was measured: after a new program and the declared half of its record were added.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys

import torch

from ground_truth import RECORDS, Measured, Record, measure, records, repaired


def differences(record: Record, measured: Measured, check_fix: bool) -> list[str]:
    """What the record claims and torch denies, one sentence each."""
    found = [
        f"{name}: recorded {getattr(record, name)!r}, measured {value!r}"
        for name, value in measured.fields().items()
        if name != "elem" and getattr(record, name) != value
    ]
    faulty = record.kind != "control"
    if faulty == (measured.runtime == "ok"):
        found.append(f"a {record.kind} program whose gradient is {measured.runtime}")
    if faulty != bool(record.cut_lines):
        found.append(f"cut_lines of a {record.kind} program: {record.cut_lines}")
    if faulty and check_fix and not repaired(record, measured):
        found.append("the fix does not bring the gradient back")
    return found


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--only", default="", help="ids, separated by commas")
    parser.add_argument("--write", action="store_true", help="store what was measured")
    parser.add_argument("--no-fix", action="store_true", help="do not run the repaired programs")
    options = parser.parse_args()
    only = {name for name in options.only.split(",") if name}
    wrong, checked, lines = 0, 0, []
    for record in records():
        if (only and record.id not in only) or record.missing_packages():
            lines.append(record.to_json())
            continue
        checked += 1
        measured = measure(record)
        if options.write:
            verified = repaired(record, measured) if record.kind != "control" else None
            record = dataclasses.replace(record, fix_verified=verified, **measured.fields())
        lines.append(record.to_json())
        problems = differences(record, measured, not options.no_fix)
        wrong += bool(problems)
        for problem in problems:
            print(f"{record.file}: {problem}")
    if options.write:
        RECORDS.write_text("\n".join(lines) + "\n")
    print(f"torch {torch.__version__}: {checked} programs measured, {wrong} differ from truth.jsonl")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
