"""What the tests of features have in common: a program, and the usual questions about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient

from chainrule_server.text import LineTable, Unit
from server.harness import PATIENCE, capabilities

LOSS = """\
name = "😀"; import torch


def rank_loss(scores, target):
    best = 2.0 * scores
    loss = best.argmax(dim=1).float() - target
    return loss.square().mean()


scores = torch.randn(4, 5, requires_grad=True)
rank_loss(scores, torch.randn(4))
idle = name  # chainrule: ignore
"""
"""Two findings: an index used as a value, and a comment that silences nothing."""


def document(root: Path, text: str = LOSS, name: str = "loss.py") -> types.TextDocumentItem:
    return types.TextDocumentItem((root / name).as_uri(), "python", 1, text)


def open_in(client: LanguageClient, item: types.TextDocumentItem) -> types.TextDocumentIdentifier:
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    return types.TextDocumentIdentifier(item.uri)


def replace_all(
    client: LanguageClient, identifier: types.TextDocumentIdentifier, version: int, text: str
) -> None:
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version, identifier.uri),
            [types.TextDocumentContentChangeWholeDocument(text)],
        )
    )


async def diagnostics(
    client: LanguageClient, identifier: types.TextDocumentIdentifier, profile: str
) -> Sequence[types.Diagnostic]:
    """Pulled if this editor pulls, else waited for."""
    if capabilities(profile).text_document.diagnostic is not None:
        report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(identifier))
        return report.items
    pushed = client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return (await asyncio.wait_for(pushed, PATIENCE)).diagnostics


async def actions(
    client: LanguageClient,
    identifier: types.TextDocumentIdentifier,
    place: types.Range,
    only: list[str] | None = None,
    shown: Sequence[types.Diagnostic] = (),
) -> list[Any]:
    """The code actions as plain dictionaries."""
    params = types.CodeActionParams(identifier, place, types.CodeActionContext(list(shown), only))
    found = await client.text_document_code_action_async(params)
    convert = client.protocol._converter.unstructure
    return [convert(action) for action in found]


def applied(text: str, edit: dict[str, Any], uri: str, unit: Unit) -> str:
    """`text` after a workspace edit, in the one form or the other."""
    edits = edit.get("changes", {}).get(uri) or edit["documentChanges"][0]["edits"]
    table = LineTable(text, unit)
    for item in sorted(edits, key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]))[
        ::-1
    ]:
        start, end = (types.Position(**item["range"][side]) for side in ("start", "end"))
        first, last = table.offset(table.from_client(start)), table.offset(table.from_client(end))
        text = text[:first] + item["newText"] + text[last:]
    return text


def unit_of(client: LanguageClient) -> Unit:
    return Unit.of(client.server.position_encoding)


async def resolved(client: LanguageClient, action: dict[str, Any]) -> dict[str, Any]:
    convert = client.protocol._converter
    answer = await client.code_action_resolve_async(convert.structure(action, types.CodeAction))
    plain = convert.unstructure(answer)
    assert isinstance(plain, dict)
    return plain
