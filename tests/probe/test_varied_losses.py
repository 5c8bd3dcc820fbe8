"""Verdicts, lines and edges over `programs/varied_losses.py`, with the inputs that stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from chainrule.probe.losses import Definition, definitions
from evidence_support import cut_lines, probe_file, verdicts

FILE = Path(__file__).with_name("programs") / "varied_losses.py"
TEXT = FILE.read_text(encoding="utf-8")
LINES = TEXT.split("\n")
DEFINITIONS = definitions(TEXT)


@dataclass(frozen=True)
class Case:
    qualname: str
    truth: dict[str, str]
    inputs: str
    instance: str | None
    edge: str | None
    here: set[int]


def _cases() -> list[Case]:
    found = []
    for number, line in enumerate(LINES, 1):
        if not line.strip().startswith("# truth: "):
            continue
        notes: dict[str, str] = {}
        while match := re.match(r"\s*# (\w+): (.*)$", LINES[number - 1]):
            notes[match[1]] = match[2]
            number += 1
        loss = _defined_at(number)
        where = [d for d in DEFINITIONS if "in" in notes and d.qualname.startswith(notes["in"])] or [loss]
        here = {n for d in where for n in range(d.first, d.last + 1) if "# here" in LINES[n - 1]}
        truth = dict(pair.split("=") for pair in notes["truth"].split())
        found.append(
            Case(loss.qualname, truth, notes["inputs"], notes.get("instance"), notes.get("edge"), here)
        )
    return found


def _defined_at(line: int) -> Definition:
    """The function at a line; of a class, its `forward`."""
    return next(d for d in DEFINITIONS if d.first >= line and not d.qualname.endswith("__init__"))


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.qualname)
def test_verdict_line_and_edge(case: Case) -> None:
    evidence = probe_file(
        FILE, case.qualname, inputs=case.inputs, instance=case.instance, edges=case.edge is not None
    )
    assert verdicts(evidence) == case.truth, evidence.error
    broken = set(case.truth.values()) != {"flows"}
    assert cut_lines(evidence) == (case.here if broken else set()), evidence.cuts
    if case.edge is not None:
        edges = {e.case: e for e in evidence.edges}
        assert edges[case.edge].verdict.value == "nonfinite"
        assert edges[case.edge].line in (case.here or {edges[case.edge].line})
