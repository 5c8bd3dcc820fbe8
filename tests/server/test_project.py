"""Files that import each other: what is said about one changes with an edit of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def wait_for(client: RawClient, path: Path, *codes: str) -> dict[str, Any]:
    """Read what is pushed until exactly `codes` are shown for `path`: what depends on another file may be
    looked at again a little later."""
    while True:
        message = client.read()
        if message.get("method") == "textDocument/publishDiagnostics":
            shown = message["params"]
            found = tuple(item["code"] for item in shown["diagnostics"])
            if shown["uri"] == path.as_uri() and found == codes:
                return dict(shown)


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
    wait_for(client, train)
    client.open(helper.as_uri(), DETACHES)
    shown = wait_for(client, train, "CR101")
    assert f"{helper}:4)" in shown["diagnostics"][0]["message"]
    change(client, helper, 2, PASSES)
    wait_for(client, train)
    change(client, helper, 3, DETACHES)
    wait_for(client, train, "CR101")
    close(client, helper)
    wait_for(client, train)


def test_a_helper_that_is_not_saved_yet_is_found(client: RawClient, tmp_path: Path) -> None:
    helper, train = tmp_path / "util.py", tmp_path / "train.py"
    client.open(train.as_uri(), TRAIN)
    wait_for(client, train)
    client.open(helper.as_uri(), DETACHES)
    wait_for(client, train, "CR101")
