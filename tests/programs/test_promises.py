"""Fixes of the programs, run: those that once broke their promise, each for a reason of its own.

`promises.py` runs the fixes of all programs.
"""

from __future__ import annotations

import pytest

from chainrule.analysis import Analyzer
from ground_truth import Record, records
from promises import kept

IDS = frozenset(
    """013 046 062 097 098 126 256 278 329 377 432 461 465 487 500 514 516 517 541 542 552 553 556 584 613 631
    634 646 672 685 696 771 802 827 843""".split()
)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.mark.parametrize(
    "record", [record for record in records() if record.id in IDS], ids=lambda record: record.file[6:-3]
)
def test_the_fixes_keep_their_promises(analyzer: Analyzer, record: Record) -> None:
    missing = record.missing_packages()
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    assert [each.describe() for each in kept(analyzer, record) if each.fault] == []
