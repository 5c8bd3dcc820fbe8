"""The command that writes what was measured of a loss as a pytest file, in the editor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from chainrule.findings import Edit
from chainrule_server.documents import on_disk
from chainrule_server.edits import EMPTY, file_edit
from chainrule_server.features.checking import REQUEST_FAILED, find, known_or_measured
from chainrule_server.server import WRITE_TEST, ChainruleServer


def register(server: ChainruleServer) -> None:
    @server.command(WRITE_TEST)
    async def write_test(ls: ChainruleServer, params: types.ExecuteCommandParams) -> Any:
        """Arguments: the document's URI, a function's qualified name, and perhaps one failing case to test
        instead of the gradient in general.

        Runs the loss unless this very text was measured already, has the editor create a new file, and
        shows it. Returns `{"path", "note"}`; None when the user cancelled.
        """
        from chainrule.probe.test_writer import failing_edges, write_edge_test, write_gradient_test

        uri, qualname, case = _arguments(params.arguments)
        analysed, function = await find(ls, uri, qualname)
        measured = await known_or_measured(ls, analysed, function, params.work_done_token)
        if measured is None:
            return None
        text = analysed.source.text
        try:
            if case is None:
                cases = [edge.case for edge in failing_edges(measured)]
                written = write_gradient_test(measured, text, edges=cases)
            else:
                written = write_edge_test(measured, text, case)
        except ValueError as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error
        await _create(ls, written.path, written.text)
        if written.note:
            ls.say(f"{written.path.name}: {written.note}")
        return {"path": str(written.path), "note": written.note}


async def _create(ls: ChainruleServer, path: Path, text: str) -> None:
    """Have the editor create a file and show it. Raises JsonRpcException if it does not."""
    file = on_disk(path, "", ls.documents.unit)
    edit = file_edit(ls.client, file, [Edit(EMPTY, text)], exists=False)
    if edit is None:
        raise JsonRpcException("This editor creates no files for a language server.", REQUEST_FAILED)
    title = f"Write {path.name}"
    answer = await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, title))
    if not answer.applied:
        why = answer.failure_reason or "the editor refused the edit"
        raise JsonRpcException(f"{path} was not written: {why}.", REQUEST_FAILED)
    if ls.client.shows_documents:
        await ls.window_show_document_async(types.ShowDocumentParams(file.uri, take_focus=True))


def _arguments(sent: Sequence[Any] | None) -> tuple[str, str, str | None]:
    match list(sent or ()):
        case [str(uri), str(qualname)]:
            return uri, qualname, None
        case [str(uri), str(qualname), str(case)]:
            return uri, qualname, case
    raise JsonRpcInvalidParams(f"{WRITE_TEST} takes a document's URI, a function's name, perhaps a case.")
