"""The committed page says what the committed numbers say, and of which state they are."""

from __future__ import annotations

import json

import summarize


def test_the_page_is_written_from_the_numbers() -> None:
    results = json.loads(summarize.RESULTS.read_text())
    assert set(results) == set(summarize.PARTS)
    assert summarize.RESULTS.with_name("RESULTS.md").read_text() == summarize.page(results)


def test_only_what_breaks_its_promise_is_subtracted() -> None:
    mended = {"fixes": {"one": {"safe": 3, "wrong": 1}, "other": {"unsafe": 2}}}
    assert summarize.promises(mended) == (5, 6)


def test_parts_of_another_commit_are_said_to_be_of_it() -> None:
    results = json.loads(summarize.RESULTS.read_text())
    results["libraries"]["measured"]["commit"] = "0000000"
    own = [line for line in summarize.page(results).split("\n") if "at commit 0000000" in line]
    assert len(own) == 1 and own[0].endswith(": libraries.")
