"""The command that runs a loss and shows what was measured."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from chainrule.findings import FunctionVerdicts
from chainrule_server.analyses import Analysed
from chainrule_server.features.diagnostics import refresh_shown
from chainrule_server.probing import CannotRun, Run
from chainrule_server.progress import progress
from chainrule_server.server import CHECK_GRADIENTS, ChainruleServer
from chainrule_server.wording import trouble

if TYPE_CHECKING:
    from chainrule.probe.evidence import Evidence

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
        analysed, function = await find(ls, uri, named)
        measured = await measure(ls, analysed, function, params.work_done_token)
        if measured is None:
            return None
        if not measured.sources:
            ls.say(f"{function.qualname}: {trouble(measured)}", types.MessageType.Warning)
        return to_json(measured)


async def measure(
    ls: ChainruleServer, analysed: Analysed, function: FunctionVerdicts, token: types.ProgressToken | None
) -> Evidence | None:
    """Run a loss and show what was measured; None when the user cancelled.

    Raises JsonRpcException in an untrusted workspace, and where the loss cannot be run as it is set up.
    """
    if not ls.settings.trusted:
        raise JsonRpcException("This workspace is not trusted: none of its code is run.", REQUEST_FAILED)
    source, qualname = analysed.source, function.qualname
    wanted = Run(source.path, source.text, qualname, ls.folder_of(source.path))
    cancel = threading.Event()
    try:
        async with progress(ls, f"Checking gradients of {qualname}", token, cancel.set) as report:
            measured = await ls.probing.run(wanted, ls.settings, cancel, report)
    except CannotRun as error:
        raise JsonRpcException(str(error), REQUEST_FAILED) from error
    finally:
        # Also when the request itself was cancelled, which ends the wait but not the process.
        cancel.set()
    if measured is not None:
        ls.evidence.put(analysed, function, measured)
        refresh_shown(ls, source.uri)
    return measured


async def known_or_measured(
    ls: ChainruleServer, analysed: Analysed, function: FunctionVerdicts, token: types.ProgressToken | None
) -> Evidence | None:
    """What was measured of the very text that is there now; else as `measure`."""
    for shown in ls.evidence.shown(analysed):
        if shown.fresh and shown.function.qualname == function.qualname:
            return shown.evidence
    return await measure(ls, analysed, function, token)


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
