"""Diagnostics of the whole workspace, for those who ask for them (`diagnosticMode`).

Files are read and analysed one at a time, between the requests for open documents, and only once per
version. What did not change since the client's last question is not sent again; when nothing changed, the
answer waits until something does, as the protocol suggests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types

from chainrule import discovery, sources
from chainrule.config import ConfigError
from chainrule.findings import Report
from chainrule_server.analyses import Analysed
from chainrule_server.documents import Part, Source
from chainrule_server.features.diagnostics import NOTHING, by_document
from chainrule_server.server import ChainruleServer

FileReport = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport
Stamp = tuple[int, int]


class WorkspaceReports:
    """The reports of files that are not open, each with the state of the file it was made from."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Stamp, int, Report, str]] = {}

    async def of_file(self, ls: ChainruleServer, path: str) -> Analysed | None:
        """The report on a file; None if it cannot be read as Python."""
        read = await asyncio.to_thread(self._read, path, ls.analyses.generation)
        if read is None:
            return None
        text, stamp, report = read
        if report is None:
            report = await ls.analyses.of_text(text, path)
            self._known[path] = (stamp, ls.analyses.generation, report, text)
        uri = Path(path).as_uri()
        part = Part(uri, None, text, ls.documents.unit, first_line=0)
        return Analysed(Source(uri, path, text, (part,)), report)

    def _read(self, path: str, generation: int) -> tuple[str, Stamp, Report | None] | None:
        """The text, and the report if it is known for this very file."""
        try:
            status = Path(path).stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(path)
            if known is not None and known[:2] == (stamp, generation):
                return known[3], stamp, known[2]
            return sources.read(path).text, stamp, None
        except (OSError, sources.SourceError):
            return None


def register(server: ChainruleServer) -> None:
    reports = WorkspaceReports()

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def workspace_diagnostic(
        ls: ChainruleServer, params: types.WorkspaceDiagnosticParams
    ) -> types.WorkspaceDiagnosticReport:
        previous = {unquote(known.uri): known.value for known in params.previous_result_ids}
        while True:
            changed = ls.next_change()
            items = await _items(ls, reports, previous)
            unchanged = all(item.kind == types.DocumentDiagnosticReportKind.Unchanged for item in items)
            if not previous or not unchanged:
                return types.WorkspaceDiagnosticReport(items)
            await changed.wait()


async def _items(
    ls: ChainruleServer, reports: WorkspaceReports, previous: Mapping[str, str]
) -> list[FileReport]:
    """One report for each file; an empty one for each file that has gone since the last question."""
    items: list[FileReport] = []
    if ls.settings.enable and ls.settings.workspace:
        for path in await _paths(ls):
            uri = Path(path).as_uri()
            opened = ls.source(uri) is not None
            analysed = await (ls.analyses.current(uri) if opened else reports.of_file(ls, path))
            if analysed is not None:
                items.append(_report(ls, analysed, previous.get(unquote(uri))))
    reported = {unquote(item.uri) for item in items}
    for uri in previous.keys() - reported:
        if previous[uri] != NOTHING.identity:
            items.append(types.WorkspaceFullDocumentDiagnosticReport(uri, [], result_id=NOTHING.identity))
    return items


async def _paths(ls: ChainruleServer) -> list[str]:
    """The Python files of the workspace's folders, without what .gitignore or the configuration excludes."""
    found: dict[str, None] = {}
    for folder in ls.folders():
        try:
            found.update(dict.fromkeys(await asyncio.to_thread(list, discovery.walk(folder))))
        except ConfigError as error:
            ls.say_once(str(error))
    return [path for path in found if path.endswith(sources.PYTHON_SUFFIX)]


def _report(ls: ChainruleServer, analysed: Analysed, previous: str | None) -> FileReport:
    part = analysed.source.parts[0]
    shown = by_document(ls, analysed)[part.uri]
    if shown.identity == previous:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(
            part.uri, result_id=shown.identity, version=part.version
        )
    return types.WorkspaceFullDocumentDiagnosticReport(
        part.uri, shown.items, result_id=shown.identity, version=part.version
    )
