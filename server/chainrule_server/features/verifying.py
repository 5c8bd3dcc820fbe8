"""The command that tries the fixes of a finding on the user's own loss, and says what each changes."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from chainrule.edits import apply
from chainrule.findings import Finding
from chainrule_server.analyses import Analysed
from chainrule_server.comparing import changes, is_worse
from chainrule_server.convert import located
from chainrule_server.features.checking import REQUEST_FAILED
from chainrule_server.probing import CannotRun, Run
from chainrule_server.progress import progress
from chainrule_server.server import VERIFY, ChainruleServer
from chainrule_server.verified import Tried


def register(server: ChainruleServer) -> None:
    @server.command(VERIFY)
    async def verify(ls: ChainruleServer, params: types.ExecuteCommandParams) -> Any:
        """Arguments: a document's URI, a finding's code and its start (`{"line", "character"}`).

        Returns `{"function", "fixes": [{"title", "changes"}]}`; None when the user cancelled.
        """
        if not ls.settings.trusted:
            raise JsonRpcException("This workspace is not trusted: none of its code is run.", REQUEST_FAILED)
        analysed, finding = await _find(ls, params)
        cancel = threading.Event()
        title = f"Trying the fixes of {finding.code} on {finding.function}"
        try:
            async with progress(ls, title, params.work_done_token, cancel.set) as report:
                found = await _try_fixes(ls, analysed, finding, cancel, report)
        except CannotRun as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error
        finally:
            cancel.set()
        if found is None:
            return None
        ls.verified.put(analysed.source, finding, found)
        told = [f"{fix}: {tried.changes}" for fix, tried in found.items()]
        ls.say("\n".join([f"{finding.code} in {finding.function}", *told]))
        fixes = [{"title": fix, "changes": tried.changes} for fix, tried in found.items()]
        return {"function": finding.function, "fixes": fixes}


async def _try_fixes(
    ls: ChainruleServer, analysed: Analysed, finding: Finding, cancel: threading.Event, report: Any
) -> dict[str, Tried] | None:
    """What each fix changes, by its title: the loss runs as it is, then once with each fix."""
    source = analysed.source
    workspace = ls.folder_of(source.path)
    wanted = Run(source.path, source.text, finding.function, workspace, edges=False)
    before = await ls.probing.run(wanted, ls.settings, cancel, report)
    if before is None:
        return None
    if before.inputs.origin == "search":
        # The search might end elsewhere with the other text.
        arguments = ", ".join(f"{name}={value}" for name, value in before.inputs.arguments.items())
        wanted = replace(wanted, inputs=arguments)
    found: dict[str, Tried] = {}
    for fix in finding.fixes:
        if fix.edits:
            report(fix.title)
            fixed = replace(wanted, text=apply(source.text, fix.edits))
            after = await ls.probing.run(fixed, ls.settings, cancel, report)
            if after is None:
                return None
            found[fix.title] = Tried(changes(before, after), is_worse(before, after))
    return found


async def _find(ls: ChainruleServer, params: types.ExecuteCommandParams) -> tuple[Analysed, Finding]:
    match list(params.arguments or ()):
        case [str(uri), str(code), {"line": int(line), "character": int(character)}]:
            start = types.Position(line, character)
        case _:
            raise JsonRpcInvalidParams(f"{VERIFY} takes a document's URI, a code and a position.")
    analysed = await ls.settled(uri)
    for finding in analysed.report.findings if analysed else ():
        placed = located(analysed.source, finding) if analysed else None
        if analysed and placed and finding.code == code and placed[1].start == start:
            return analysed, finding
    raise JsonRpcException(f"There is no {code} at line {line + 1} of {uri} now.", REQUEST_FAILED)
