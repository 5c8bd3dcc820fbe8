"""Layers that `forward` keeps the gradient from, and that other files of the project train."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainrule.analysis import Analyzer
from chainrule.cli import main
from chainrule.project import Files, Workspace
from folders import codes, write

NET = """
    from torch import nn

    class Halting(nn.Module):
        def __init__(self):
            super().__init__()
            self.scorer = nn.Linear(4, 1)
            self.out = nn.Linear(4, 2)

        def score(self, x):
            return self.scorer(x).sigmoid()

        def forward(self, x):
            return self.out(x) * (self.score(x) > 0.5).float()
    """
STEPS = """
    import torch.nn.functional as F

    def ponder_loss(model, x, y):
        return F.cross_entropy(model(x), y) + model.score(x).mean()
    """
MAIN = """
    from nets.halting import Halting
    from steps import ponder_loss

    def step(x, y):
        ponder_loss(Halting(), x, y).backward()
    """
FILES = {"nets/halting.py": NET, "steps.py": STEPS, "main.py": MAIN}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    return tmp_path


def told(root: Path) -> list[str]:
    return codes(root, "nets/halting.py")


def test_who_uses_the_network_may_train_the_layer(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert told(tmp_path) == []
    for text in (STEPS.replace("model.score", "model.scorer"), STEPS.replace("model.score(x)", "x")):
        write(tmp_path, {"steps.py": text})
        assert told(tmp_path) == ([] if "scorer" in text else ["CR103"])


@pytest.mark.parametrize(
    "text",
    [
        "def prepared(model):\n    model.scorer.eval()\n    return model.scorer.state_dict()\n",
        "class Other:\n    def loss(self, x):\n        return self.score(x).mean()\n",
    ],
)
def test_other_uses_train_nothing(text: str, tmp_path: Path) -> None:
    write(tmp_path, FILES | {"steps.py": text})
    assert told(tmp_path) == ["CR103"]


def test_a_class_that_inherits_may_train_it(tmp_path: Path) -> None:
    inherits = """
        from nets.halting import Halting

        class Ponder(Halting):
            def loss(self, x):
                return self.score(x).mean()
        """
    write(tmp_path, FILES | {"steps.py": inherits})
    assert told(tmp_path) == []


def test_files_that_never_meet_say_nothing_of_each_other(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"main.py": MAIN.replace("from steps import ponder_loss", "")})
    assert told(tmp_path) == ["CR103"]
    write(tmp_path, {"main.py": "from nets import *\nfrom steps import ponder_loss\n"})
    write(tmp_path, {"nets/__init__.py": "from .halting import Halting\n"})
    assert told(tmp_path) == []


def test_tests_train_nothing(tmp_path: Path) -> None:
    test = "from nets.halting import Halting\n\ndef test_it(x):\n    assert Halting().score(x) > 0\n"
    write(tmp_path, {"nets/halting.py": NET, "tests/test_halting.py": test})
    assert told(tmp_path) == ["CR103"]


def test_a_notebook_is_a_file_that_uses_it(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": ["from nets.halting import Halting\n", "Halting().score(x)\n"]}
    write(tmp_path, {"nets/halting.py": NET, "use.ipynb": json.dumps({"cells": [cell]}, indent=1)})
    assert told(tmp_path) == []


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    from chainrule import config
    from chainrule.cli import runner

    # Each call stands for a process of its own, which asks the disk anew.
    config.forget()
    runner._workspace.cache_clear()
    runner._analyzer.cache_clear()
    runner._files.cache_clear()
    main(["check", *arguments, "--format", "json"])
    return [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]]


def test_the_command_sees_the_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is named, or settings above the file, say what the project is; a file alone does not."""
    write(folder, FILES)
    assert check(capsys) == check(capsys, ".") == []
    assert check(capsys, "nets/halting.py") == ["CR103"]
    write(folder, {"chainrule.toml": ""})
    assert check(capsys, "nets/halting.py") == check(capsys) == []
    # From the cache, while the other files say the same.
    write(folder, {"steps.py": STEPS.replace("model.score", "model.stride")})
    assert check(capsys, "nets/halting.py") == ["CR103"]
    write(folder, {"other.py": STEPS})
    assert check(capsys) == ["CR103"]
    write(folder, {"main.py": MAIN + "    import other\n"})
    assert check(capsys) == []


def test_nothing_is_read_while_somebody_types(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    path = str(tmp_path / "nets/halting.py")
    net = Path(path).read_text(encoding="utf-8")
    analyzer = Analyzer(project=Workspace([tmp_path], files=Files(), at_once=2))

    def look(settle: bool) -> tuple[list[str], bool]:
        report = analyzer.analyze(net, path, settle)
        return [finding.code for finding in report.findings], analyzer.unsettled(path)

    write(tmp_path, {"steps.py": STEPS.replace("model.score", "model.stride")})
    assert look(settle=False) == ([], True), "the other files have not been read"
    assert look(settle=True) == ([], True), "two of three files have been read"
    assert look(settle=True) == (["CR103"], False)
    assert look(settle=False) == (["CR103"], False)
