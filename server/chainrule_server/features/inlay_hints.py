"""What a run measured, at the end of each line it measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from chainrule.findings import Position, Range
from chainrule_server.analyses import Analysed
from chainrule_server.evidence import Shown
from chainrule_server.server import ChainruleServer
from chainrule_server.text import END_OF_LINE
from chainrule_server.wording import report, value_label

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
            hint
            for shown in ls.evidence.shown(analysed)
            for line in shown.evidence.lines
            if (hint := _hint(ls, analysed, uri, shown, line)) is not None
            and params.range.start.line <= hint.position.line <= params.range.end.line
        ]


def _hint(
    ls: ChainruleServer, analysed: Analysed, uri: str, shown: Shown, measured: LineEvidence
) -> types.InlayHint | None:
    """One hint behind the line's last character, if the line is in the document `uri`."""
    end = Position(measured.line, END_OF_LINE)
    placed = analysed.source.to_client(Range(end, end))
    if placed is None or placed[0].uri != uri or not measured.values:
        return None
    tooltip: str | types.MarkupContent = report(shown)
    if ls.client.markdown:
        tooltip = types.MarkupContent(types.MarkupKind.Markdown, report(shown))
    label = " · ".join(value_label(value) for value in measured.values)
    return types.InlayHint(placed[1].start, label, tooltip=tooltip, padding_left=True)
