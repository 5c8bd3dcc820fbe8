"""The code actions that make a loss, computed in place in a training loop or step, a function of its own."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from chainrule.edits import normalise
from chainrule.findings import Edit
from chainrule_server.analyses import Analysed
from chainrule_server.documents import Source
from chainrule_server.edits import workspace_edit
from chainrule_server.function_actions import tests
from chainrule_server.server import WRITE_TEST, ChainruleServer

EXTRACT = types.CodeActionKind.RefactorExtract


def extractions_in(
    ls: ChainruleServer, analysed: Analysed, uri: str, place: types.Range
) -> list[types.CodeAction]:
    """The extraction of the loss that is trained at a cursor, or is computed by selected statements.

    Where it can be tested, a second action does that too: the client edits first, then runs the command.
    """
    from chainrule.extraction import extraction_at

    source = analysed.source
    here = source.from_client(uri, place)
    if here is None:
        return []
    cells = frozenset(part.first_line + 1 for part in source.parts)
    found = extraction_at(source.text, source.path, here, cells)
    if found is None:
        return []
    title, reason = f"Extract the loss into {found.qualname}", found.reason
    edit = workspace_edit(ls.client, source, found.edits) if _is_written_so(source, found.edits) else None
    if edit is None:
        if not ls.client.disabled_actions:
            return []
        disabled = types.CodeActionDisabled(
            reason or "The code of the loss is not in one cell, or no Python."
        )
        return [types.CodeAction(title, EXTRACT, disabled=disabled)]
    actions = [types.CodeAction(title, EXTRACT, edit=edit)]
    if tests(ls, analysed):
        title = f"{title}, and add a gradient test for it"
        command = types.Command(title, WRITE_TEST, arguments=[uri, found.qualname])
        actions.append(types.CodeAction(title, EXTRACT, edit=edit, command=command))
    return actions


def _is_written_so(source: Source, edits: Iterable[Edit]) -> bool:
    """Whether a notebook's cells hold the lines that are edited: what is no Python is blank in the text."""
    if not source.is_notebook:
        return True
    written = "\n".join(normalise(part.text) for part in source.parts).split("\n")
    lines = source.text.split("\n")
    return all(
        written[edit.range.start.line - 1 : edit.range.end.line]
        == lines[edit.range.start.line - 1 : edit.range.end.line]
        for edit in edits
    )
