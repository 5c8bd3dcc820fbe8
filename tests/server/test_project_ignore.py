"""Ignoring a rule in a whole project: every way to write the settings, and every editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from chainrule.edits import apply
from chainrule_server.edits import CannotEdit
from chainrule_server.project_ignore import SettingsFile, ignore_edits
from chainrule_server.text import Unit
from server.conversation import actions, applied, diagnostics, document, open_in, resolved, unit_of
from server.harness import PROFILES, capabilities, session

TITLE = "Ignore CR104 in this project"
OWN, PROJECT = "chainrule.toml", "pyproject.toml"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (OWN, "", 'ignore = ["CR104"]\n'),
        (OWN, 'select = ["CR1"]', 'select = ["CR1"]\nignore = ["CR104"]'),
        (OWN, "# ours\n[probe]\ntimeout = 3\n", '# ours\nignore = ["CR104"]\n[probe]\ntimeout = 3\n'),
        (OWN, "ignore = []\n", 'ignore = ["CR104"]\n'),
        (PROJECT, "", '[tool.chainrule]\nignore = ["CR104"]\n'),
        (PROJECT, 'x = "é"', 'x = "é"\n\n[tool.chainrule]\nignore = ["CR104"]'),
        (PROJECT, "[tool.chainrule]", '[tool.chainrule]\nignore = ["CR104"]'),
        (
            PROJECT,
            '[tool.chainrule]  # ours\nselect = []\n\n[tool.ruff]\nignore = ["E1"]\n',
            '[tool.chainrule]  # ours\nselect = []\nignore = ["CR104"]\n\n[tool.ruff]\nignore = ["E1"]\n',
        ),
        (
            PROJECT,
            "[tool.chainrule.probe]\n[ tool . chainrule ]\nignore = ['CR7' ]  # [\"no\"]\n",
            '[tool.chainrule.probe]\n[ tool . chainrule ]\nignore = [\'CR7\', "CR104" ]  # ["no"]\n',
        ),
        (
            PROJECT,
            '[tool.chainrule]\nignore = [\n  "CR105",  # ], why\n]\n',
            '[tool.chainrule]\nignore = [\n  "CR105",  # ], why\n  "CR104",\n]\n',
        ),
        (
            PROJECT,
            '[tool.chainrule]\nignore = [\n  "CR105"  # why\n]\n',
            '[tool.chainrule]\nignore = [\n  "CR105",  # why\n  "CR104",\n]\n',
        ),
        (
            PROJECT,
            '[tool.chainrule]\nignore = ["CR105",\n  "CR106"]\n',
            '[tool.chainrule]\nignore = ["CR105",\n  "CR106", "CR104"]\n',
        ),
    ],
)
def test_one_code_more_and_nothing_else(name: str, before: str, after: str) -> None:
    assert apply(before, ignore_edits(SettingsFile(Path(name), before), "CR104")) == after


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[tool]\nchainrule = {ignore = ["CR1"]}\n', "add CR104 to it"),
        ("[tool.chainrule]\nignore = 3\n", "add CR104 to it"),
        ("[tool.chainrule\n", "not valid TOML"),
    ],
)
def test_what_it_does_not_understand_it_leaves(text: str, why: str) -> None:
    with pytest.raises(CannotEdit, match=why):
        ignore_edits(SettingsFile(Path(PROJECT), text), "CR104")


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", PROFILES)
async def test_the_projects_file_is_edited(profile: str, tmp_path: Path) -> None:
    project = tmp_path / PROJECT
    before = '[project]\r\nname = "losses"\r\n'
    project.write_bytes(before.encode())
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        offered = await actions(client, identifier, found[0].range, ["quickfix"], found)
        [action] = [action for action in offered if action["title"] == TITLE]
        edit = (await resolved(client, action))["edit"]
        text = applied(before, edit, project.as_uri(), unit_of(client))
        assert text == before + '\r\n[tool.chainrule]\r\nignore = ["CR104"]\r\n'
        assert not client.messages
        assert project.read_bytes() == before.encode()


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", PROFILES)
async def test_a_project_without_settings_gets_a_file(profile: str, tmp_path: Path) -> None:
    """Where the editor can create one; else there is no such action."""
    operations = capabilities(profile).workspace.workspace_edit.resource_operations or ()
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        offered = await actions(client, identifier, found[0].range, ["quickfix"], found)
        found_here = [action for action in offered if action["title"] == TITLE]
        if types.ResourceOperationKind.Create not in operations:
            assert not found_here
            return
        created, edit = (await resolved(client, found_here[0]))["edit"]["documentChanges"]
        uri = (tmp_path / OWN).as_uri()
        assert created == {"kind": "create", "uri": uri, "options": {"ignoreIfExists": True}}
        text = applied("", {"documentChanges": [edit]}, uri, Unit.UTF16)
        assert text == 'ignore = ["CR104"]\n'


@pytest.mark.asyncio
async def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / PROJECT).write_text("[tool.chainrule]\nignoer = []\n")
    async with session(PROFILES[-1], tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, PROFILES[-1])
        offered = await actions(client, identifier, found[0].range, ["quickfix"], found)
        [action] = [action for action in offered if action["title"] == TITLE]
        assert "edit" not in await resolved(client, action)
        assert "did you mean `ignore`" in client.messages[-1].message
