"""Documents and notebooks that open, change and close.

These handlers are synchronous: they only note that there is something new. pygls has applied the change.
"""

from __future__ import annotations

from lsprotocol import types

from chainrule_server.features import diagnostics
from chainrule_server.server import ChainruleServer


def register(server: ChainruleServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: ChainruleServer, params: types.DidOpenTextDocumentParams) -> None:
        diagnostics.changed(ls, params.text_document.uri, at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: ChainruleServer, params: types.DidChangeTextDocumentParams) -> None:
        diagnostics.changed(ls, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: ChainruleServer, params: types.DidCloseTextDocumentParams) -> None:
        diagnostics.closed(ls, params.text_document.uri, [params.text_document.uri])

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def notebook_opened(ls: ChainruleServer, params: types.DidOpenNotebookDocumentParams) -> None:
        diagnostics.changed(ls, params.notebook_document.uri, at_once=True)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_changed(ls: ChainruleServer, params: types.DidChangeNotebookDocumentParams) -> None:
        cells = params.change.cells
        removed = (cells.structure.did_close if cells and cells.structure else None) or []
        diagnostics.clear(ls, [cell.uri for cell in removed])
        diagnostics.changed(ls, params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_closed(ls: ChainruleServer, params: types.DidCloseNotebookDocumentParams) -> None:
        cells = [cell.uri for cell in params.cell_text_documents]
        diagnostics.closed(ls, params.notebook_document.uri, cells)
