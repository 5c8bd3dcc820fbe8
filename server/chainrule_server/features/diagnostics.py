"""Findings in the editor: pulled where the client can pull, pushed where it cannot.

Never both for one document, since clients show both. Notebooks are always pushed: clients pull for text
documents, and a finding in one cell may come from a change in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lsprotocol import types

from chainrule.findings import Finding
from chainrule_server.analyses import Analysed
from chainrule_server.built import Built, Placed, Shown
from chainrule_server.convert import diagnostic, located, measured
from chainrule_server.documents import path_of
from chainrule_server.server import ChainruleServer

PUSH_DELAY = 0.15
"""Seconds without a keystroke before diagnostics are pushed. Clients that pull have a delay of their own."""

NOTHING = Shown.of(())
DocumentReport = types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport


def register(server: ChainruleServer) -> None:
    options = types.DiagnosticOptions(
        identifier="chainrule", inter_file_dependencies=True, workspace_diagnostics=True
    )

    async def settle(uri: str) -> None:
        if await server.analyses.settle(uri):
            refresh_shown(server, uri)

    server.settle = settle

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def pull(ls: ChainruleServer, params: types.DocumentDiagnosticParams) -> DocumentReport:
        uri = params.text_document.uri
        shown = NOTHING
        if ls.settings.enable and not ls.documents.is_notebook(uri):
            analysed = await ls.analyses.current(uri)
            if analysed is not None:
                shown = by_document(ls, analysed)[analysed.source.parts[0].uri]
        if shown.identity == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=shown.identity)
        return types.RelatedFullDocumentDiagnosticReport(items=shown.items, result_id=shown.identity)


def by_document(ls: ChainruleServer, analysed: Analysed) -> Mapping[str, Shown]:
    """The diagnostics of each document of a source."""
    source = analysed.source
    if analysed.problem:
        ls.say_once(analysed.problem)

    def build(finding: Finding) -> Placed | None:
        placed = located(source, finding)
        return placed and (placed[0], diagnostic(source, finding, placed[1], ls.client, ls.pages))

    findings = analysed.report.findings
    run = [placed for shown in ls.evidence.shown(analysed) for placed in measured(source, shown, findings)]
    built = ls.built if ls.source(source.uri) is not None else Built()
    return built.of(source, findings, build, run)


def pushes(ls: ChainruleServer, uri: str) -> bool:
    return not ls.client.pulls or ls.documents.is_notebook(uri)


def changed(ls: ChainruleServer, uri: str, at_once: bool = False) -> None:
    """A document or notebook is new or different: push, soon, if this client needs it."""
    source = ls.source(uri)
    if source is not None:
        ls.analyses.changed(source)
    shown_again(ls, uri, at_once)


def shown_again(ls: ChainruleServer, uri: str, at_once: bool = True) -> None:
    """What is to be shown of a source may have changed, for whatever reason."""
    ls.note_change()
    if pushes(ls, uri):
        ls.debounce(("push", uri), 0.0 if at_once else PUSH_DELAY, lambda: push(ls, uri))


async def push(ls: ChainruleServer, uri: str) -> None:
    """Publish the diagnostics of a source, unless its text has changed meanwhile."""
    analysed = await ls.analyses.current(uri)
    if analysed is None:
        return
    found = by_document(ls, analysed) if ls.settings.enable else {}
    for part in analysed.source.parts:
        shown = found.get(part.uri, NOTHING)
        if ls.pushed.get(part.uri) != (part.version, shown.identity):
            ls.pushed[part.uri] = part.version, shown.identity
            ls.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(part.uri, shown.items, version=part.version)
            )
    push_dependants(ls)


def push_dependants(ls: ChainruleServer) -> None:
    """Push anew what depends on other files, now that one of them is another one."""
    for other in ls.analyses.dependants():
        if pushes(ls, other):
            shown_again(ls, other)


def clear(ls: ChainruleServer, uris: Iterable[str]) -> None:
    """Take back what was pushed for documents that are gone."""
    for uri in uris:
        ls.pushed.pop(uri, None)
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


def closed(ls: ChainruleServer, uri: str, documents: list[str]) -> None:
    """A file or notebook, with its documents, was closed."""
    ls.forget_debounced(("push", uri))
    ls.note_change()
    ls.analyses.closed(uri, path_of(uri))
    ls.built.forget(uri)
    ls.evidence.forget(uri)
    ls.verified.forget(uri)
    if not ls.client.pulls or uri not in documents:
        clear(ls, documents)
    push_dependants(ls)


def refresh(ls: ChainruleServer) -> None:
    """Everything shown may be out of date."""
    _ask_again(ls)
    for source in ls.documents.sources():
        shown_again(ls, source.uri)


def refresh_shown(ls: ChainruleServer, uri: str) -> None:
    """What is shown about one source has changed without an edit."""
    _ask_again(ls)
    shown_again(ls, uri)


def _ask_again(ls: ChainruleServer) -> None:
    """Have the client ask anew for diagnostics, lenses and hints, as far as it lets itself be told."""
    ls.note_change()
    if ls.client.pulls and ls.client.diagnostic_refresh:
        ls.spawn(ls.workspace_diagnostic_refresh_async(None))
    if ls.client.lens_refresh:
        ls.spawn(ls.workspace_code_lens_refresh_async(None))
    if ls.client.hint_refresh:
        ls.spawn(ls.workspace_inlay_hint_refresh_async(None))
