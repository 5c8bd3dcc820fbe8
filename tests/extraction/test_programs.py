"""Every extraction that the programs of known truth offer, carried out: it trains exactly as before."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from chainrule.edits import apply
from chainrule.extraction import Extraction, extraction_at
from chainrule.findings import Position, Range
from extraction.running import Ran, run

PROGRAMS = Path(__file__).parents[1] / "programs"
TRAINS = ("backward(", "_step(", "compute_loss(")


def _records() -> list[dict[str, Any]]:
    every = [json.loads(line) for line in (PROGRAMS / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return [each for each in every if not each["requires"] and any(word in _text(each) for word in TRAINS)]


def _text(record: dict[str, Any]) -> str:
    return (PROGRAMS / record["file"]).read_text(encoding="utf-8")


def _offered(text: str) -> Iterator[Extraction]:
    """What is offered at every line, and for every run of up to four whole statements."""
    lines = text.split("\n")
    asked = [Range(Position(line, 1), Position(line, 1)) for line in range(1, len(lines) + 1)]
    for node in ast.walk(ast.parse(text)):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            for first, last in _runs(body if isinstance(body, list) else []):
                asked.append(Range(Position(first, 1), Position(last, len(lines[last - 1]) + 1)))
    seen = set()
    for where in asked:
        found = extraction_at(text, "train.py", where)
        if found is not None and found.edits and found not in seen:
            seen.add(found)
            yield found


def _runs(body: list[ast.stmt]) -> Iterator[tuple[int, int]]:
    for end in range(1, len(body) + 1):
        for start in range(max(0, end - 4), end):
            yield body[start].lineno, body[end - 1].end_lineno or 0


def _ran(text: str, record: dict[str, Any]) -> Ran:
    if record["callable"] == "<module>":
        return run(text)

    def call(module: ModuleType) -> object:
        names = {"torch": torch, "np": np, "math": __import__("math"), "mod": module}
        function: Any = eval(record["setup"], names) if record["setup"] else module
        for name in record["callable"].split(".")[1 if record["setup"] else 0 :]:
            function = getattr(function, name)
        return eval(record["loss"], {"out": function(**eval(record["inputs"], names))})

    return run(text, call, "program")


@pytest.mark.parametrize("record", _records(), ids=lambda record: record["file"][6:-3])
def test_it_trains_the_same(record: dict[str, Any]) -> None:
    text = _text(record)
    before = None
    for found in _offered(text):
        before = before or _ran(text, record)
        assert _ran(apply(text, found.edits), record).differs(before) == "", found
