"""`chainrule probe` from the outside: real losses, run by a real torch in a process of their own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from chainrule import config
from chainrule.cli import main

LOSSES = """\
import torch

def flowing_loss(pred, target):
    return ((pred - target) ** 2).mean()

def cut_loss(pred, target):
    return ((pred.argmax(-1) - target) ** 2).float().mean()

def helper(text):
    return text.upper()
"""
SCORES = "pred=torch.rand(4, 3), target=torch.rand(4, 3)"
CLASSES = "pred=torch.rand(4, 3), target=torch.randint(0, 3, (4,))"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "losses.py").write_text(LOSSES)
    config.forget()
    return tmp_path


def probe(capsys: pytest.CaptureFixture[str], *arguments: str, status: int) -> Any:
    given = ["probe", *arguments, "--device", "cpu", "--python", sys.executable, "--format", "json"]
    assert main(given) == status
    output = json.loads(capsys.readouterr().out)
    assert output["version"] == 1
    return output["probes"]


def test_a_flowing_loss_has_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = probe(capsys, "losses.py::flowing_loss", "--inputs", SCORES, status=0)
    assert (found["path"], found["function"], found["outcome"]) == ("losses.py", "flowing_loss", "ok")
    assert {source["name"]: source["verdict"] for source in found["sources"]}["pred"] == "flows"


def test_a_cut_loss_has_status_1_and_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = probe(capsys, "losses.py::cut_loss", "--inputs", CLASSES, status=1)
    assert [source["verdict"] for source in found["sources"] if source["name"] == "pred"] == ["cut"]
    assert "does not require grad" in found["error"]


def test_a_file_alone_is_every_loss_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = probe(capsys, "losses.py", "--jobs", "2", status=1)
    assert [each["function"] for each in found] == ["flowing_loss", "cut_loss"]


def test_inputs_come_from_the_settings_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "chainrule.toml").write_text(f'[probe.inputs]\nflowing_loss = "{SCORES}"\n')
    (found,) = probe(capsys, "losses.py::flowing_loss", status=0)
    assert found["inputs"]["arguments"]["pred"] == "torch.rand(4, 3)"


def test_a_loss_that_cannot_run_has_status_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "ends.py").write_text("import os\n\ndef ending_loss(pred):\n    os._exit(3)\n")
    (found,) = probe(capsys, "ends.py::ending_loss", "--inputs", "pred=1.0", status=2)
    assert found["outcome"] == "crashed"


def test_the_report_can_go_to_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "losses.py::cut_loss",
        "--inputs",
        CLASSES,
        "--python",
        sys.executable,
        "--output",
        "report.txt",
    ]
    assert main(["probe", *arguments, "--device", "cpu"]) == 1
    assert capsys.readouterr().out == ""
    assert "cut_loss" in (folder / "report.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.py"], "missing.py: cannot be read"),
        (["losses.py::"], "name a function after ::"),
        (["losses.py::nothing_loss"], "defines no function nothing_loss"),
        (["losses.py", "--inputs", "pred=1"], "--inputs is for one loss, not for 2"),
        (["losses.py::cut_loss", "--inputs", "pred="], "--inputs is not Python"),
        (["empty.py"], "found no loss in it"),
    ],
)
def test_what_cannot_be_probed_is_said_with_status_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (folder / "empty.py").write_text("")
    assert main(["probe", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_python_without_torch_is_told_how_to_get_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import venv

    venv.create(folder / "bare", with_pip=False)
    python = str(folder / "bare" / "bin" / "python")
    assert main(["probe", "losses.py::cut_loss", "--python", python]) == 2
    assert f"{python} -m pip install torch" in capsys.readouterr().out
