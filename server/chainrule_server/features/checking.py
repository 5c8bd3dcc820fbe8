"""The command that runs a loss and shows what was measured."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from chainrule.findings import FunctionVerdicts
from chainrule_server import evidence
from chainrule_server.analyses import Analysed
from chainrule_server.features.diagnostics import refresh_shown
from chainrule_server.progress import progress
from chainrule_server.server import CHECK_GRADIENTS, ChainruleServer
from chainrule_server.wording import trouble

REQUEST_FAILED = -32803
"""LSP's RequestFailed: a proper request that could not be done."""


def register(server: ChainruleServer) -> None:
    @server.command(CHECK_GRADIENTS)
    async def check_gradients(ls: ChainruleServer, params: types.ExecuteCommandParams) -> Any:
        """Arguments: the document's URI and the function's qualified name. Returns the probe's result.

        Returns None when the user cancelled. Fails in an untrusted workspace and for an unknown function.
        """
        uri, qualname = arguments(params.arguments)
        if not ls.settings.trusted:
            raise JsonRpcException("This workspace is not trusted: none of its code is run.", REQUEST_FAILED)
        analysed, function = await find(ls, uri, qualname)
        cancel = threading.Event()
        title = f"Checking gradients of {qualname}"
        try:
            async with progress(ls, title, params.work_done_token, cancel.set) as report:
                result = await ls.probing.run(analysed, qualname, ls.settings, cancel, report)
        finally:
            # Also when the request itself was cancelled, which ends the wait but not the process.
            cancel.set()
        if result is None:
            return None
        measured = evidence.read(result)
        ls.evidence.put(analysed, function, measured)
        refresh_shown(ls, analysed.source.uri)
        if not measured.sources:
            ls.say(f"{qualname}: {trouble(measured)}", types.MessageType.Warning)
        return result


def arguments(sent: Sequence[Any] | None) -> tuple[str, str]:
    """The URI and the name, one after the other or as `{"uri", "function"}`. Raises JsonRpcInvalidParams."""
    match list(sent or ()):
        case [str(uri), str(qualname)]:
            return uri, qualname
        case [{"uri": str(uri), "function": str(qualname)}]:
            return uri, qualname
    raise JsonRpcInvalidParams(f"{CHECK_GRADIENTS} takes a document's URI and a function's name.")


async def find(ls: ChainruleServer, uri: str, qualname: str) -> tuple[Analysed, FunctionVerdicts]:
    """The function in the text as it is now."""
    analysed = await ls.analyses.current(uri)
    if analysed is None:
        raise JsonRpcException(f"{uri} is not open.", REQUEST_FAILED)
    for function in analysed.report.functions:
        if function.qualname == qualname:
            return analysed, function
    raise JsonRpcException(f"There is no function {qualname} in {analysed.source.path} now.", REQUEST_FAILED)
