"""Verdict per source, and a line that loses the gradient, as `tests/programs/truth.jsonl` records them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from evidence_support import cut_lines, probe_file, verdicts

PROGRAMS = Path(__file__).parents[1] / "programs"
VERDICT = {"none": "cut", "ok": "flows", "zero": "zero", "nonfinite": "nonfinite"}
EVERY = 5
"""One program in five: the whole takes some minutes."""

ONCE_ELSEWHERE = frozenset(
    """350 374 459 494 582 584 613 638 641 880 922 978 1043 1057 1063 1080 1092 1136 1222 1283 1286 1300 1328
    1329 1374 1390 1460 1480 1495 1529 1532 1534 1725""".split()
)
"""Programs of which the probe once named another line, each for a reason of its own."""


def _records() -> list[dict[str, Any]]:
    every = [json.loads(line) for line in (PROGRAMS / "truth.jsonl").read_text().splitlines()]
    called = [r for r in every if r["callable"] != "<module>"]
    # By the id and not by the place, so that a new program makes no other one the fifth.
    return [r for r in called if int(r["id"]) % EVERY == 0 or r["id"] in ONCE_ELSEWHERE]


@pytest.mark.parametrize("record", _records(), ids=lambda r: Path(r["file"]).stem)
def test_verdicts_and_lines(record: dict[str, Any]) -> None:
    missing = [name for name in record["requires"] if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    path = PROGRAMS / record["file"]
    evidence = probe_file(
        path,
        record["callable"],
        inputs=f"**({record['inputs'].replace('mod.', '')})",
        instance=(record["setup"] or "").replace("mod.", "") or None,
        sources=tuple(name for name in record["wrt"] if not name.startswith("self.")),
    )
    found = verdicts(evidence)
    assert {name: found.get(name) for name in record["wrt"]} == {
        name: VERDICT[kind] for name, kind in record["per_input"].items()
    }
    if set(record["per_input"].values()) != {"ok"} or record["runtime"] == "raises":
        assert cut_lines(evidence) & _losing_lines(record)


def _losing_lines(record: dict[str, Any]) -> set[int]:
    first, last = record["region"] or (1, 0)
    return {*record["cut_lines"], *record["also_ok_lines"], *range(first, last + 1)}
