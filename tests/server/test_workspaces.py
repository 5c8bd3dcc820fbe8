"""Several folders, texts that are no files, files that move or go, and a client that goes."""

from __future__ import annotations

import asyncio
import os
import select
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from server.conversation import actions, open_in, resolved
from server.harness import PATIENCE, RawClient, session

EDITOR = "vscode_v1.139.1"
PASSES = "def squash(x):\n    return x.sigmoid()\n"
DETACHES = PASSES.replace("x.sig", "x.detach().sig")
CALLER = """\
import torch
from util import squash


def squash_loss(pred, target):
    return (squash(pred) - target).square().mean()
"""
CUT = CALLER.replace("squash(pred)", "squash(pred).detach()")


def item(path: Path, text: str) -> types.TextDocumentItem:
    return types.TextDocumentItem(path.as_uri(), "python", 1, text)


async def codes(client: LanguageClient, uri: str) -> list[str]:
    params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
    return [str(each.code) for each in (await client.text_document_diagnostic_async(params)).items]


async def become(client: LanguageClient, uri: str, wanted: list[str]) -> None:
    """Ask until the answer is `wanted`: the server looks at the disk beside its other work."""

    async def asked() -> None:
        while await codes(client, uri) != wanted:
            await asyncio.sleep(0)

    await asyncio.wait_for(asked(), PATIENCE)


def tell(client: LanguageClient, *changes: tuple[Path, types.FileChangeType]) -> None:
    events = [types.FileEvent(path.as_uri(), kind) for path, kind in changes]
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))


@pytest.mark.asyncio
async def test_each_folder_has_its_own_imports_and_settings(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, helper in ((one, DETACHES), (two, PASSES)):
        folder.mkdir()
        (folder / "util.py").write_text(helper)
        (folder / "loss.py").write_text(CALLER)
    (two / "pyproject.toml").write_text('[tool.chainrule]\nignore = ["CR9"]\n')
    async with session(EDITOR, one) as client:
        assert client.server.workspace.workspace_folders.change_notifications
        added = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(two.as_uri(), "two")], [])
        client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(added))
        open_in(client, item(one / "loss.py", CALLER))
        second = open_in(client, item(two / "loss.py", CUT))
        await become(client, (one / "loss.py").as_uri(), ["CR101"])
        await become(client, (two / "loss.py").as_uri(), ["CR101"])
        place = types.Range(types.Position(5, 20), types.Position(5, 20))
        offered = await actions(client, second, place, ["quickfix"])
        [ignore] = [each for each in offered if each["title"] == "Ignore CR101 in this project"]
        edit = (await resolved(client, ignore))["edit"]["documentChanges"][0]
        assert edit["textDocument"]["uri"] == (two / "pyproject.toml").as_uri()
        left = types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(one.as_uri(), "one")])
        client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(left))
        await become(client, (two / "loss.py").as_uri(), ["CR101"])


@pytest.mark.asyncio
async def test_a_text_that_was_never_saved(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    untitled = types.TextDocumentItem(
        "untitled:Untitled-1", "python", 1, CUT.replace("from util", "# from util")
    )
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, untitled)
        assert await codes(client, untitled.uri) == ["CR101"]
        place = types.Range(types.Position(5, 20), types.Position(5, 20))
        titles = [each["title"] for each in await actions(client, identifier, place)]
        assert "Ignore CR101 on this line" in titles
        # What needs a file is not offered: settings of its project, a test that imports it.
        assert not any("project" in title or "test" in title for title in titles)
        [lens] = await client.text_document_code_lens_async(types.CodeLensParams(identifier))
        command = types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
        result = await client.workspace_execute_command_async(command)
        assert "name 'squash' is not defined" in result["error"]


@pytest.mark.asyncio
async def test_a_file_that_is_renamed_takes_its_findings_along(tmp_path: Path) -> None:
    old, new, helper = tmp_path / "loss.py", tmp_path / "ranking.py", tmp_path / "util.py"
    old.write_text(CALLER)
    helper.write_text(DETACHES)
    kind = types.FileChangeType
    async with session(EDITOR, tmp_path) as client:
        open_in(client, item(old, CALLER))
        await become(client, old.as_uri(), ["CR101"])
        old.rename(new)
        closed = types.TextDocumentIdentifier(old.as_uri())
        client.text_document_did_close(types.DidCloseTextDocumentParams(closed))
        open_in(client, item(new, CALLER))
        tell(client, (old, kind.Deleted), (new, kind.Created))
        await become(client, new.as_uri(), ["CR101"])
        assert await codes(client, old.as_uri()) == []

        # The helper moves away, and back: a call that leads nowhere counts as differentiable.
        helper.rename(tmp_path / "other.py")
        tell(client, (helper, kind.Deleted), (tmp_path / "other.py", kind.Created))
        await become(client, new.as_uri(), [])
        (tmp_path / "other.py").rename(helper)
        tell(client, (tmp_path / "other.py", kind.Deleted), (helper, kind.Created))
        await become(client, new.as_uri(), ["CR101"])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to watch other processes")
def test_nothing_runs_on_when_the_client_is_gone(tmp_path: Path) -> None:
    """An editor that is killed says no goodbye, not even while a loss runs."""
    pytest.importorskip("torch")
    started = tmp_path / "started"
    os.mkfifo(started)
    text = f"""\
import torch


def endless_loss(pred):
    with open({str(started)!r}) as file:
        file.read()
    while True:
        pass


endless_loss(torch.ones(3))
"""
    client = RawClient()
    client.initialize()
    uri = (tmp_path / "loss.py").as_uri()
    client.open(uri, text)
    command = {"command": "chainrule.checkGradients", "arguments": [uri, "endless_loss"]}
    client.send(id=1, method="workspace/executeCommand", params=command)
    with open(started, "w") as file:  # returns once the loss has begun
        file.write("on")
    workers = [os.pidfd_open(process) for process in descendants(client.process.pid)]
    assert workers
    assert client.wait() == 1
    for worker in workers:
        ended, _, _ = select.select([worker], [], [], PATIENCE)
        assert ended, "a worker runs on without its server"
        os.close(worker)


def descendants(process: int) -> list[int]:
    found: list[int] = []
    pending = [process]
    while pending:
        for task in Path(f"/proc/{pending.pop()}/task").glob("*/children"):
            children = [int(child) for child in task.read_text().split()]
            found += children
            pending += children
    return found
