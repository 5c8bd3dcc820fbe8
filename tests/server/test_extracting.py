"""A loss of a training loop made into a function, and tested, as the clients of real editors ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from server.conversation import actions, applied, document, open_in, replace_all, unit_of
from server.harness import PROFILES, capabilities, session
from server.test_writing_tests import created, passes, run

pytestmark = pytest.mark.asyncio

EDITOR = "vscode_v1.139.1"
NOTEBOOK = "file:///project/train.ipynb"
LOOP = """\
import torch


def train(model, batches):
    for x, y in batches:
        pred = model(x)
        name = "😀"; print(name)
        error = pred - y  # 😀
        loss = error.square().mean()
        loss.backward()
"""
EXTRACTED = """\
import torch


def train_loss(pred, y):
    error = pred - y  # 😀
    return error.square().mean()


def train(model, batches):
    for x, y in batches:
        pred = model(x)
        name = "😀"; print(name)
        loss = train_loss(pred, y)
        loss.backward()
"""
TITLE = "Extract the loss into train_loss"
TESTED = f"{TITLE}, and add a gradient test for it"
STOPS = LOOP.replace(
    "        loss = error", "        if not len(x):\n            continue\n        loss = error"
)


def lines(first: int, last: int) -> types.Range:
    return types.Range(types.Position(first, 0), types.Position(last, 0))


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("profile", PROFILES)
async def test_a_loss_is_extracted(profile: str, end: str, tmp_path: Path) -> None:
    text = LOOP.replace("\n", end)
    async with session(profile, tmp_path) as client:
        provider = client.server.code_action_provider
        assert "refactor.extract" in provider.code_action_kinds
        identifier = open_in(client, document(tmp_path, text, "train.py"))
        for kind in (["refactor"], ["refactor.extract"], None):
            offered = await actions(client, identifier, lines(9, 9), kind)
            found = {action["title"]: action for action in offered if "Extract" in action["title"]}
            creates = capabilities(profile).workspace.workspace_edit.resource_operations
            assert list(found) == ([TITLE, TESTED] if creates else [TITLE])
            after = applied(text, found[TITLE]["edit"], identifier.uri, unit_of(client))
            assert after == EXTRACTED.replace("\n", end)
            assert found[TITLE]["kind"] == "refactor.extract"
        assert not await actions(client, identifier, lines(9, 9), ["refactor.inline"])
        assert not await actions(client, identifier, lines(0, 0), ["refactor.extract"])


@pytest.mark.parametrize("profile", PROFILES)
async def test_what_cannot_be_extracted_says_why_where_editors_show_it(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, STOPS, "train.py"))
        offered = await actions(client, identifier, lines(7, 11), ["refactor.extract"])
        if capabilities(profile).text_document.code_action.disabled_support:
            [action] = offered
            assert action["title"] == TITLE and "edit" not in action
            assert action["disabled"]["reason"] == "`continue` leaves the code of the loss."
        else:
            assert not offered


async def test_its_gradient_test_passes(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "pyproject.toml").touch()
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, LOOP, "train.py"))
        offered = await actions(client, identifier, lines(9, 9), ["refactor.extract"])
        [action] = [each for each in offered if each["title"] == TESTED]
        after = applied(LOOP, action["edit"], identifier.uri, unit_of(client))
        replace_all(client, identifier, 2, after)
        (tmp_path / "train.py").write_text(after, encoding="utf-8")
        await run(client, action)
        test = created(client)
        assert "train_loss" in test.read_text(encoding="utf-8") and passes(test)


async def test_a_workspace_that_is_not_trusted_is_edited_and_not_run(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path, options={"trusted": False}) as client:
        identifier = open_in(client, document(tmp_path, LOOP, "train.py"))
        offered = await actions(client, identifier, lines(9, 9), ["refactor.extract"])
        assert [action["title"] for action in offered] == [TITLE]


CELLS = ["%matplotlib inline\nimport torch\nw = torch.ones(3, requires_grad=True)", "CELL"]
PLAIN = "x = torch.randn(4, 3)\nerror = x @ w - 1\nloss = error.abs().mean()\nloss.backward()"


def cell_uri(number: int) -> str:
    return f"vscode-notebook-cell:/project/train.ipynb#cell{number}"


async def in_a_cell(client: LanguageClient, text: str, place: types.Range) -> list[dict[str, Any]]:
    """What is offered in a notebook's last cell."""
    texts = [CELLS[0], text]
    cells = [types.NotebookCell(types.NotebookCellKind.Code, cell_uri(number)) for number in (0, 1)]
    notebook = types.NotebookDocument(NOTEBOOK, "jupyter-notebook", 1, cells)
    documents = [types.TextDocumentItem(cell_uri(n), "python", 1, each) for n, each in enumerate(texts)]
    client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, documents))
    return await actions(client, types.TextDocumentIdentifier(cell_uri(1)), place, ["refactor"])


async def test_a_loss_of_a_notebook_is_extracted_in_its_cell(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        [action] = await in_a_cell(client, PLAIN, lines(3, 3))
        [change] = action["edit"]["documentChanges"]
        assert change["textDocument"]["uri"] == cell_uri(1)
        assert applied(PLAIN, action["edit"], cell_uri(1), unit_of(client)) == (
            "x = torch.randn(4, 3)\n\n\n"
            "def train_loss(x, w):\n    error = x @ w - 1\n    return error.abs().mean()\n\n\n"
            "loss = train_loss(x, w)\nloss.backward()"
        )


async def test_what_only_notebooks_understand_is_not_lost(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        text = PLAIN.replace("loss =", "!nvidia-smi\nloss =")
        [action] = await in_a_cell(client, text, lines(1, 4))
        assert "no Python" in action["disabled"]["reason"]
