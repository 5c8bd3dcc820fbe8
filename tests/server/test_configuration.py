"""Settings from the editor, the project's configuration, and files that change outside the editor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from chainrule_server.settings import Settings, from_options, merged
from server.conversation import document, open_in, replace_all
from server.harness import PATIENCE, RawClient, session

VSCODE = "vscode_v1.139.1"


def test_initialization_options() -> None:
    options = {
        "trusted": False,
        "python": "/py",
        "device": "cpu",
        "timeout": 3,
        "select": ["CR1"],
        "ignore": [],
    }
    settings, problems = from_options({**options, "ignore": []})
    assert settings == Settings(trusted=False, python="/py", device="cpu", timeout=3.0, select=("CR1",))
    assert not problems
    assert from_options(None) == (Settings(), [])
    assert from_options({"trusted": "yes"})[0].trusted is False


def test_what_the_client_leaves_empty_stays_as_it_was() -> None:
    base = Settings(python="/from/the/options", device="cpu")
    sent = {
        "enable": True,
        "interpreter": "",
        "select": [],
        "probe": {"python": "", "device": "mps", "timeout": None},
        "trace": {"server": "off"},
    }
    settings, problems = merged(base, sent)
    assert settings == Settings(python="/from/the/options", device="mps")
    assert not problems


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"enabled": True}, "no setting chainrule.enabled. Did you mean chainrule.enable?"),
        ({"enable": "yes"}, "chainrule.enable must be true or false"),
        ({"probe": {"timeout": -1}}, "chainrule.probe.timeout must be a number of seconds above 0"),
        ({"probe": {"timeout": True}}, "a number of seconds"),
        ({"probe.device": "gpu"}, "auto, cpu, cuda"),
        ({"select": "CR1"}, "a list of codes"),
        ({"select": ["E501"]}, "a list of codes"),
        ({"diagnosticMode": "all"}, "openFilesOnly"),
        ({"python": 3}, "a text"),
        (["enable"], "must be an object"),
    ],
)
def test_what_cannot_be_used_is_said(sent: Any, words: str) -> None:
    settings, [problem] = merged(Settings(), sent)
    assert settings == Settings() and words in problem


async def codes(client: LanguageClient, identifier: types.TextDocumentIdentifier) -> list[str]:
    report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(identifier))
    return [str(item.code) for item in report.items]


async def becomes(
    client: LanguageClient, identifier: types.TextDocumentIdentifier, wanted: list[str]
) -> bool:
    """Ask again until the answer is `wanted`: the server fetches settings beside its other work."""

    async def asked() -> bool:
        while await codes(client, identifier) != wanted:
            pass
        return True

    return await asyncio.wait_for(asked(), PATIENCE)


@pytest.mark.asyncio
async def test_settings_change_while_the_server_runs(tmp_path: Path) -> None:
    async with session(VSCODE, tmp_path, configuration={"ignore": ["CR0"]}) as client:
        identifier = open_in(client, document(tmp_path))
        assert await becomes(client, identifier, ["CR104"])
        client.set_configuration({"chainrule": {"ignore": ["CR1"]}})
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        assert await becomes(client, identifier, ["CR001"])
        client.set_configuration({"chainrule": {"enable": False, "enabel": True}})
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        assert await becomes(client, identifier, [])
        assert "Did you mean chainrule.enable?" in client.messages[0].message
        assert client.diagnostic_refresh_count >= 2


@pytest.mark.asyncio
async def test_the_project_says_what_to_report(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.chainrule]\nignore = ["CR0"]\n')
    async with session(VSCODE, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        assert await codes(client, identifier) == ["CR104"]
        project.write_text('[tool.chainrule]\nselekt = ["CR0"]\n')
        touch(client, project)
        assert await becomes(client, identifier, ["CR104", "CR001"])
        assert [message.message for message in client.messages if "did you mean `select`" in message.message]
        project.unlink()
        touch(client, project)
        assert await codes(client, identifier) == ["CR104", "CR001"]
        watched = [
            item for item in client.registered if item.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        ]
        assert len(watched) == 1


def touch(client: LanguageClient, path: Path) -> None:
    change = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))


@pytest.mark.asyncio
async def test_an_edit_in_one_file_is_felt_in_another(tmp_path: Path) -> None:
    """Also when neither was saved."""
    helper = types.TextDocumentItem((tmp_path / "helper.py").as_uri(), "python", 1, HELPER)
    caller = types.TextDocumentItem((tmp_path / "loss.py").as_uri(), "python", 1, CALLER)
    async with session(VSCODE, tmp_path) as client:
        identifier, called = open_in(client, caller), open_in(client, helper)
        assert await becomes(client, identifier, ["CR101"])
        replace_all(client, called, 2, HELPER.replace(".detach()", ""))
        assert await becomes(client, identifier, [])
        assert await codes(client, called) == []


HELPER = "def squash(x):\n    return x.detach().sigmoid()\n"
CALLER = """\
import torch
from helper import squash


def squash_loss(pred, target):
    return (squash(pred) - target).square().mean()
"""


@pytest.mark.asyncio
async def test_every_file_of_the_workspace(tmp_path: Path) -> None:
    idle = "x = 1  # chainrule: ignore\n"
    (tmp_path / "one.py").write_text(idle)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "two.py").write_text("\n" + idle)
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    (tmp_path / "ignored.py").write_text(idle)
    (tmp_path / "loss.py").write_text("")
    (tmp_path / "broken.py").write_bytes(b"\xff\xfe\0")
    async with session(VSCODE, tmp_path, configuration={"diagnosticMode": "workspace"}) as client:
        identifier = open_in(client, document(tmp_path))
        assert await becomes(client, identifier, ["CR104", "CR001"])
        reports = await workspace(client, [])
        assert {Path(item.uri).name: len(item.items) for item in reports} == {
            "one.py": 1,
            "two.py": 1,
            "loss.py": 2,
        }

        known = [types.PreviousResultId(item.uri, item.result_id) for item in reports]
        waiting = asyncio.ensure_future(workspace(client, known))
        await codes(client, identifier)
        assert not waiting.done()
        # In one step, as editors save: the pass that is still under way must not read half a file.
        (tmp_path / "saved").write_text(idle * 2)
        (tmp_path / "saved").replace(tmp_path / "one.py")
        touch(client, tmp_path / "one.py")
        changed = [item for item in await asyncio.wait_for(waiting, PATIENCE) if item.kind == "full"]
        assert [(Path(item.uri).name, len(item.items)) for item in changed] == [("one.py", 2)]

        client.set_configuration({"chainrule": {}})
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        gone = await workspace(client, known)
        while any(item.kind == "unchanged" for item in gone):
            gone = await workspace(client, known)
        assert [len(item.items) for item in gone] == [0, 0, 0]


async def workspace(client: LanguageClient, known: list[types.PreviousResultId]) -> list[Any]:
    report = await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
    return list(report.items)


def test_settings_that_the_client_sends_by_itself() -> None:
    """Clients without workspace/configuration put them into the notification."""
    client = RawClient()
    client.initialize()
    uri = "file:///work/loss.py"
    client.open(uri, "x = 1  # chainrule: ignore\n")
    pull = {"textDocument": {"uri": uri}}
    assert len(client.request(1, "textDocument/diagnostic", pull)["result"]["items"]) == 1
    settings = {"settings": {"chainrule": {"ignore": ["CR001"]}}}
    client.send(method="workspace/didChangeConfiguration", params=settings)
    assert client.request(2, "textDocument/diagnostic", pull)["result"]["items"] == []
    assert client.end() == 0
