"""Verdicts, lines and edges over `programs/varied_losses*.py`, with the inputs that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chainrule.probe.losses import definitions
from evidence_support import cut_lines, probe_file, verdicts


@dataclass(frozen=True)
class Case:
    file: Path
    qualname: str
    truth: dict[str, str]
    inputs: str
    instance: str | None
    edge: str | None
    here: set[int]


def _cases() -> Iterator[Case]:
    for file in sorted(Path(__file__).with_name("programs").glob("varied_losses*.py")):
        lines = file.read_text(encoding="utf-8").split("\n")
        known = definitions("\n".join(lines))
        for number, line in enumerate(lines, 1):
            if not line.strip().startswith("# truth: "):
                continue
            notes: dict[str, str] = {}
            while match := re.match(r"\s*# (\w+): (.*)$", lines[number - 1]):
                notes[match[1]] = match[2]
                number += 1
            loss = next(d for d in known if d.first >= number and not d.qualname.endswith("__init__"))
            where = [d for d in known if "in" in notes and d.qualname.startswith(notes["in"])] or [loss]
            here = {n for d in where for n in range(d.first, d.last + 1) if "# here" in lines[n - 1]}
            truth = dict(pair.split("=") for pair in notes["truth"].split())
            instance, edge = notes.get("instance"), notes.get("edge")
            yield Case(file, loss.qualname, truth, notes["inputs"], instance, edge, here)


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.qualname)
def test_verdict_line_and_edge(case: Case) -> None:
    evidence = probe_file(
        case.file, case.qualname, inputs=case.inputs, instance=case.instance, edges=case.edge is not None
    )
    assert verdicts(evidence) == case.truth, evidence.error
    broken = set(case.truth.values()) != {"flows"}
    assert cut_lines(evidence) == (case.here if broken else set()), evidence.cuts
    if case.edge is not None:
        edges = {e.case: e for e in evidence.edges}
        assert edges[case.edge].verdict.value == "nonfinite"
        assert edges[case.edge].line in case.here
