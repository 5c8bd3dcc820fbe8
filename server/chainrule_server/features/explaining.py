"""The command that opens a rule's page."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from chainrule_server.explanations import rule_page
from chainrule_server.server import EXPLAIN, ChainruleServer


def register(server: ChainruleServer) -> None:
    @server.command(EXPLAIN)
    async def explain(ls: ChainruleServer, params: types.ExecuteCommandParams) -> Any:
        """Argument: a rule's code. Opens its page where the client can, and returns its Markdown."""
        match list(params.arguments or ()):
            case [str(code)]:
                text, uri = rule_page(code), ls.pages.uri(code)
            case _:
                raise JsonRpcInvalidParams(f"{EXPLAIN} takes the code of a rule.")
        if text is None or uri is None:
            raise JsonRpcInvalidParams(f"There is no rule {code}.")
        if ls.client.shows_documents:
            await ls.pages.written()
            await ls.window_show_document_async(types.ShowDocumentParams(uri))
        return {"code": code, "markdown": text}
