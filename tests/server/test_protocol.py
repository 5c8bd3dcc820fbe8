"""What a well-behaved client never sends, and what pygls 2.1 gets wrong: on the bytes of a real process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest

from chainrule_server.factory import create_server
from server.harness import RawClient

URI = "file:///project/loss.py"
IDLE_COMMENT = "x = 1  # chainrule: ignore\n"
"""Text with exactly one finding: a comment that silences nothing."""


@pytest.fixture
def client() -> Iterator[RawClient]:
    client = RawClient()
    yield client
    client.process.kill()
    client.process.communicate()


def pull(client: RawClient, identifier: int, uri: str = URI) -> dict:
    return client.request(identifier, "textDocument/diagnostic", {"textDocument": {"uri": uri}})


def change(client: RawClient, version: int, **edit: object) -> None:
    document = {"uri": URI, "version": version}
    client.send(method="textDocument/didChange", params={"textDocument": document, "contentChanges": [edit]})


def test_exit_after_shutdown_is_success(client: RawClient) -> None:
    client.initialize()
    assert client.end() == 0


def test_exit_without_shutdown_is_failure(client: RawClient) -> None:
    client.initialize()
    client.send(method="exit")
    assert client.wait() == 1


def test_a_vanished_client_ends_the_server(client: RawClient) -> None:
    client.initialize()
    assert client.wait() == 1


def test_invalid_parameters_are_answered_and_nothing_pops_up(client: RawClient) -> None:
    client.initialize()
    answer = client.request(1, "textDocument/hover", {"textDocument": 3})
    assert answer["error"]["code"] == -32602
    client.send(method="textDocument/didOpen", params={"textDocument": "nonsense"})
    client.open(URI, IDLE_COMMENT)
    client.send(id=2, method="textDocument/diagnostic", params={"textDocument": {"uri": URI}})
    messages = [client.read()]
    while messages[-1].get("id") != 2:
        messages.append(client.read())
    assert [message.get("method") for message in messages[:-1]] in ([], ["textDocument/publishDiagnostics"])
    assert [item["code"] for item in messages[-1]["result"]["items"]] == ["CR001"]
    assert client.end() == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{not json", -32700),
        (b"[]", -32600),
        (b"3", -32600),
        (b'{"id": 9, "method": "textDocument/hover"}', -32600),
    ],
)
def test_what_is_no_message_is_refused(client: RawClient, body: bytes, code: int) -> None:
    client.initialize()
    client.send_bytes(body)
    answer = client.read()
    assert answer["error"]["code"] == code
    assert client.end() == 0


def test_unknown_methods(client: RawClient) -> None:
    client.initialize()
    client.send(method="$/unheardOf", params={})
    assert client.request(1, "chainrule/unheardOf", {})["error"]["code"] == -32601
    command = {"command": "chainrule.unheardOf"}
    assert client.request(2, "workspace/executeCommand", command)["error"]["code"] == -32602
    assert client.end() == 0


def test_requests_before_initialize_and_after_shutdown(client: RawClient) -> None:
    assert pull(client, 1)["error"]["code"] == -32002
    client.initialize()
    client.request(2, "shutdown")
    assert pull(client, 3)["error"]["code"] == -32600
    client.send(method="exit")
    assert client.wait() == 0


def test_a_nested_object_may_look_like_a_message(client: RawClient) -> None:
    client.initialize()
    action = {"title": "t", "data": {"jsonrpc": "2.0", "method": "shutdown", "id": 7}}
    answer = client.request(1, "codeAction/resolve", action)
    assert answer["result"]["data"] == action["data"]
    assert client.end() == 0


def test_shutdown_with_requests_pending(client: RawClient) -> None:
    """Every request is answered, and the server still ends well."""
    client.initialize()
    client.open(URI, IDLE_COMMENT * 5000)
    for identifier in range(1, 6):
        client.send(id=identifier, method="textDocument/diagnostic", params={"textDocument": {"uri": URI}})
    client.send(id="end", method="shutdown")
    answers = {}
    while len(answers) < 6:
        message = client.read()
        if "id" in message and "method" not in message:
            answers[message["id"]] = message
    assert "error" not in answers["end"]
    client.send(method="exit")
    assert client.wait() == 0


def test_cancelled_requests_are_answered_once(client: RawClient) -> None:
    client.initialize()
    client.open(URI, IDLE_COMMENT * 5000)
    client.send(id=1, method="textDocument/diagnostic", params={"textDocument": {"uri": URI}})
    client.send(method="$/cancelRequest", params={"id": 1})
    client.send(method="$/cancelRequest", params={"id": "never asked"})
    client.send(id=2, method="textDocument/diagnostic", params={"textDocument": {"uri": URI}})
    first, second = client.answer(1), client.answer(2)
    assert first["error"]["code"] == -32800
    assert len(second["result"]["items"]) == 5000
    assert client.end() == 0


def test_prints_never_reach_the_protocol() -> None:
    """Not Python's, not the C library's, not a child's."""
    code = """
import os, subprocess, sys
from chainrule.analysis import Analyzer
quiet = Analyzer.analyze
def loud(self, *arguments):
    print("print", flush=True)
    os.write(1, b"write")
    subprocess.run([sys.executable, "-c", "print('child')"], check=True)
    return quiet(self, *arguments)
Analyzer.analyze = loud
from chainrule_server import main
sys.exit(main())
"""
    client = RawClient([sys.executable, "-c", code])
    client.initialize()
    client.open(URI, IDLE_COMMENT)
    assert len(pull(client, 1)["result"]["items"]) == 1
    client.request("shutdown", "shutdown")
    client.send(method="exit")
    _, errors = client.process.communicate(timeout=60)
    assert client.process.returncode == 0
    assert all(word in errors for word in (b"print", b"write", b"child"))


def test_an_error_in_a_handler_is_answered_and_survived() -> None:
    code = """
import asyncio
import sys
from chainrule.analysis import Analyzer
def broken(self, *arguments):
    raise RuntimeError("broken on purpose")
Analyzer.analyze = broken
from chainrule_server import main
sys.exit(main())
"""
    client = RawClient([sys.executable, "-c", code])
    client.initialize()
    client.open(URI, IDLE_COMMENT)
    for identifier in (1, 2):
        answer = pull(client, identifier)
        assert answer["error"]["code"] == -32603 and "broken on purpose" in answer["error"]["message"]
    assert client.end() == 0


@pytest.mark.parametrize("separator", ["\f", "\x1c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_edits_land_on_the_line_the_client_means(client: RawClient, separator: str, end: str) -> None:
    """pygls would count each of these characters as the end of a line."""
    client.initialize()
    client.open(URI, f"s = '{separator}'{end}x = 1{end}y = 2{end}")
    at = {"line": 2, "character": 5}
    change(client, 2, range={"start": at, "end": at}, text="  # chainrule: ignore")
    [item] = pull(client, 1)["result"]["items"]
    assert item["range"]["start"] == {"line": 2, "character": 7}
    assert client.end() == 0


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 13), ("utf-16", 11), ("utf-32", 10)])
def test_columns_are_in_the_encoding_agreed_on(client: RawClient, encoding: str, character: int) -> None:
    result = client.initialize(general={"positionEncodings": [encoding]})["result"]
    assert result["capabilities"]["positionEncoding"] == encoding
    client.open(URI, "x = '😀'    # chainrule: ignore\n")
    [item] = pull(client, 1)["result"]["items"]
    assert item["range"]["start"] == {"line": 0, "character": character + 1}
    at = {"line": 0, "character": character - 5}
    change(client, 2, range={"start": {"line": 0, "character": 5}, "end": at}, text="")
    assert client.end() == 0


def test_a_huge_file_does_not_hold_up_other_messages(client: RawClient) -> None:
    """The analysis runs beside the messages: a request for another method is answered meanwhile."""
    client.initialize()
    client.open(URI, "def f(x):\n    return x.argmax()\n" * 20_000)
    client.send(id=1, method="textDocument/diagnostic", params={"textDocument": {"uri": URI}})
    client.send(id=2, method="codeAction/resolve", params={"title": "t"})
    assert client.answer(2)["result"]["title"] == "t"
    assert "result" in client.answer(1)
    assert client.end() == 0


def test_the_command_line_starts_the_same_server() -> None:
    client = RawClient([sys.executable, "-m", "chainrule", "server"])
    assert client.initialize()["result"]["serverInfo"]["name"] == "chainrule"
    assert client.end() == 0


def test_nothing_is_kept_of_what_is_done() -> None:
    """pygls keeps a future of every notification, and the token of every progress."""
    server = create_server()
    sent: list[bytes] = []
    server.protocol.set_writer(Sink(sent))

    async def conversation() -> None:
        handle = server.protocol.handle_message
        initialize = {"processId": None, "rootUri": None, "capabilities": {}}
        handle({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize})
        item = {"uri": URI, "languageId": "python", "version": 1, "text": ""}
        opened = {"textDocument": item}
        handle({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": opened})
        for version in range(2, 50):
            document = {"uri": URI, "version": version}
            edit = {"textDocument": document, "contentChanges": [{"text": "x = 1\n" * version}]}
            handle({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": edit})
        await server.analyses.current(URI)
        closed = {"textDocument": {"uri": URI}}
        handle({"jsonrpc": "2.0", "method": "textDocument/didClose", "params": closed})
        assert not server.protocol._request_futures
        assert not server.work_done_progress.tokens
        server.close()

    asyncio.run(conversation())
    assert all(b"window/logMessage" not in message for message in sent)


class Sink:
    """Where the server's bytes go."""

    def __init__(self, sent: list[bytes]) -> None:
        self.sent = sent

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        pass
