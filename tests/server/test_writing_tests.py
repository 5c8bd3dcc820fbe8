"""Tests that the editor writes of what a probe measured: offered, created, and as good as they claim."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from chainrule_server.text import Unit
from server.conversation import actions, applied, diagnostics, document, open_in
from server.harness import PROFILES, capabilities, session

pytest.importorskip("torch")
pytestmark = pytest.mark.asyncio

EDITOR = "vscode_v1.139.1"
CUT = """\
import torch


def hit_loss(logits, labels):
    best = logits.argmax(1).float()
    return (best - labels).abs().mean()
"""
MENDED = CUT.replace("logits.argmax(1).float()", "(logits.softmax(1) * torch.arange(logits.size(1))).sum(1)")
ROOT = """\
import torch


def distance_loss(pred, target):
    return (pred - target).square().sum(dim=1).sqrt().mean()
"""
SCORED = """\
import torch.nn.functional as F
from torch import nn


class Scored(nn.Module):
    def forward(self, pred, target):
        return F.mse_loss(pred, F.one_hot(target, 5).float())
"""


def at(line: int) -> types.Range:
    return types.Range(types.Position(line, 4), types.Position(line, 4))


async def run(client: LanguageClient, action: dict[str, Any]) -> Any:
    command = action["command"]
    params = types.ExecuteCommandParams(command["command"], command["arguments"])
    return await client.workspace_execute_command_async(params)


def created(client: LanguageClient) -> Path:
    """The file of the newest edit, written as the editor would."""
    edit = client.protocol._converter.unstructure(client.applied[-1])
    create, content = edit["documentChanges"]
    assert create["kind"] == "create" and create["options"] == {"ignoreIfExists": True}
    path = Path(create["uri"].removeprefix("file://"))
    path.write_text(applied("", {"documentChanges": [content]}, create["uri"], Unit.UTF16), encoding="utf-8")
    return path


def passes(test: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    done = subprocess.run(command, cwd=test.parent, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout
    return done.returncode == 0


async def test_a_gradient_test_fails_until_the_loss_is_mended(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tests").mkdir()
    (tmp_path / "loss.py").write_text(CUT)
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, CUT))
        [shown] = await diagnostics(client, identifier, EDITOR)
        offered = await actions(client, identifier, shown.range, ["quickfix"])
        [action] = [each for each in offered if each["title"] == "Add a gradient test for hit_loss"]
        answer = await run(client, action)
        test = created(client)
        assert test.parent == tmp_path / "tests" and answer == {"path": str(test), "note": ""}
        assert [each.uri for each in client.shown_documents] == [test.as_uri()]
        assert not passes(test)
        (tmp_path / "loss.py").write_text(MENDED)
        assert passes(test)
        # The next one is another file: nothing is ever overwritten.
        await run(client, action)
        assert created(client) != test


async def test_a_module_with_nothing_but_a_rewrite_gets_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "model.py").write_text(SCORED)
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, SCORED, "model.py"))
        [shown] = await diagnostics(client, identifier, EDITOR)
        assert shown.code == "CR702"
        offered = await actions(client, identifier, shown.range, ["quickfix"])
        [action] = [each for each in offered if each["title"] == "Add a gradient test for Scored.forward"]
        await run(client, action)
        assert passes(created(client))


async def test_a_failing_input_becomes_a_test(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "loss.py").write_text(ROOT)
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, ROOT))
        check = types.ExecuteCommandParams("chainrule.checkGradients", [identifier.uri, "distance_loss"])
        await client.workspace_execute_command_async(check)
        offered = await actions(client, identifier, at(4), ["quickfix"])
        action = next(each for each in offered if each["title"].startswith("Write the failing input ("))
        await run(client, action)
        test = created(client)
        assert not passes(test)
        (tmp_path / "loss.py").write_text(ROOT.replace(".sqrt()", ".clamp(min=1e-12).sqrt()"))
        assert passes(test)


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("profile", PROFILES)
async def test_it_is_offered_where_it_can_be_done(profile: str, trusted: bool, tmp_path: Path) -> None:
    operations = capabilities(profile).workspace.workspace_edit.resource_operations or ()
    creates = types.ResourceOperationKind.Create in operations
    async with session(profile, tmp_path, options={"trusted": trusted}) as client:
        identifier = open_in(client, document(tmp_path, MENDED))
        assert bool(await actions(client, identifier, at(3), ["refactor"])) == (creates and trusted)
        assert not await actions(client, identifier, at(4), ["refactor"])
        if not trusted:
            command = types.ExecuteCommandParams("chainrule.writeTest", [identifier.uri, "hit_loss"])
            with pytest.raises(JsonRpcException, match="not trusted"):
                await client.workspace_execute_command_async(command)


async def test_what_cannot_be_tested_is_said(tmp_path: Path) -> None:
    text = (
        "def secret_loss(pred, secret):\n    assert hash(str(secret)) == 5, 'friend'\n    return pred.sum()\n"
    )
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, text))
        command = types.ExecuteCommandParams("chainrule.writeTest", [identifier.uri, "secret_loss"])
        with pytest.raises(JsonRpcException, match=r"No test can be written for secret_loss: .*friend"):
            await client.workspace_execute_command_async(command)
