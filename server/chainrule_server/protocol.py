"""The JSON-RPC layer: pygls's, with what it gets wrong put right.

Each override names the fault of pygls 2.1 that it repairs; tests/server/test_protocol.py shows each one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.workspace import Workspace

logger = logging.getLogger(__name__)

BEFORE_INITIALIZE = frozenset({types.INITIALIZE, types.EXIT})


class Protocol(LanguageServerProtocol):
    """Answers every request exactly once, cancels what is cancelled, and keeps nothing of what is done."""

    @property
    def ended_well(self) -> bool:
        """Whether `shutdown` came before the end: the protocol's condition for exit code 0."""
        return self._shutdown

    def use_workspace(self, kind: type[Workspace]) -> None:
        """Replace the workspace that `initialize` made by one of `kind`; nothing is open yet."""
        made = self.workspace
        folders = list(made.folders.values())
        kind_of_sync = self._server._text_document_sync_kind
        self._workspace = kind(made.root_uri, kind_of_sync, folders, made.position_encoding)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """pygls structures every nested object that holds a "jsonrpc" key; leave all as it is.

        This is json's object hook: `handle_message` structures the outermost object alone.
        """
        return data

    def handle_message(self, message: Any) -> None:
        """pygls never answers a request with invalid parameters, before `initialize` or after `shutdown`."""
        if not isinstance(message, dict):
            self.refuse(None, JsonRpcInvalidRequest("A message must be one JSON object."))
            return
        identifier, method = message.get("id"), message.get("method")
        if method is not None:
            if self._workspace is None and method not in BEFORE_INITIALIZE:
                early = JsonRpcServerNotInitialized(f"{method} came before initialize.")
                return self._drop(identifier, early)
            if self._shutdown and method != types.EXIT:
                return self._drop(identifier, JsonRpcInvalidRequest(f"{method} came after shutdown."))
        try:
            structured = super().structure_message(message)
        except JsonRpcException as error:
            cause = error.__cause__ or error
            return self._drop(identifier if method else None, type(error)(f"{method}: {cause}"))
        if not hasattr(structured, "jsonrpc"):
            self.refuse(identifier, JsonRpcInvalidRequest('A message must say "jsonrpc": "2.0".'))
            return
        super().handle_message(structured)

    def _drop(self, identifier: Any, error: JsonRpcException) -> None:
        """Refuse a request; a notification has nobody to answer."""
        if identifier is not None:
            self.refuse(identifier, error)
        else:
            logger.warning("dropped a message: %s", error)

    def refuse(self, identifier: Any, error: JsonRpcException) -> None:
        """Answer with `error`; the identifier is None for what is too broken to have one."""
        logger.warning("refused a message: %s", error)
        self._send_response(identifier, error=error.to_response_error())

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Any], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """pygls forgets to drop the future of each notification: one leaks per keystroke."""

        def done(future: Any) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, done, args, kwargs)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """pygls wraps commands so that cancelling the request never reaches them; a task is cancelled.

        A command takes the raw parameters, since it also needs their progress token.
        """
        command = self.fm.commands.get(params.command)
        if command is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command!r}.")
        return await command(params)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> None:  # type: ignore[override]
        """pygls changes the table of pending requests while it walks it."""
        handler = self.fm.features.get(types.SHUTDOWN)
        if handler is not None:
            handler(None)
        current = self.msg_id
        for identifier, future in list(self._request_futures.items()):
            if identifier != current and not future.done():
                future.cancel()
        self._shutdown = True

    def _handle_cancel_notification(self, msg_id: str | int) -> None:
        """pygls warns about every request that was already answered, which is the common case."""
        future = self._request_futures.pop(msg_id, None)
        if future is not None:
            future.cancel()
