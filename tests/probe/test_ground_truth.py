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
"""One program in five: the whole takes a minute."""

NAMED_ELSEWHERE = {
    "1286": "several writes into one buffer: the first of them is named",
    "1460": "a product of 0 and -inf: the line that takes the parts is named",
    "1480": "a hook keeps what was computed without gradients: the line that reads it is named",
    "1495": "a parameter gets a value by `.data`: the loss is named",
    "1532": "a leaf that nobody reads stands for a parameter: the loss is named",
}
"""Programs where the probe does not find the line yet, with what it names; a mend of it has to go here."""


def _records() -> list[dict[str, Any]]:
    every = [json.loads(line) for line in (PROGRAMS / "truth.jsonl").read_text().splitlines()]
    return [r for r in every if r["callable"] != "<module>"][::EVERY]


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
        located = bool(cut_lines(evidence) & _losing_lines(record))
        assert located is (record["id"] not in NAMED_ELSEWHERE)


def _losing_lines(record: dict[str, Any]) -> set[int]:
    first, last = record["region"] or (1, 0)
    return {*record["cut_lines"], *record["also_ok_lines"], *range(first, last + 1)}
