"""The command that runs a loss and shows what was measured."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from chainrule.findings import FunctionVerdicts
from chainrule_server.analyses import Analysed
from chainrule_server.features.diagnostics import refresh_shown
from chainrule_server.probing import CannotRun, Run
from chainrule_server.progress import progress
from chainrule_server.server import CHECK_GRADIENTS, ChainruleServer
from chainrule_server.wording import trouble

REQUEST_FAILED = -32803
"""LSP's RequestFailed: a proper request that could not be done."""


def register(server: ChainruleServer) -> None:
    @server.command(CHECK_GRADIENTS)
    async def check_gradients(ls: ChainruleServer, params: types.ExecuteCommandParams) -> Any:
        """Arguments: the document's URI, and a function's qualified name or a position in it.

        Returns the probe's result, or None when the user cancelled. Fails in an untrusted workspace, and
        where there is no such function.
        """
        from chainrule.probe.evidence import to_json

        uri, named = arguments(params.arguments)
        if not ls.settings.trusted:
            raise JsonRpcException("This workspace is not trusted: none of its code is run.", REQUEST_FAILED)
        analysed, function = await find(ls, uri, named)
        source, qualname = analysed.source, function.qualname
        workspace = ls.folder_of(source.path)
        cancel = threading.Event()
        title = f"Checking gradients of {qualname}"
        try:
            async with progress(ls, title, params.work_done_token, cancel.set) as report:
                wanted = Run(source.path, source.text, qualname, workspace)
                measured = await ls.probing.run(wanted, ls.settings, cancel, report)
        except CannotRun as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error
        finally:
            # Also when the request itself was cancelled, which ends the wait but not the process.
            cancel.set()
        if measured is None:
            return None
        ls.evidence.put(analysed, function, measured)
        refresh_shown(ls, source.uri)
        if not measured.sources:
            ls.say(f"{qualname}: {trouble(measured)}", types.MessageType.Warning)
        return to_json(measured)


def arguments(sent: Sequence[Any] | None) -> tuple[str, str | types.Position]:
    """The URI and the function, one after the other or as `{"uri", "function"}`.

    Raises JsonRpcInvalidParams.
    """
    match list(sent or ()):
        case [str(uri), str(qualname)]:
            return uri, qualname
        case [{"uri": str(uri), "function": str(qualname)}]:
            return uri, qualname
        case [str(uri), {"line": int(line), "character": int(character)}]:
            return uri, types.Position(line, character)
    raise JsonRpcInvalidParams(
        f"{CHECK_GRADIENTS} takes a document's URI, and a function's name or a position."
    )


async def find(
    ls: ChainruleServer, uri: str, named: str | types.Position
) -> tuple[Analysed, FunctionVerdicts]:
    """The function in the text as it is now; at a position, the innermost loss around it, or function."""
    analysed = await ls.analyses.current(uri)
    if analysed is None:
        raise JsonRpcException(f"{uri} is not open.", REQUEST_FAILED)
    functions = analysed.report.functions
    if isinstance(named, str):
        found = [function for function in functions if function.qualname == named]
        missing = f"There is no function {named} in {analysed.source.path} now."
    else:
        here = analysed.source.from_client(uri, types.Range(named, named))
        found = [function for function in functions if here is not None and function.range.contains(here)]
        missing = "There is no function at the cursor."
    if not found:
        raise JsonRpcException(missing, REQUEST_FAILED)
    return analysed, max(found, key=lambda function: (function.loss, function.range.start))
