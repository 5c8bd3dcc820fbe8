"""The features, as the clients of real editors ask for them (their recorded capabilities)."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from chainrule_server.text import Unit
from server.conversation import LOSS, diagnostics, document, open_in, replace_all
from server.harness import PROFILES, capabilities, session

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("profile", PROFILES)]


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


async def test_what_is_shown_again_stands_where_it_stands_now(profile: str, tmp_path: Path) -> None:
    """Diagnostics are kept from one version to the next; characters before them on the line move them."""
    if capabilities(profile).text_document.diagnostic is None:
        pytest.skip("this editor does not pull")
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        first = await diagnostics(client, identifier, profile)
        text = LOSS.replace('name = "😀"', 'name = "é"').replace("idle = name", "idle = name or '😀é'")
        replace_all(client, identifier, 2, text)
        second = await diagnostics(client, identifier, profile)
        assert second[0] == first[0]
        line = text.split("\n")[11]
        place = second[1].range.start
        before = line[: line.index("# chainrule")]
        unit = Unit.of(client.server.position_encoding)
        assert (place.line, place.character) == (11, unit.width(before))
