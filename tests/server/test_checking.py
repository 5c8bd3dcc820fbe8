"""Running losses from the editor, with the real probe and the real torch."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from server.conversation import actions, applied, diagnostics, document, open_in, replace_all, unit_of
from server.harness import PATIENCE, session

pytest.importorskip("torch")
pytestmark = pytest.mark.asyncio

EDITOR = "vscode_v1.139.1"
COMMAND = "chainrule.checkGradients"

PROGRAM = """\
import torch


def rank_loss(scores, target):
    print("a print of the user's")
    best = 2.0 * scores
    loss = best.argmax(dim=1).float() - target
    return loss.square().mean()


def distance_loss(a, b):
    return (a - b).square().sum(dim=1).sqrt().mean()


def endless_loss(a):
    while True:
        pass


def ending_loss(a):
    import os
    os._exit(3)


a = torch.randn(4, 5, requires_grad=True)
rank_loss(a, torch.randn(4))
distance_loss(a, torch.randn(4, 5))
endless_loss(a)
ending_loss(a)
"""


def check(client: LanguageClient, uri: str, function: str, msg_id: str | None = None) -> Any:
    params = types.ExecuteCommandParams(COMMAND, arguments=[uri, function])
    request = client.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id=msg_id)
    return asyncio.ensure_future(request)


async def titles(client: LanguageClient, identifier: types.TextDocumentIdentifier) -> dict[str, str]:
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(identifier))
    return {lens.command.arguments[1]: lens.command.title for lens in lenses}


async def hints(client: LanguageClient, identifier: types.TextDocumentIdentifier) -> dict[int, str]:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    found = await client.text_document_inlay_hint_async(types.InlayHintParams(identifier, whole))
    return {hint.position.line: hint.label for hint in found}


async def begun(client: LanguageClient) -> types.ProgressToken:
    """The token of the progress that begins next."""
    while True:
        progress = await asyncio.wait_for(client.wait_for_notification(types.PROGRESS), PATIENCE)
        kind = progress.value["kind"] if isinstance(progress.value, dict) else progress.value.kind
        if kind == "begin":
            return progress.token


async def test_what_was_measured_is_shown(tmp_path: Path) -> None:
    """From the unsaved text: the file does not exist."""
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        running = check(client, identifier.uri, "rank_loss")
        token = await begun(client)
        result = await running
        assert result["outcome"] == "raised" and "does not require grad" in result["error"]
        assert (await titles(client, identifier))["rank_loss"].startswith(
            "✗ scores gets no gradient (line 7)"
        )
        shown = await hints(client, identifier)
        assert "best [4, 5]" in shown[5]
        hover = await client.text_document_hover_async(types.HoverParams(identifier, types.Position(3, 6)))
        assert "| `scores` | gets no gradient |" in hover.contents.value
        kinds = [value["kind"] if isinstance(value, dict) else value.kind for value in reports(client, token)]
        assert kinds[0] == "begin" and kinds[-1] == "end"
        assert client.diagnostic_refresh_count and set(client.refreshed) == {
            types.WORKSPACE_CODE_LENS_REFRESH,
            types.WORKSPACE_INLAY_HINT_REFRESH,
        }

        # Measured findings join the static ones, and neither says what the other said.
        await check(client, identifier.uri, "distance_loss")
        title = (await titles(client, identifier))["distance_loss"]
        assert title.startswith("✓ a |g| ") and "NaN or inf for" in title
        pulled = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(identifier))
        by_line = [(item.range.start.line, item.code) for item in pulled.items]
        assert len(set(by_line)) == len(by_line)
        assert (6, "CR104") in by_line and (11, "CR301") in by_line

        # Lines added above move the evidence; a change of the function itself ends it.
        replace_all(client, identifier, 2, "# a new line\n" + PROGRAM)
        moved = await hints(client, identifier)
        assert moved[6] == shown[5]
        assert "before the last change" in (await titles(client, identifier))["rank_loss"]
        replace_all(client, identifier, 3, PROGRAM.replace("2.0 *", "3.0 *"))
        assert (await titles(client, identifier))["rank_loss"] == "Check gradients"
        assert "✓" in (await titles(client, identifier))["distance_loss"]


def reports(client: LanguageClient, token: types.ProgressToken) -> list[Any]:
    return [getattr(report, "value", report) for report in client.progress_reports[token]]


async def test_cancelling_the_request_ends_the_run(tmp_path: Path) -> None:
    """pygls answers the client and lets the command run on."""
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        running = check(client, identifier.uri, "endless_loss", "a request to cancel")
        token = await begun(client)
        client.cancel_request(types.CancelParams("a request to cancel"))
        with pytest.raises(JsonRpcException) as cancelled:
            await running
        assert cancelled.value.code == -32800
        assert (await check(client, identifier.uri, "distance_loss"))["outcome"] == "ok"
        assert (await titles(client, identifier))["endless_loss"] == "Check gradients"
        assert len(reports(client, token)) >= 2


async def test_cancelling_the_progress_ends_the_run(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        running = check(client, identifier.uri, "endless_loss")
        token = await begun(client)
        client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        assert await asyncio.wait_for(running, PATIENCE) is None


async def test_a_crash_is_a_result(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        assert (await check(client, identifier.uri, "ending_loss"))["outcome"] == "crashed"
        assert "crashed" in (await titles(client, identifier))["ending_loss"]
        assert any("ending_loss" in message.message for message in client.messages)
        assert (await check(client, identifier.uri, "distance_loss"))["outcome"] == "ok"


async def test_what_cannot_be_checked_is_refused(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        with pytest.raises(JsonRpcException, match="no function nothing"):
            await check(client, identifier.uri, "nothing")
        with pytest.raises(JsonRpcException, match="is not open"):
            await check(client, "file:///not/open.py", "rank_loss")
        params = types.ExecuteCommandParams(COMMAND, arguments=[3])
        with pytest.raises(JsonRpcException, match="takes a document's URI"):
            await client.workspace_execute_command_async(params)


async def test_the_server_ends_while_a_loss_runs(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        running = check(client, identifier.uri, "endless_loss")
        await begun(client)
    assert running.done() or running.cancel()
    assert await asyncio.wait_for(client._server.wait(), PATIENCE) == 0


SECRET = """\
import torch


class Losses:
    @staticmethod
    def secret_loss(pred, secret):
        assert hash(str(secret)) == 5, "speak, friend"
        return pred.sum()
"""


async def test_where_no_inputs_are_found_a_comment_to_complete_is_offered(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, SECRET))
        result = await check(client, identifier.uri, "Losses.secret_loss")
        assert result["outcome"] == "no-inputs"
        [shown] = await diagnostics(client, identifier, EDITOR)
        [action] = await actions(client, identifier, shown.range, ["quickfix"], [shown])
        assert "insert a `# chainrule: inputs …` comment" in action["title"]
        assert action["diagnostics"][0]["message"].startswith("Measured: no inputs found: ")
        text = applied(SECRET, action["edit"], identifier.uri, unit_of(client))
        above, below = SECRET.split("    @staticmethod")
        assert text.startswith(f"{above}    # chainrule: inputs pred=")
        assert text.endswith(f"\n    @staticmethod{below}")
        # A comment that is there is used, so it is the thing to change: none is offered on top.
        replace_all(client, identifier, 2, text)
        assert (await check(client, identifier.uri, "Losses.secret_loss"))["inputs"]["origin"] == "comment"
        assert not await actions(client, identifier, shown.range, ["quickfix"])


async def test_the_report_is_one_page_of_what_was_measured(tmp_path: Path) -> None:
    async with session(EDITOR, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, PROGRAM))
        command = types.ExecuteCommandParams("chainrule.report", [identifier.uri, "rank_loss"])
        first = await client.workspace_execute_command_async(command)
        assert first["function"] == "rank_loss"
        assert first["html"].startswith("<!doctype html>") and "gradient is cut here" in first["html"]
        assert "loss.py::rank_loss" in first["html"] and str(tmp_path) not in first["html"]
        assert "<script" not in first["html"]
        # The same text is not run again; another one is.
        again = await client.workspace_execute_command_async(command)
        assert again == first
        replace_all(client, identifier, 2, PROGRAM.replace("best.argmax(dim=1).float()", "best.sum(dim=1)"))
        place = {"line": 5, "character": 4}
        command = types.ExecuteCommandParams("chainrule.report", [identifier.uri, place])
        assert "gradient is cut here" not in (await client.workspace_execute_command_async(command))["html"]
