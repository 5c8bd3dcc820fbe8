"""The formats that programs read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from building import finding, fix, span
from chainrule.cli import wire
from chainrule.cli.formats import github, sarif
from chainrule.cli.formats import json as json_format
from chainrule.cli.runner import Checked
from chainrule.findings import (
    Applicability,
    BreakAt,
    FileError,
    Fix,
    FunctionVerdicts,
    Report,
    Severity,
    SourceVerdict,
    Verdict,
)

LOSS = "def loss(pred, target):\n    return (pred - target).mean().item()\n"
FOUND = finding(
    LOSS,
    "(pred - target).mean().item()",
    path="src/losses, old.py",
    steps=(("pred", "`pred` comes in"),),
    fixes=(fix(LOSS, ".item()", ""), Fix("no fix", Applicability.DISPLAY, (), "rank order matters")),
)
IN_CELL = replace(FOUND, path="train.ipynb:cell 3", severity=Severity.INFORMATION, related=())
FUNCTION = FunctionVerdicts(
    "src/losses, old.py",
    "loss",
    span(LOSS, LOSS[:-1]),
    True,
    (SourceVerdict("pred", Verdict.CUT, (BreakAt(2, "CR105"),)), SourceVerdict("target", Verdict.UNKNOWN)),
)
REPORT = Report((FOUND, IN_CELL), (FUNCTION,), (FileError("bad.py", "is UTF-16, 100% sure\nreally"),))
RESULTS = [Checked("src/losses, old.py", REPORT)]


def test_a_report_survives_the_wire() -> None:
    assert wire.decode_report(json.loads(json.dumps(wire.encode_report(REPORT)))) == REPORT


def printed(capsys: pytest.CaptureFixture[str], verdicts: bool) -> Any:
    json_format.render(RESULTS, verdicts)
    return json.loads(capsys.readouterr().out)


def test_json_has_the_fields_that_are_promised(capsys: pytest.CaptureFixture[str]) -> None:
    output = printed(capsys, verdicts=True)
    assert list(output) == ["version", "findings", "functions", "errors"]
    assert output["version"] == 1
    assert output["findings"][0] == {
        "code": "CR105",
        "name": "python-scalar",
        "severity": "error",
        "path": "src/losses, old.py",
        "range": {"start": {"line": 2, "column": 12}, "end": {"line": 2, "column": 41}},
        "message": FOUND.message,
        "function": "loss",
        "sources": ["pred"],
        "verdict": "cut",
        "related": [
            {
                "path": "src/losses, old.py",
                "range": {"start": {"line": 1, "column": 10}, "end": {"line": 1, "column": 14}},
                "message": "`pred` comes in",
            }
        ],
        "fixes": [
            {
                "title": "drop `.item()`",
                "applicability": "safe",
                "edits": [
                    {
                        "range": {"start": {"line": 2, "column": 34}, "end": {"line": 2, "column": 41}},
                        "text": "",
                    }
                ],
            },
            {"title": "no fix", "applicability": "display", "edits": [], "reason": "rank order matters"},
        ],
    }
    assert output["functions"] == [
        {
            "path": "src/losses, old.py",
            "qualname": "loss",
            "range": {"start": {"line": 1, "column": 1}, "end": {"line": 2, "column": 41}},
            "loss": True,
            "sources": [
                {"name": "pred", "verdict": "cut", "breaks": [{"line": 2, "code": "CR105"}]},
                {"name": "target", "verdict": "unknown", "breaks": []},
            ],
        }
    ]
    assert output["errors"] == [{"path": "bad.py", "message": "is UTF-16, 100% sure\nreally"}]


def test_json_names_the_notebook_and_the_cell(capsys: pytest.CaptureFixture[str]) -> None:
    cell = printed(capsys, verdicts=False)["findings"][1]
    assert (cell["path"], cell["cell"]) == ("train.ipynb", 3)


def test_json_has_functions_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, verdicts=False)["functions"] == []


def test_github_commands_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    github.render(RESULTS, verdicts=False)
    assert capsys.readouterr().out.split("\n") == [
        "::error title=chainrule CR105,file=src/losses%2C old.py,line=2,endLine=2,col=12,endColumn=40::"
        f"src/losses, old.py:2:12: CR105 {FOUND.message}%0A1. src/losses, old.py:1: `pred` comes in",
        f"::notice title=chainrule CR105,file=train.ipynb::train.ipynb:cell 3:2:12: CR105 {FOUND.message}",
        "::error title=chainrule,file=bad.py::bad.py: is UTF-16, 100%25 sure%0Areally",
        "",
    ]


def test_sarif_places_results_steps_and_fixes() -> None:
    root = Path.cwd()
    (run,) = sarif.document(RESULTS, root)["runs"]
    result, in_cell = run["results"]
    region = {"startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 41}
    place = {"artifactLocation": {"uri": "src/losses%2C%20old.py", "uriBaseId": "SRCROOT"}, "region": region}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == root.as_uri() + "/"
    assert (result["ruleId"], result["level"]) == ("CR105", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "CR105"
    assert result["locations"] == [{"physicalLocation": place}]
    assert result["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"]["message"] == {
        "text": "`pred` comes in"
    }
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["deletedRegion"]["startColumn"] == 34
    assert len(result["fixes"]) == 1, "a fix without edits is no SARIF fix"
    assert in_cell["level"] == "note"
    assert in_cell["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "cell 3, line 2"}]
    assert "region" not in in_cell["locations"][0]["physicalLocation"]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("is UTF-16")


def test_sarif_fingerprints_survive_moved_lines() -> None:
    moved = replace(FOUND, range=span("\n" + LOSS, "return"))
    first, second = (
        sarif.document([Checked("a.py", Report((f,)))], Path.cwd())["runs"][0]["results"][0]
        for f in (FOUND, moved)
    )
    assert first["partialFingerprints"] == second["partialFingerprints"]
