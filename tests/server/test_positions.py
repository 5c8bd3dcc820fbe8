"""Edits and positions on lines and columns that clients and Python count differently."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.harness import RawClient

URI = "file:///work/loss.py"


@pytest.fixture
def client() -> Iterator[RawClient]:
    client = RawClient()
    yield client
    client.process.kill()
    client.process.communicate()


def pull(client: RawClient) -> dict:
    return client.request("pull", "textDocument/diagnostic", {"textDocument": {"uri": URI}})


def change(client: RawClient, version: int, **edit: object) -> None:
    document = {"uri": URI, "version": version}
    client.send(method="textDocument/didChange", params={"textDocument": document, "contentChanges": [edit]})


@pytest.mark.parametrize("separator", ["\f", "\x1c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_edits_land_on_the_line_the_client_means(client: RawClient, separator: str, end: str) -> None:
    """pygls would count each of these characters as the end of a line."""
    client.initialize()
    client.open(URI, f"s = '{separator}'{end}x = 1{end}y = 2{end}")
    at = {"line": 2, "character": 5}
    change(client, 2, range={"start": at, "end": at}, text="  # chainrule: ignore")
    [item] = pull(client)["result"]["items"]
    assert item["range"]["start"] == {"line": 2, "character": 7}
    assert client.end() == 0


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 13), ("utf-16", 11), ("utf-32", 10)])
def test_columns_are_in_the_encoding_agreed_on(client: RawClient, encoding: str, character: int) -> None:
    result = client.initialize(general={"positionEncodings": [encoding]})["result"]
    assert result["capabilities"]["positionEncoding"] == encoding
    client.open(URI, "x = '😀'    # chainrule: ignore\n")
    [item] = pull(client)["result"]["items"]
    assert item["range"]["start"] == {"line": 0, "character": character + 1}
    at = {"line": 0, "character": character - 5}
    change(client, 2, range={"start": {"line": 0, "character": 5}, "end": at}, text="")
    assert client.end() == 0
