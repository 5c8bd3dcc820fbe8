"""The code actions on a loss: what helps to run it, and tests that keep it right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from lsprotocol import types

from chainrule.findings import Range
from chainrule_server.analyses import Analysed
from chainrule_server.comments import inputs_edit
from chainrule_server.convert import SOURCE
from chainrule_server.edits import workspace_edit
from chainrule_server.evidence import Shown
from chainrule_server.server import WRITE_TEST, ChainruleServer

MEASURED = "measured"
MOST_CASES = 3
"""Actions for failing inputs of one loss; the gradient test holds all of them."""


def actions_in(
    ls: ChainruleServer,
    analysed: Analysed,
    uri: str,
    place: types.Range,
    shown: Iterable[types.Diagnostic],
    found_in: Collection[str],
) -> list[types.CodeAction]:
    """The actions on the functions that a range of the document `uri` touches.

    `shown` are the diagnostics that the client asks about, `found_in` the functions that have findings there.
    """
    here = analysed.source.from_client(uri, place)
    if here is None:
        return []
    actions: list[types.CodeAction] = []
    about = [item for item in shown if item.source == SOURCE and item.code == MEASURED] or None
    measured = {held.function.qualname: held for held in ls.evidence.shown(analysed)}
    for function in analysed.report.functions:
        name, where = function.qualname, function.range
        if not (where.start.line <= here.end.line and here.start.line <= where.end.line):
            continue
        held = measured.get(name)
        if held is not None:
            actions += _of_run(ls, analysed, uri, here, held, about)
        told = held is not None or name in found_in
        callable_ = held is None or held.evidence.call is not None
        # What has findings computes a loss, or a part of one, whatever it is called.
        is_loss = function.loss or name in found_in
        wanted = is_loss and callable_ and (told or here.start.line <= where.start.line)
        if wanted and tests(ls, analysed):
            kind = types.CodeActionKind.QuickFix if told else types.CodeActionKind.Refactor
            actions.append(_write_test(f"Add a gradient test for {name}", kind, [uri, name]))
    return actions


def tests(ls: ChainruleServer, analysed: Analysed) -> bool:
    """Whether a test file can be written: the loss may run, can be imported, and the client creates files."""
    path = Path(analysed.source.path)
    writes = ls.client.applies_edits and ls.client.creates_files
    return ls.settings.trusted and writes and path.is_absolute() and path.suffix == ".py"


def _of_run(
    ls: ChainruleServer,
    analysed: Analysed,
    uri: str,
    here: Range,
    held: Shown,
    about: list[types.Diagnostic] | None,
) -> Iterator[types.CodeAction]:
    """What a run of a loss suggests."""
    from chainrule.probe.test_writer import failing_edges

    quick = types.CodeActionKind.QuickFix
    if comment := held.evidence.inputs.suggestion:
        edit = workspace_edit(
            ls.client, analysed.source, [inputs_edit(analysed.source.text, held.function, comment)]
        )
        title = "Say how to call it: insert a `# chainrule: inputs …` comment to complete"
        yield types.CodeAction(title, quick, about, edit=edit)
    if not tests(ls, analysed):
        return
    top = held.function.range.start.line
    lines = (top, *range(here.start.line, here.end.line + 1))
    cases = [edge.case for edge in failing_edges(held.evidence) if (edge.line or top) in lines]
    for case in cases[:MOST_CASES]:
        title = f"Write the failing input ({case}) as a pytest test"
        yield _write_test(title, quick, [uri, held.function.qualname, case], about)


def _write_test(
    title: str, kind: types.CodeActionKind, arguments: list[str], about: list[types.Diagnostic] | None = None
) -> types.CodeAction:
    command = types.Command(title, WRITE_TEST, arguments=arguments)
    return types.CodeAction(title, kind, about, command=command)
