"""The code actions on a loss: what helps to run it, and to keep it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from chainrule_server.analyses import Analysed
from chainrule_server.comments import inputs_edit
from chainrule_server.convert import SOURCE
from chainrule_server.edits import workspace_edit
from chainrule_server.evidence import Shown
from chainrule_server.server import ChainruleServer


def actions_in(
    ls: ChainruleServer, analysed: Analysed, uri: str, place: types.Range, shown: Iterable[types.Diagnostic]
) -> list[types.CodeAction]:
    """The actions on the functions that a range of the document `uri` lies in or touches."""
    here = analysed.source.from_client(uri, place)
    if here is None:
        return []
    about = [item for item in shown if item.source == SOURCE and item.code == "measured"]
    actions: list[types.CodeAction] = []
    for held in ls.evidence.shown(analysed):
        where = held.function.range
        if where.start.line <= here.end.line and here.start.line <= where.end.line:
            actions += _measured(ls, analysed, held)
    for action in actions:
        action.kind = types.CodeActionKind.QuickFix
        action.diagnostics = about or None
    return actions


def _measured(ls: ChainruleServer, analysed: Analysed, held: Shown) -> Iterator[types.CodeAction]:
    """What a run of a loss suggests."""
    if comment := held.evidence.inputs.suggestion:
        edit = inputs_edit(analysed.source.text, held.function, comment)
        title = "Say how to call it: insert a `# chainrule: inputs …` comment to complete"
        yield types.CodeAction(title, edit=workspace_edit(ls.client, analysed.source, [edit]))
