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


NET = """from torch import nn

class Halting(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Linear(4, 1)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        return self.out(x) * (self.score(x) > 0).float()
"""
STEP = """from net import Halting

def penalty(model: Halting, x):
    return model.score(x).mean()
"""


def test_a_layer_that_another_file_trains(client: RawClient, tmp_path: Path) -> None:
    """Other files are read when the user pauses; until then nothing is said of the layer."""
    net, step = tmp_path / "net.py", tmp_path / "step.py"
    step.write_text(STEP, encoding="utf-8")
    client.open(net.as_uri(), NET)
    wait_for(client, net)
    client.open(step.as_uri(), STEP.replace("model.score", "model.out"))
    wait_for(client, net, "CR103")
    change(client, step, 2, STEP)
    wait_for(client, net)
