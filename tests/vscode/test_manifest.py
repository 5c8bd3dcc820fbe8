"""What the extension's manifest says about the rest of the project. Needs no Node.js."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import chainrule
from chainrule_server import settings

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "vscode-client"
MANIFEST = json.loads((CLIENT / "package.json").read_text())
PROPERTIES = MANIFEST["contributes"]["configuration"]["properties"]


def project_dependencies() -> list[str]:
    """`dependencies` of pyproject.toml; read as text, since Python 3.10 has no TOML reader of its own."""
    listed = re.search(r"^dependencies = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.M | re.S)
    assert listed is not None
    return re.findall(r'"([^"]+)"', listed[1])


def pinned() -> dict[str, str]:
    lines = (CLIENT / "bundled-requirements.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_the_extension_has_the_version_of_the_server() -> None:
    assert MANIFEST["version"] == chainrule.__version__


def test_every_setting_of_the_server_is_offered_and_no_other() -> None:
    offered = {name.removeprefix("chainrule.").removeprefix("probe.") for name in PROPERTIES}
    clients_own = {"enable", "interpreter", "trace.server"}
    assert offered - clients_own == set(settings._READERS) - {"enable"}


def documented(readme: Path) -> dict[str, str]:
    """The settings in the first table of a README that has a default for each, with those defaults."""
    rows = re.findall(r"^\| (`[^|]*`) \|([^|]*)\|", readme.read_text(encoding="utf-8"), re.M)
    names = {name: default.strip(" `") for cell, default in rows for name in re.findall(r"`([\w.]+)`", cell)}
    return {name.removeprefix("chainrule."): default.strip('"') for name, default in names.items()}


def test_the_readmes_name_every_setting_with_its_default() -> None:
    offered = {name.removeprefix("chainrule."): entry["default"] for name, entry in PROPERTIES.items()}
    plain = {name: value if isinstance(value, str) else json.dumps(value) for name, value in offered.items()}
    plain["probe.timeout"] = ""
    of_client = {name: default for name, default in documented(CLIENT / "README.md").items() if name in plain}
    assert of_client == plain
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- editor settings -->")[1]
    own = {"interpreter", "trace.server"}
    for name, default in plain.items():
        row = next((line for line in table.splitlines() if f"`{name}`" in line), "")
        assert bool(row) == (name not in own), name
        shown = json.dumps(offered[name])
        assert not row or f"| `{shown}` |" in row, (row, default)


def test_neovims_readme_shows_every_setting_of_the_server() -> None:
    shown = (ROOT / "nvim-client" / "README.md").read_text(encoding="utf-8")
    for name in settings._READERS:
        assert re.search(rf"^ +{name} = ", shown, re.M), name


def test_the_defaults_leave_the_projects_configuration_alone() -> None:
    sent = {name.removeprefix("chainrule."): entry["default"] for name, entry in PROPERTIES.items()}
    assert settings.merged(settings.Settings(), sent) == (settings.Settings(), [])


def test_settings_that_name_a_program_are_restricted_in_untrusted_workspaces() -> None:
    trust = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    programs = {name for name in PROPERTIES if name.endswith(("interpreter", "python"))}
    assert set(trust["restrictedConfigurations"]) == programs


@pytest.mark.parametrize("dependency", project_dependencies())
def test_the_bundle_has_what_the_project_depends_on(dependency: str) -> None:
    requirement = Requirement(dependency)
    assert requirement.specifier.contains(pinned()[requirement.name])


def test_every_command_is_registered() -> None:
    source = "".join(file.read_text() for file in (CLIENT / "src").glob("*.ts"))
    for command in MANIFEST["contributes"]["commands"]:
        assert f"'{command['command']}'" in source


@pytest.mark.parametrize("folder", [CLIENT, ROOT / "tests/vscode"])
def test_the_lock_file_names_no_registry(folder: Path) -> None:
    assert "resolved" not in (folder / "package-lock.json").read_text()
