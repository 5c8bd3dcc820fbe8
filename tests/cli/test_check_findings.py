"""`chainrule check` on the losses of the demo: the findings that README shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chainrule.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"
LOSSES = str(EXAMPLES / "losses.py")


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["check", LOSSES, "--no-cache", "--format", "json", *arguments]) == 1
    return json.loads(capsys.readouterr().out)


def test_each_break_is_found_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        (item["code"], item["function"], item["range"]["start"]["line"], item["severity"])
        for item in checked(capsys, "--ignore", "CR7")["findings"]
    }
    assert found == {
        ("CR103", "dice_loss", 9, "error"),
        ("CR104", "keypoint_loss", 16, "error"),
        ("CR301", "distance_loss", 22, "warning"),
    }


def test_verdicts_are_those_of_autograd(capsys: pytest.CaptureFixture[str]) -> None:
    functions = {item["qualname"]: item for item in checked(capsys, "--verdicts")["functions"]}
    verdicts = {
        name: {source["name"]: source["verdict"] for source in item["sources"]}
        for name, item in functions.items()
        if item["loss"]
    }
    assert verdicts["dice_loss"]["logits"] == "cut"
    assert verdicts["keypoint_loss"]["heatmap"] == "cut"
    assert verdicts["hardest_loss"]["pred"] == "flows"


def test_a_clean_run_has_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", LOSSES, "--no-cache", "--select", "CR6"]) == 0
    assert capsys.readouterr().out == "no findings in 1 file\n"
