"""Files that import each other: what is said about one changes with an edit of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.harness import RawClient

PASSES = "import torch\n\ndef helper(x):\n    return x * 2\n"
DETACHES = PASSES.replace("x * 2", "x.detach() * 2")
TRAIN = """import torch
from util import helper

def my_loss(pred, target):
    return ((helper(pred) - target) ** 2).mean()
"""


@pytest.fixture
def client() -> Iterator[RawClient]:
    client = RawClient()
    client.initialize()
    yield client
    client.process.kill()
    client.process.communicate()


def pull(client: RawClient, identifier: int, path: Path) -> list[str]:
    parameters = {"textDocument": {"uri": path.as_uri()}}
    answer = client.request(identifier, "textDocument/diagnostic", parameters)
    return [item["code"] for item in answer["result"]["items"]]


def change(client: RawClient, path: Path, version: int, text: str) -> None:
    document = {"uri": path.as_uri(), "version": version}
    parameters = {"textDocument": document, "contentChanges": [{"text": text}]}
    client.send(method="textDocument/didChange", params=parameters)


def close(client: RawClient, path: Path) -> None:
    client.send(method="textDocument/didClose", params={"textDocument": {"uri": path.as_uri()}})


def test_the_unsaved_helper_counts(client: RawClient, tmp_path: Path) -> None:
    helper, train = tmp_path / "util.py", tmp_path / "train.py"
    helper.write_text(PASSES, encoding="utf-8")
    client.open(train.as_uri(), TRAIN)
    assert pull(client, 1, train) == []
    client.open(helper.as_uri(), DETACHES)
    assert pull(client, 2, train) == ["CR101"]
    change(client, helper, 2, PASSES)
    assert pull(client, 3, train) == []
    change(client, helper, 3, DETACHES)
    assert pull(client, 4, train) == ["CR101"]
    close(client, helper)
    assert pull(client, 5, train) == [], "the file on the disk counts again"


def test_a_helper_that_is_not_saved_yet_is_found(client: RawClient, tmp_path: Path) -> None:
    helper, train = tmp_path / "util.py", tmp_path / "train.py"
    client.open(train.as_uri(), TRAIN)
    assert pull(client, 1, train) == []
    client.open(helper.as_uri(), DETACHES)
    assert pull(client, 2, train) == ["CR101"]


def test_what_depends_on_an_edited_file_is_pushed_again(client: RawClient, tmp_path: Path) -> None:
    helper, train = tmp_path / "util.py", tmp_path / "train.py"
    client.open(train.as_uri(), TRAIN)
    assert pushed(client, train) == []
    client.open(helper.as_uri(), DETACHES)
    assert pushed(client, train) == ["CR101"]
    change(client, helper, 2, PASSES)
    assert pushed(client, train) == []


def pushed(client: RawClient, path: Path) -> list[str]:
    """The codes in the next diagnostics that are pushed for `path`."""
    while True:
        message = client.read()
        if message.get("method") == "textDocument/publishDiagnostics":
            if message["params"]["uri"] == path.as_uri():
                return [item["code"] for item in message["params"]["diagnostics"]]


def test_the_message_names_the_place_in_the_other_file(client: RawClient, tmp_path: Path) -> None:
    helper, train = tmp_path / "util.py", tmp_path / "train.py"
    helper.write_text(DETACHES, encoding="utf-8")
    client.open(train.as_uri(), TRAIN)
    parameters = {"textDocument": {"uri": train.as_uri()}}
    (item,) = client.request(1, "textDocument/diagnostic", parameters)["result"]["items"]
    assert f"{helper}:4)" in item["message"]
