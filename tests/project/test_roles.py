"""What better evidence than names says about arguments: the user's word, and calls in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainrule.analysis import Analyzer, Options
from chainrule.cli import main
from folders import write

LOSS = """import torch

def my_loss(a, b):{comment}
    return ((a - b.detach()) ** 2).mean()
"""
SHOWN = """import torch

def my_loss(x, z):
    return ((x - torch.round(z)) ** 2).mean()

{use}
"""


def found(text: str, options: Options | None = None) -> list[tuple[str, tuple[str, ...]]]:
    return [(f.code, f.sources) for f in Analyzer(options).analyze(text, "loss.py").findings]


def test_nothing_is_said_about_a_second_argument_of_no_role() -> None:
    assert found(LOSS.format(comment="")) == []


@pytest.mark.parametrize(
    "comment",
    [
        "  # chainrule: prediction=b",
        "\n    # chainrule: predictions=a,b",
        '\n    """Doc."""  # chainrule: target=a prediction=b',
    ],
)
def test_a_comment_makes_an_argument_a_prediction(comment: str) -> None:
    assert found(LOSS.format(comment=comment)) == [("CR101", ("b",))]


def test_the_configuration_makes_an_argument_a_prediction() -> None:
    options = Options(predictions=frozenset({"b"}))
    assert found(LOSS.format(comment=""), options) == [("CR101", ("b",))]
    assert found(LOSS.format(comment="  # chainrule: target=b"), options) == [], "the comment is nearer"


def test_the_users_word_wins_over_the_name() -> None:
    text = LOSS.format(comment="{}").replace("a, b", "logits, pred").replace("a - b", "logits - pred")
    assert found(text.format("  # chainrule: prediction=pred")) == [("CR101", ("pred",))]
    assert found(text.format("  # chainrule: target=pred")) == []


def test_the_configuration_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"chainrule.toml": 'predictions = ["b"]\n', "loss.py": LOSS.format(comment="")})
    main(["check", "--format", "json"])
    assert [f["code"] for f in json.loads(capsys.readouterr().out)["findings"]] == ["CR101"]


@pytest.mark.parametrize(
    "use",
    [
        "def train(model, q, other):\n    return my_loss(q, model(other))",
        "def train(net, q, other):\n    out = net(other)\n    return my_loss(q, out)",
        "guess = torch.rand(3, requires_grad=True)\nprint(my_loss(torch.rand(3), guess))",
        "print(my_loss(torch.rand(3), torch.rand(3).requires_grad_()))",
    ],
)
def test_a_call_shows_which_argument_learns(use: str) -> None:
    assert ("CR201", ("z",)) in found(SHOWN.format(use=use))
    assert found(SHOWN.format(use="")) == []


def test_a_call_shows_the_roles_of_a_module_loss() -> None:
    text = """import torch
from torch import nn

class RoundLoss(nn.Module):
    def forward(self, x, z):
        return ((x - torch.round(z)) ** 2).mean()

criterion = RoundLoss()

def train(model, q, other):
    return criterion(q, model(other))
"""
    assert ("CR201", ("z",)) in found(text)


def test_a_new_call_is_noticed_in_an_unchanged_loss() -> None:
    analyzer = Analyzer()
    plain = SHOWN.format(use="")
    used = SHOWN.format(use="def train(model, q, other):\n    return my_loss(q, model(other))")
    before = analyzer.analyze(plain, "loss.py").findings
    after = analyzer.analyze(used, "loss.py").findings
    assert "my_loss" not in [f.function for f in before]
    assert "my_loss" in [f.function for f in after]
    assert analyzer.analyze(plain, "loss.py").findings == before
