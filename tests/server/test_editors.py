"""The features, as the clients of real editors ask for them (their recorded capabilities)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from chainrule_server.text import LineTable, Unit
from server.harness import PATIENCE, PROFILES, capabilities, session

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("profile", PROFILES)]

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


def document(root: Path, text: str = LOSS) -> types.TextDocumentItem:
    return types.TextDocumentItem((root / "loss.py").as_uri(), "python", 1, text)


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
    """The code actions as plain dictionaries; pytest-lsp reads one with a command as a bare command."""
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


async def test_each_finding_is_shown_once_with_what_the_client_understands(
    profile: str, tmp_path: Path
) -> None:
    said = capabilities(profile).text_document
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        assert [(item.code, item.severity.name) for item in found] == [
            ("CR104", "Error"),
            ("CR001", "Information"),
        ]
        cut = found[0]
        assert cut.source == "chainrule"
        assert str(cut.range) == "5:11-5:29"
        assert cut.data["sources"] == ["scores"] and cut.data["verdict"] == "cut"
        assert bool(cut.related_information) == said.publish_diagnostics.related_information
        described = said.diagnostic is not None and said.diagnostic.code_description_support
        assert bool(cut.code_description) == bool(described)
        # Never pushed and pulled: Neovim would show each twice.
        assert (identifier.uri in client.diagnostics) == (said.diagnostic is None)


async def test_the_code_links_to_a_page_that_exists(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        command = types.ExecuteCommandParams("chainrule.explain", arguments=["CR104"])
        page = await client.workspace_execute_command_async(command)
        assert page["markdown"].startswith("# CR104")
        shown = [params.uri for params in client.shown_documents]
        if capabilities(profile).window and capabilities(profile).window.show_document:
            assert Path(shown[0].removeprefix("file://")).read_text(encoding="utf-8") == page["markdown"]
        if found[0].code_description:
            assert found[0].code_description.href == shown[0]


async def test_what_did_not_change_is_not_sent_again(profile: str, tmp_path: Path) -> None:
    if capabilities(profile).text_document.diagnostic is None:
        pytest.skip("this editor does not pull")
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        params = types.DocumentDiagnosticParams(identifier)
        first = await client.text_document_diagnostic_async(params)
        again = types.DocumentDiagnosticParams(identifier, previous_result_id=first.result_id)
        assert (await client.text_document_diagnostic_async(again)).kind == "unchanged"
        replace_all(client, identifier, 2, LOSS + "# an end\n")
        assert (await client.text_document_diagnostic_async(again)).kind == "unchanged"
        replace_all(client, identifier, 3, "# a start\n" + LOSS)
        moved = await client.text_document_diagnostic_async(again)
        assert [item.range.start.line for item in moved.items] == [6, 12]


async def test_pushed_diagnostics_name_their_version_and_go_when_the_file_closes(
    profile: str, tmp_path: Path
) -> None:
    if capabilities(profile).text_document.diagnostic is not None:
        pytest.skip("this editor pulls")
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        pushed = await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        assert pushed.version == 1 and len(pushed.diagnostics) == 2
        for version in (2, 3, 4):
            replace_all(client, identifier, version, "import torch\n")
        pushed = await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        assert pushed.version == 4 and not pushed.diagnostics
        client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
        pushed = await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        assert pushed.diagnostics == ()


async def test_a_quick_fix_edits_the_text(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        offered = await actions(client, identifier, found[1].range, ["quickfix"], found)
        fix = next(action for action in offered if action.get("isPreferred"))
        assert fix["diagnostics"] == [client.protocol._converter.unstructure(found[1])]
        assert applied(LOSS, fix["edit"], identifier.uri, unit_of(client)) == LOSS.replace(
            "  # chainrule: ignore\n", "\n"
        )
        if capabilities(profile).workspace.workspace_edit.document_changes:
            assert fix["edit"]["documentChanges"][0]["textDocument"]["version"] == 1
        assert all(action.get("kind", "quickfix") == "quickfix" for action in offered)


async def test_a_finding_can_be_ignored_on_its_line(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        offered = await actions(client, identifier, found[0].range)
        [ignore] = [action for action in offered if action["title"] == "Ignore CR104 on this line"]
        text = applied(LOSS, ignore["edit"], identifier.uri, unit_of(client))
        assert text.splitlines()[5].endswith("- target  # chainrule: ignore[CR104]")
        replace_all(client, identifier, 2, text)
        assert [item.code for item in await diagnostics(client, identifier, profile)] == ["CR001"]


KINDS: list[tuple[list[str] | None, set[str]]] = [
    (None, {"quickfix", "source.fixAll.chainrule"}),
    ([""], {"quickfix", "source.fixAll.chainrule"}),
    (["quickfix"], {"quickfix"}),
    (["source"], {"source.fixAll.chainrule"}),
    (["source.fixAll"], {"source.fixAll.chainrule"}),
    (["source.fixAll.chainrule"], {"source.fixAll.chainrule"}),
    (["source.fixAll.ruff"], set()),
    (["refactor"], set()),
    (["source.fix"], set()),
]


async def test_kinds_are_a_hierarchy(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        whole = types.Range(types.Position(0, 0), types.Position(99, 0))
        for only, kinds in KINDS:
            offered = await actions(client, identifier, whole, only)
            assert {action["kind"] for action in offered if "kind" in action} == kinds, only


async def test_fix_all_makes_the_safe_fixes(profile: str, tmp_path: Path) -> None:
    text = "import torch\n" + "x = 1  # chainrule: ignore\n" * 3
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, text))
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        [action] = await actions(client, identifier, start, ["source.fixAll"])
        once = await resolved(client, action)
        assert await resolved(client, once) == once
        assert (
            applied(text, once["edit"], identifier.uri, unit_of(client)) == "import torch\n" + "x = 1\n" * 3
        )


async def resolved(client: LanguageClient, action: dict[str, Any]) -> dict[str, Any]:
    convert = client.protocol._converter
    answer = await client.code_action_resolve_async(convert.structure(action, types.CodeAction))
    plain = convert.unstructure(answer)
    assert isinstance(plain, dict)
    return plain


async def test_edits_keep_the_line_ends(profile: str, tmp_path: Path) -> None:
    end = "\r\n"
    text = LOSS.replace("\n", end)
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, text))
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        [action] = await actions(client, identifier, start, ["source.fixAll"])
        fixed = await resolved(client, action)
        expected = LOSS.replace("  # chainrule: ignore\n", "\n").replace("\n", end)
        assert applied(text, fixed["edit"], identifier.uri, unit_of(client)) == expected


async def test_hover_explains_findings_and_operators(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        hover = await client.text_document_hover_async(types.HoverParams(identifier, types.Position(5, 18)))
        assert "CR104" in hover.contents.value and "torch.argmax" in hover.contents.value
        assert hover.contents.kind in capabilities(profile).text_document.hover.content_format
        assert str(hover.range) == "5:16-5:22"
        nothing = await client.text_document_hover_async(types.HoverParams(identifier, types.Position(2, 0)))
        assert nothing is None


async def test_a_lens_offers_to_check_each_loss(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        [lens] = await client.text_document_code_lens_async(types.CodeLensParams(identifier))
        assert lens.range.start.line == 3
        assert lens.command.title == "Check gradients"
        assert lens.command.arguments == (identifier.uri, "rank_loss")
        assert lens.command.command in client.server.execute_command_provider.commands


async def test_nothing_runs_in_an_untrusted_workspace(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path, options={"trusted": False}) as client:
        identifier = open_in(client, document(tmp_path))
        assert len(await diagnostics(client, identifier, profile)) == 2
        assert not await client.text_document_code_lens_async(types.CodeLensParams(identifier))
        command = types.ExecuteCommandParams(
            "chainrule.checkGradients", arguments=[identifier.uri, "rank_loss"]
        )
        with pytest.raises(JsonRpcException, match="not trusted"):
            await client.workspace_execute_command_async(command)
