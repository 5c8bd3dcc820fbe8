"""Code actions, as the clients of real editors ask for them (their recorded capabilities)."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from server.conversation import (
    LOSS,
    actions,
    applied,
    diagnostics,
    document,
    open_in,
    replace_all,
    resolved,
    unit_of,
)
from server.harness import PROFILES, capabilities, session

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("profile", PROFILES)]


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


async def test_a_quick_fix_is_there_as_soon_as_somebody_asks(profile: str, tmp_path: Path) -> None:
    """That of an index may change other functions, so that it is not looked for between two keystrokes."""
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path))
        found = await diagnostics(client, identifier, profile)
        before = await actions(client, identifier, found[0].range, ["quickfix"], found)
        replace_all(client, identifier, 2, LOSS + "end = 1\n")
        after = await actions(client, identifier, found[0].range, ["quickfix"], found)
        assert [action["title"] for action in after] == [action["title"] for action in before]
        assert await diagnostics(client, identifier, profile)
        assert not client.refreshed, "what is shown is the same"
        assert "soft index" in after[0]["title"].lower() or "softmax" in after[0]["title"].lower()


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


RANKED = """\
import torch


def rank_loss(pred, target):
    _, i = torch.topk(pred, 5)
    weights = torch.arange(5, 0, -1.0)
    return (weights * (pred[i] - target[i]) ** 2).mean()
"""


async def test_a_rewrite_that_would_lose_the_order_is_disabled_with_the_reason(
    profile: str, tmp_path: Path
) -> None:
    """Editors that show no disabled actions are not sent any; the hover has the reason everywhere."""
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, RANKED))
        found = await diagnostics(client, identifier, profile)
        [shown] = [item for item in found if item.code == "CR701"]
        offered = await actions(client, identifier, shown.range, ["quickfix"], found)
        disabled = [action for action in offered if "disabled" in action]
        if capabilities(profile).text_document.code_action.disabled_support:
            [action] = disabled
            assert action["title"] == "Select with a boolean mask instead of indices"
            assert "rank order" in action["disabled"]["reason"]
            assert "edit" not in action and "command" not in action
        else:
            assert not disabled
        assert not any("Try the fixes" in action["title"] for action in offered)
        hover = await client.text_document_hover_async(types.HoverParams(identifier, shown.range.start))
        assert "(not here: the rank order of the selected elements matters" in hover.contents.value


TWO = """\
import torch


def part_loss(logits, y):
    return -torch.log(torch.softmax(logits, -1))[range(len(y)), y].mean()
"""


async def test_all_that_mends_comes_before_what_ignores(profile: str, tmp_path: Path) -> None:
    async with session(profile, tmp_path) as client:
        identifier = open_in(client, document(tmp_path, TWO))
        found = await diagnostics(client, identifier, profile)
        assert [item.code for item in found] == ["CR305", "CR702"]
        offered = await actions(client, identifier, found[0].range, ["quickfix"], found)
        titles = [action["title"] for action in offered]
        first = next(n for n, title in enumerate(titles) if title.startswith(("Try", "Ignore", "Explain")))
        assert titles.index("Compute the loss with cross_entropy") < first
        assert not any(action.get("isPreferred") for action in offered[first:])
