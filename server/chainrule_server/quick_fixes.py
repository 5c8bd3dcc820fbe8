"""The code actions on one finding: its fixes, trying them, ignoring the finding, explaining it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types

from chainrule.findings import Applicability, Finding, Fix
from chainrule_server.analyses import Analysed
from chainrule_server.comments import ignore_edit
from chainrule_server.convert import SOURCE, located
from chainrule_server.documents import path_of
from chainrule_server.edits import workspace_edit
from chainrule_server.late_edits import ignore_in_project
from chainrule_server.server import EXPLAIN, VERIFY, ChainruleServer

UNSAFE_REASON = "This rewrite changes the value of the loss, or needs your choice."
_ORDER = list(Applicability)


def fixes_of(
    ls: ChainruleServer, analysed: Analysed, finding: Finding, shown: Sequence[types.Diagnostic]
) -> list[types.CodeAction]:
    """The fixes of a finding, safe ones first. `shown` are the diagnostics that the client asks about."""
    return _about(analysed, finding, shown, _fixes(ls, analysed, finding))


def others_on(
    ls: ChainruleServer, analysed: Analysed, finding: Finding, shown: Sequence[types.Diagnostic]
) -> list[types.CodeAction]:
    """What else can be done about a finding: try its fixes, ignore it, have it explained."""
    placed = located(analysed.source, finding)
    if placed is None:
        return []
    part, place = placed
    actions: list[types.CodeAction] = []
    if ls.settings.trusted and runs(finding):
        start = {"line": place.start.line, "character": place.start.character}
        title = f"Try the fixes on {finding.function}"
        verify = types.Command(title, VERIFY, arguments=[part.uri, finding.code, start])
        actions.append(types.CodeAction(title, command=verify))
    ignore = ignore_edit(analysed.source.text, finding)
    if ignore is not None:
        edit = workspace_edit(ls.client, analysed.source, [ignore])
        actions.append(types.CodeAction(f"Ignore {finding.code} on this line", edit=edit))
    if Path(path_of(analysed.source.uri)).is_absolute():
        data = ignore_in_project(analysed.source.uri, finding.code)
        actions.append(types.CodeAction(f"Ignore {finding.code} in this project", data=data))
    title = f"Explain {finding.code} ({finding.name})"
    explain = types.Command(title, EXPLAIN, arguments=[finding.code])
    actions.append(types.CodeAction(title, command=explain))
    return _about(analysed, finding, shown, actions)


def _about(
    analysed: Analysed,
    finding: Finding,
    shown: Sequence[types.Diagnostic],
    actions: list[types.CodeAction],
) -> list[types.CodeAction]:
    """The actions, tied to the finding's own diagnostic."""
    placed = located(analysed.source, finding)
    if placed is None:
        return []
    place = placed[1]
    about = [
        item for item in shown if item.source == SOURCE and item.code == finding.code and item.range == place
    ]
    for action in actions:
        action.kind = types.CodeActionKind.QuickFix
        action.diagnostics = about or None
    return actions


def runs(finding: Finding) -> bool:
    """Whether the fixes can be tried: there are some, in a function and not at the module's top level."""
    return bool(finding.function and finding.function[0] != "<" and any(fix.edits for fix in finding.fixes))


def _fixes(ls: ChainruleServer, analysed: Analysed, finding: Finding) -> list[types.CodeAction]:
    actions = []
    preferred = False
    promised = [(ls.verified.promise(analysed.source, finding, fix), fix) for fix in finding.fixes]
    for promise, fix in sorted(promised, key=lambda each: _ORDER.index(each[0])):
        action = _fix(ls, analysed, finding, fix, promise)
        if action is not None:
            if promise is Applicability.SAFE and action.edit and not preferred:
                action.is_preferred = preferred = True
            actions.append(action)
    return actions


def _fix(
    ls: ChainruleServer, analysed: Analysed, finding: Finding, fix: Fix, promise: Applicability
) -> types.CodeAction | None:
    """One fix; where it cannot be made, its reason, for clients that show it."""
    tried = ls.verified.of(analysed.source, finding, fix.title)
    edit, reason = None, fix.reason
    if fix.edits:
        seen = f"Tried on {finding.function}: {tried.changes}." if tried is not None else ""
        confirm = "" if promise is Applicability.SAFE else seen or UNSAFE_REASON
        edit = workspace_edit(ls.client, analysed.source, fix.edits, confirm)
        reason = "" if edit else "The fix spans several cells."
    if edit is None:
        if not (reason and ls.client.disabled_actions):
            return None
        return types.CodeAction(fix.title, disabled=types.CodeActionDisabled(reason))
    title = f"{fix.title} ({tried.changes})" if tried is not None else fix.title
    return types.CodeAction(title, edit=edit)
