"""The command that gives all that was measured of a loss as one page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from lsprotocol import types

from chainrule_server.features.checking import arguments, find, known_or_measured
from chainrule_server.server import REPORT, ChainruleServer


def register(server: ChainruleServer) -> None:
    @server.command(REPORT)
    async def report(ls: ChainruleServer, params: types.ExecuteCommandParams) -> Any:
        """Arguments: the document's URI, and a function's qualified name or a position in it.

        Runs the loss unless this very text was measured already. Returns `{"function", "html"}`, a page
        without scripts and links; None when the user cancelled.
        """
        from chainrule.probe.report_html import render_html

        uri, named = arguments(params.arguments)
        analysed, function = await find(ls, uri, named)
        measured = await known_or_measured(ls, analysed, function, params.work_done_token)
        if measured is None:
            return None
        folder = ls.folder_of(measured.path)
        if folder is not None and folder in Path(measured.path).parents:
            measured = replace(measured, path=str(Path(measured.path).relative_to(folder)))
        page = await ls.beside(render_html, [(measured, analysed.source.text)])
        return {"function": function.qualname, "html": page}
