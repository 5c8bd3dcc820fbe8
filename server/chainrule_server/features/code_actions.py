"""Code actions: on a finding, on a loss, and all safe fixes at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lsprotocol import types

from chainrule.findings import Finding
from chainrule_server.analyses import Analysed
from chainrule_server.edits import CannotEdit, workspace_edit
from chainrule_server.extracting import EXTRACT, extractions_in
from chainrule_server.fixing import has_safe_fix
from chainrule_server.function_actions import actions_in
from chainrule_server.late_edits import late_edit
from chainrule_server.quick_fixes import fixes_of, others_on
from chainrule_server.server import ChainruleServer
from chainrule_server.verified import without

FIX_ALL = "source.fixAll.chainrule"


def register(server: ChainruleServer) -> None:
    options = types.CodeActionOptions(
        code_action_kinds=[
            types.CodeActionKind.QuickFix,
            types.CodeActionKind.Refactor,
            types.CodeActionKind.RefactorExtract,
            FIX_ALL,
        ],
        resolve_provider=True,
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_actions(ls: ChainruleServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        if not ls.settings.enable or not ls.client.action_literals:
            return []
        analysed = await ls.settled(uri)
        if analysed is None:
            return []
        actions: list[types.CodeAction] = []
        found = findings_at(analysed, uri, params.range)
        if wanted(types.CodeActionKind.QuickFix.value, params.context.only):
            for of in (fixes_of, others_on):  # of several findings in one place, first all that mend them
                for finding in found:
                    actions += of(ls, analysed, finding, params.context.diagnostics)
        functions = {finding.function for finding in found}
        actions += [
            action
            for action in actions_in(ls, analysed, uri, params.range, params.context.diagnostics, functions)
            if wanted(kind_of(action), params.context.only)
        ]
        if wanted(EXTRACT.value, params.context.only):
            actions += extractions_in(ls, analysed, uri, params.range)
        if wanted(FIX_ALL, params.context.only) and not analysed.source.is_notebook:
            actions += await fix_all(ls, analysed)
        return [action for action in actions if _offered(ls, action)]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(ls: ChainruleServer, action: types.CodeAction) -> types.CodeAction:
        # Neovim resolves actions that have their edit already.
        data = action.data
        if action.edit is None and isinstance(data, Mapping):
            if action.kind == FIX_ALL:
                analysed = await ls.settled(str(data.get("uri")))
                action.edit = await _fix_all_edit(ls, analysed) if analysed else None
            else:
                try:
                    action.edit = late_edit(ls, data)
                except CannotEdit as error:
                    ls.say(str(error), types.MessageType.Warning)
        return action


def _offered(ls: ChainruleServer, action: types.CodeAction) -> bool:
    """Whether an action is of use to this client; one that cannot ask for a late edit gets it at once."""
    if ls.client.resolves_edits or action.kind == FIX_ALL or not isinstance(action.data, Mapping):
        return True
    try:
        action.edit = late_edit(ls, action.data)
    except CannotEdit:
        return False
    action.data = None
    return action.edit is not None


def kind_of(action: types.CodeAction) -> str:
    return str(getattr(action.kind, "value", action.kind))


def wanted(kind: str, only: Iterable[str] | None) -> bool:
    """Whether a client that asks for the kinds `only` asks for `kind`: kinds are a hierarchy by dots."""
    if not only:
        return True
    asked = [getattr(value, "value", value) for value in only]
    return any(value in ("", kind) or kind.startswith(f"{value}.") for value in asked)


def findings_at(analysed: Analysed, uri: str, place: types.Range) -> list[Finding]:
    """The findings that touch a range of the document `uri`; a cursor touches what it stands next to."""
    here = analysed.source.from_client(uri, place)
    if here is None:
        return []
    return [
        finding
        for finding in analysed.report.findings
        if finding.range.start <= here.end and here.start <= finding.range.end
    ]


async def fix_all(ls: ChainruleServer, analysed: Analysed) -> list[types.CodeAction]:
    """The action for all safe fixes; its edit comes when the client resolves it, if the client can."""
    if not has_safe_fix(without(analysed.report, ls.verified.refuted(analysed.source))):
        return []
    action = types.CodeAction("Apply all safe chainrule fixes", kind=FIX_ALL)
    if ls.client.resolves_edits:
        action.data = {"uri": analysed.source.uri}
    else:
        action.edit = await _fix_all_edit(ls, analysed)
    return [action]


async def _fix_all_edit(ls: ChainruleServer, analysed: Analysed) -> types.WorkspaceEdit | None:
    source = analysed.source
    refuted = ls.verified.refuted(source)
    return workspace_edit(ls.client, source, await ls.analyses.fix_all(source, refuted))
