"""`chainrule explain` and `chainrule rules`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chainrule.catalogue import BY_CODE, ENTRIES
from chainrule.cli import main


def explained(capsys: pytest.CaptureFixture[str], topic: str) -> Any:
    assert main(["explain", topic, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("topic", "outputs"),
    [
        ("torch.topk", {"values": "flows", "indices": "cut"}),
        ("torch.argmax", {"result": "cut"}),
        ("Tensor.round", {"result": "zero"}),
        ("F.one_hot", {"result": "cut"}),
        ("linalg.det", {"result": "flows"}),
        ("//", {"result": "raises"}),
    ],
)
def test_an_operator_is_explained_in_any_spelling(
    capsys: pytest.CaptureFixture[str], topic: str, outputs: dict[str, str]
) -> None:
    output = explained(capsys, topic)
    assert list(output) == ["version", "operator", "outputs", "source"]
    assert {each["name"]: each["gradient"] for each in output["outputs"]} == outputs
    assert "torch" in output["source"]


def test_the_text_names_every_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "torch.topk"]) == 0
    out = capsys.readouterr().out
    assert "values   flows" in out
    assert "indices  cut" in out


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    output = explained(capsys, "cr001")
    assert (output["code"], output["severity"]) == ("CR001", "information")
    assert main(["explain", "unused-suppression"]) == 0
    assert capsys.readouterr().out.startswith("CR001 unused-suppression (information)\n")


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("CR999", "there is no rule CR999"),
        ("torch.tokp", "no operator or rule is called 'torch.tokp'; did you mean torch.topk"),
        ("unused-supression", "did you mean unused-suppression?"),
        ("", "no operator or rule is called ''"),
    ],
)
def test_what_is_unknown_gets_the_nearest_names(
    capsys: pytest.CaptureFixture[str], topic: str, message: str
) -> None:
    assert main(["explain", topic]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_the_table_lists_every_code_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == sorted(BY_CODE) == [entry.code for entry in ENTRIES]
