"""Real clients for the server: pytest-lsp's to converse, raw bytes for what a good client never sends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import ClientServerConfig, LanguageClient, make_test_lsp_client

REPOSITORY = Path(__file__).resolve().parents[2]
SERVER = [sys.executable, "-m", "chainrule_server"]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "analyzers"), str(REPOSITORY / "server")]),
}
PROFILES = sorted(path.stem for path in (Path(__file__).parent / "capabilities").glob("*.json"))
"""The capabilities that real editors sent."""


def capabilities(profile: str) -> types.ClientCapabilities:
    text = (Path(__file__).parent / "capabilities" / f"{profile}.json").read_text(encoding="utf-8")
    content = json.loads(text)
    return get_converter().structure(content["capabilities"], types.ClientCapabilities)


def new_client(configuration: dict[str, Any] | None = None) -> LanguageClient:
    """pytest-lsp's client, which also notes edits, registrations and requests to refresh."""
    client = make_test_lsp_client()
    client.applied = []
    client.registered = []
    client.refreshed = []
    client.set_configuration({"chainrule": configuration or {}})
    # lsprotocol takes every action that has a command for a bare command.
    converter = client.protocol._converter
    converter.register_structure_hook(
        types.Command | types.CodeAction, lambda sent, _: converter.structure(sent, types.CodeAction)
    )

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        client.applied.append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        client.registered += params.registrations

    for method in (types.WORKSPACE_CODE_LENS_REFRESH, types.WORKSPACE_INLAY_HINT_REFRESH):

        @client.feature(method)
        def refresh(_params: None, method: str = method) -> None:
            client.refreshed.append(method)

    return client


@asynccontextmanager
async def session(
    profile: str,
    root: Path,
    options: dict[str, Any] | None = None,
    configuration: dict[str, Any] | None = None,
    command: list[str] | None = None,
) -> AsyncIterator[LanguageClient]:
    """A server that was initialized by the editor `profile`, and is shut down at the end."""
    config = ClientServerConfig(
        server_command=command or SERVER,
        client_factory=lambda: new_client(configuration),
        server_env=ENVIRONMENT,
    )
    client = await config.start()
    assert isinstance(client, LanguageClient)
    result = await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities(profile),
            root_uri=root.as_uri(),
            workspace_folders=[types.WorkspaceFolder(root.as_uri(), root.name)],
            initialization_options=options,
        )
    )
    client.server = result.capabilities
    try:
        yield client
    finally:
        await client.shutdown_session()


PATIENCE = 120.0
"""Seconds after which a silent server is taken for dead."""


class RawClient:
    """A client that sends exactly the bytes it is told, and reads one message at a time."""

    def __init__(self, command: list[str] = SERVER, patience: float = PATIENCE) -> None:
        self.process = subprocess.Popen(
            command,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        # A server that should answer and does not must fail the test, not hang it.
        self._answers: dict[int | str | None, dict[str, Any]] = {}
        self._patience = threading.Timer(patience, self.process.kill)
        self._patience.daemon = True
        self._patience.start()

    def send(self, **message: Any) -> None:
        self.send_bytes(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_bytes(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """The next message; fails when the stream holds anything but the protocol."""
        assert self.process.stdout is not None
        length = None
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b": ")
            assert name in (b"Content-Length", b"Content-Type"), line
            length = int(value) if name == b"Content-Length" else length
        assert length is not None, "the server closed the stream"
        content = json.loads(self.process.stdout.read(length))
        assert isinstance(content, dict)
        return content

    def answer(self, identifier: int | str | None) -> dict[str, Any]:
        """The answer to request `identifier`. Answers that come before are kept, the rest is dropped."""
        while identifier not in self._answers:
            message = self.read()
            if "method" not in message:
                self._answers[message["id"]] = message
        return self._answers.pop(identifier)

    def request(self, identifier: int | str, method: str, params: Any = None) -> dict[str, Any]:
        self.send(id=identifier, method=method, params=params)
        return self.answer(identifier)

    def initialize(self, **client_capabilities: Any) -> dict[str, Any]:
        params = {"processId": None, "rootUri": None, "capabilities": client_capabilities}
        answer = self.request("initialize", "initialize", params)
        self.send(method="initialized", params={})
        return answer

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": item})

    def end(self) -> int:
        """Shut down and exit properly; the exit code."""
        self.request("shutdown", "shutdown")
        self.send(method="exit")
        return self.wait()

    def wait(self) -> int:
        """The exit code, after the process ended by itself."""
        self.process.communicate(timeout=PATIENCE)
        self._patience.cancel()
        return self.process.returncode
