"""Notebooks: one analysis over all code cells, findings and edits in the cells they belong to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from server.harness import PATIENCE, session

pytestmark = pytest.mark.asyncio

EDITOR = "vscode_v1.139.1"
NOTEBOOK = "file:///project/train.ipynb"
CELLS = [
    "%matplotlib inline\n!pip install torch\nimport torch",
    "def rank_loss(scores, target):\n    return (scores.argmax(dim=1) - target).float().square().mean()",
    "a = torch.randn(2, 3, requires_grad=True)\nrank_loss(a, torch.zeros(2))  # chainrule: ignore\n",
]


def cell_uri(number: int) -> str:
    return f"vscode-notebook-cell:/project/train.ipynb#cell{number}"


def cell(number: int) -> types.NotebookCell:
    return types.NotebookCell(types.NotebookCellKind.Code, cell_uri(number))


def text_of(number: int, text: str) -> types.TextDocumentItem:
    return types.TextDocumentItem(cell_uri(number), "python", 1, text)


def open_notebook(client: LanguageClient) -> None:
    client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                NOTEBOOK,
                "jupyter-notebook",
                1,
                [
                    types.NotebookCell(types.NotebookCellKind.Markup, cell_uri(99)),
                    *map(cell, range(len(CELLS))),
                ],
            ),
            [text_of(number, text) for number, text in enumerate(CELLS)],
        )
    )


def change(client: LanguageClient, version: int, cells: types.NotebookDocumentCellChanges) -> None:
    client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(
            types.VersionedNotebookDocumentIdentifier(version, NOTEBOOK),
            types.NotebookDocumentChangeEvent(cells=cells),
        )
    )


async def pushed(client: LanguageClient) -> dict[str, list[str]]:
    """The codes and first lines in each cell, after the next push: all cells are pushed in one go."""
    push = client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    await asyncio.wait_for(push, PATIENCE)
    await client.code_action_resolve_async(types.CodeAction("a question, to have read what came before"))
    return {
        uri: [f"{item.code} {item.range.start.line}" for item in items]
        for uri, items in client.diagnostics.items()
    }


async def test_findings_are_in_their_cells(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        open_notebook(client)
        everything = {cell_uri(0): [], cell_uri(1): ["CR104 1"], cell_uri(2): ["CR001 1"]}
        assert await pushed(client) == everything

        # A cell that pulls would be shown twice.
        identifier = types.TextDocumentIdentifier(cell_uri(1))
        pulled = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(identifier))
        assert not pulled.items

        place = types.Range(types.Position(1, 30), types.Position(1, 32))
        identifier = types.TextDocumentIdentifier(cell_uri(2))
        params = types.CodeActionParams(identifier, place, types.CodeActionContext([]))
        fix = next(
            action
            for action in await client.text_document_code_action_async(params)
            if isinstance(action, types.CodeAction) and action.is_preferred
        )
        [edit] = fix.edit.document_changes
        assert edit.text_document.uri == cell_uri(2) and edit.edits[0].range.start.line == 1

        lenses = types.CodeLensParams(types.TextDocumentIdentifier(cell_uri(1)))
        [lens] = await client.text_document_code_lens_async(lenses)
        assert lens.range.start.line == 0 and lens.command.arguments == (cell_uri(1), "rank_loss")
        elsewhere = types.CodeLensParams(types.TextDocumentIdentifier(cell_uri(2)))
        assert not await client.text_document_code_lens_async(elsewhere)


async def test_cells_change_move_and_go(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        open_notebook(client)
        await pushed(client)

        edit = types.NotebookDocumentCellContentChanges(
            types.VersionedTextDocumentIdentifier(2, cell_uri(1)),
            [types.TextDocumentContentChangeWholeDocument("\n" + CELLS[1])],
        )
        change(client, 2, types.NotebookDocumentCellChanges(text_content=[edit]))
        assert (await pushed(client))[cell_uri(1)] == ["CR104 2"]

        added = types.NotebookDocumentCellChangeStructure(
            types.NotebookCellArrayChange(1, 0, [cell(7)]),
            did_open=[text_of(7, "x = 1  # chainrule: ignore")],
        )
        change(client, 3, types.NotebookDocumentCellChanges(structure=added))
        assert (await pushed(client))[cell_uri(7)] == ["CR001 0"]

        removed = types.NotebookDocumentCellChangeStructure(
            types.NotebookCellArrayChange(1, 1, []),
            did_close=[types.TextDocumentIdentifier(cell_uri(7))],
        )
        change(client, 4, types.NotebookDocumentCellChanges(structure=removed))
        after = await pushed(client)
        assert after[cell_uri(7)] == [] and after[cell_uri(2)] == ["CR001 1"]

        client.notebook_document_did_close(
            types.DidCloseNotebookDocumentParams(
                types.NotebookDocumentIdentifier(NOTEBOOK),
                [types.TextDocumentIdentifier(cell_uri(number)) for number in range(3)],
            )
        )
        assert not any((await pushed(client)).values())


async def test_a_loss_in_a_notebook_can_be_checked(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    async with session(EDITOR, tmp_path) as client:
        open_notebook(client)
        await pushed(client)
        command = types.ExecuteCommandParams("chainrule.checkGradients", arguments=[cell_uri(1), "rank_loss"])
        result = await client.workspace_execute_command_async(command)
        assert result["sources"][0]["verdict"] == "cut"
        lenses = types.CodeLensParams(types.TextDocumentIdentifier(cell_uri(1)))
        [lens] = await client.text_document_code_lens_async(lenses)
        assert lens.command.title.startswith("✗ scores gets no gradient")
