"""`--format json`: the report, for programs. The fields are part of the interface; see README."""

from __future__ import annotations

import json
import sys
from typing import Any

from chainrule.cli import wire
from chainrule.cli.runner import Checked
from chainrule.notebooks import split_cell_path

VERSION = 1


def render(results: list[Checked], verdicts: bool) -> None:
    merged: dict[str, Any] = {"version": VERSION, "findings": [], "functions": [], "errors": []}
    for result in results:
        report = wire.encode_report(result.report)
        merged["findings"] += report["findings"]
        merged["errors"] += report["errors"]
        if verdicts:
            merged["functions"] += report["functions"]
    for place in (*merged["findings"], *merged["functions"]):
        _name_cell(place)
        for step in place.get("related", ()):
            _name_cell(step)
    json.dump(merged, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _name_cell(place: dict[str, Any]) -> None:
    """A place in a notebook names the file in `path` and the cell, counted from 1, in `cell`."""
    path, cell = split_cell_path(place["path"])
    if cell is not None:
        place.update(path=path, cell=cell)
