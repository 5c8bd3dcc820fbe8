"""Fixes tried on the user's own loss, with the real probe: what the action says is what torch does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from server.conversation import actions, diagnostics, document, open_in, replace_all
from server.harness import session

pytest.importorskip("torch")
pytestmark = pytest.mark.asyncio

EDITOR = "vscode_v1.139.1"

RESTORED = """\
import torch


def bumpiness_loss(path):
    steps = [b - a for a, b in zip(path.tolist(), path.tolist()[1:])]
    return sum(step**2 for step in steps) / len(steps)
"""
CHANGED = """\
import torch


def count_loss(scores):
    return (scores > 0.2).float().mean()
"""
SAME = """\
import torch


def worst_loss(pred, target):
    error = (pred - target).square()
    _, worst = torch.topk(error, 2)
    return error[worst].mean()


worst_loss(torch.randn(5, requires_grad=True), torch.randn(5)).backward()
"""


async def tried(client: LanguageClient, root: Path, text: str, code: str) -> tuple[dict[str, str], list[str]]:
    """What the fixes of the first finding with this code change, and the titles of the actions after that."""
    item = document(root, text)
    identifier = open_in(client, item)
    found = await diagnostics(client, identifier, EDITOR)
    [finding] = [each for each in found if each.code == code][:1]
    return await tried_again(client, identifier, finding)


async def tried_again(
    client: LanguageClient, identifier: types.TextDocumentIdentifier, finding: types.Diagnostic
) -> tuple[dict[str, str], list[str]]:
    start = {"line": finding.range.start.line, "character": finding.range.start.character}
    arguments: list[Any] = [identifier.uri, finding.code, start]
    command = types.ExecuteCommandParams("chainrule.verify", arguments=arguments)
    result = await client.workspace_execute_command_async(command)
    after = [action["title"] for action in await actions(client, identifier, finding.range)]
    return {fix["title"]: fix["changes"] for fix in result["fixes"]}, after


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (RESTORED, "CR105", "same loss; gradient restored: path |g| 0 → "),
        (CHANGED, "CR103", "; gradient restored: scores |g| 0 → "),
        (SAME, "CR701", "same loss; same gradient"),
    ],
)
async def test_the_action_says_what_changed(tmp_path: Path, text: str, code: str, words: str) -> None:
    async with session(EDITOR, tmp_path) as client:
        changes, titles = await tried(client, tmp_path, text, code)
        [(title, said)] = [(title, said) for title, said in changes.items() if words in said][:1]
        assert f"{title} ({said})" in titles
        assert any(words in message.message for message in client.messages)

        # It was tried on this text and no other.
        identifier = types.TextDocumentIdentifier((tmp_path / "loss.py").as_uri())
        replace_all(client, identifier, 2, text + "\n# the end\n")
        whole = types.Range(types.Position(0, 0), types.Position(99, 0))
        again = [action["title"] for action in await actions(client, identifier, whole)]
        assert title in again and f"{title} ({said})" not in again


REFUTED = """\
import torch


def smoothness_loss(path):
    loss = (path - path.mean()).square().mean().detach()
    return loss + 1.0 if loss.requires_grad else loss
"""
"""What the analysis cannot know: the loss asks whether it has a graph, and is another one then."""


async def test_a_fix_that_a_run_refutes_is_no_longer_safe(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, REFUTED))
        [finding] = await diagnostics(client, identifier, EDITOR)
        before = await actions(client, identifier, finding.range)
        assert any(action.get("isPreferred") for action in before)
        assert any(action["kind"] == "source.fixAll.chainrule" for action in before)
        changes, _ = await tried_again(client, identifier, finding)
        [said] = changes.values()
        assert said.startswith("loss changes: ")
        after = await actions(client, identifier, finding.range)
        [fix] = [action for action in after if said in action["title"]]
        assert not fix.get("isPreferred")
        [note] = fix["edit"]["changeAnnotations"].values()
        assert note["needsConfirmation"] and said in note["description"]
        assert not any(action["kind"] == "source.fixAll.chainrule" for action in after)


async def test_what_cannot_be_tried(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path, options={"trusted": False}) as client:
        with pytest.raises(JsonRpcException, match="not trusted"):
            await tried(client, tmp_path, RESTORED, "CR105")
        identifier = types.TextDocumentIdentifier((tmp_path / "loss.py").as_uri())
        whole = types.Range(types.Position(0, 0), types.Position(99, 0))
        offered = await actions(client, identifier, whole)
        assert not any(action["title"].startswith("Try the fixes") for action in offered)
    async with session(EDITOR, tmp_path) as client:
        open_in(client, document(tmp_path, RESTORED))
        missing: list[Any] = [identifier.uri, "CR101", {"line": 0, "character": 0}]
        with pytest.raises(JsonRpcException, match="no CR101 at line 1"):
            command = types.ExecuteCommandParams("chainrule.verify", arguments=missing)
            await client.workspace_execute_command_async(command)
