"""What a run measured, at the end of each line it measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from chainrule.findings import Position, Range
from chainrule_server.analyses import Analysed
from chainrule_server.evidence import Shown
from chainrule_server.server import ChainruleServer
from chainrule_server.text import END_OF_LINE
from chainrule_server.wording import hint, report, value_table

if TYPE_CHECKING:
    from chainrule.probe.evidence import LineEvidence


def register(server: ChainruleServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hints(ls: ChainruleServer, params: types.InlayHintParams) -> list[types.InlayHint]:
        uri = params.text_document.uri
        if not (ls.settings.enable and ls.settings.inlay_hints):
            return []
        analysed = await ls.analyses.current(uri)
        if analysed is None:
            return []
        return [
            made
            for shown in ls.evidence.shown(analysed)
            for line in shown.evidence.lines
            if (made := _hint(ls, analysed, uri, shown, line)) is not None
            and params.range.start.line <= made.position.line <= params.range.end.line
        ]


def _hint(
    ls: ChainruleServer, analysed: Analysed, uri: str, shown: Shown, measured: LineEvidence
) -> types.InlayHint | None:
    """One hint behind the line's last character, if the line is in the document `uri`."""
    end = Position(measured.line, END_OF_LINE)
    placed = analysed.source.to_client(Range(end, end))
    if placed is None or placed[0].uri != uri or not measured.values:
        return None
    names = {source.name for source in shown.evidence.sources}
    words = f"{value_table(measured.values)}\n\n---\n\n{report(shown)}"
    tooltip: str | types.MarkupContent = words
    if ls.client.markdown:
        tooltip = types.MarkupContent(types.MarkupKind.Markdown, words)
    label = hint(measured.values, names)
    return types.InlayHint(placed[1].start, label, tooltip=tooltip, padding_left=True)
