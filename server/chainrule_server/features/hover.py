"""Hover: the findings at a place, the operator written there, what was measured of the function there."""

from __future__ import annotations

from lsprotocol import types

from chainrule.findings import Finding, FunctionVerdicts, Position, Range
from chainrule_server.analyses import Analysed
from chainrule_server.explanations import operator_card
from chainrule_server.server import ChainruleServer
from chainrule_server.text import END_OF_LINE
from chainrule_server.wording import gets, report


def register(server: ChainruleServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: ChainruleServer, params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        analysed = await ls.analyses.current(uri) if ls.settings.enable else None
        if analysed is None:
            return None
        point = types.Range(params.position, params.position)
        here = analysed.source.from_client(uri, point)
        if here is None:
            return None
        cards = _cards(ls, analysed, here.start)
        operator = await ls.analyses.beside(operator_card, analysed.source.text, here.start)
        if operator is not None:
            cards.append(operator)
        if not cards:
            return None
        placed = analysed.source.to_client(min((where for _, where in cards), key=_size))
        text = "\n\n---\n\n".join(card for card, _ in cards)
        kind = types.MarkupKind.Markdown if ls.client.markdown else types.MarkupKind.PlainText
        return types.Hover(types.MarkupContent(kind, text), placed[1] if placed else None)


def _cards(ls: ChainruleServer, analysed: Analysed, here: Position) -> list[tuple[str, Range]]:
    cards = [
        (_finding(finding), finding.range)
        for finding in analysed.report.findings
        if finding.range.start <= here <= finding.range.end
    ]
    for shown in ls.evidence.shown(analysed):
        line = _first_line(shown.function)
        if line.start <= here <= line.end:
            cards.append((report(shown), line))
    return cards


def _finding(finding: Finding) -> str:
    """What the finding's diagnostic does not say; editors show that one beside the hover."""
    sources = ", ".join(f"`{name}` {gets(finding.verdict.value)}" for name in finding.sources)
    fixes = "; ".join(
        f"{fix.title} ({fix.applicability.value if fix.edits else f'not here: {fix.reason}'})"
        for fix in finding.fixes
    )
    lines = [
        f"**{finding.code} {finding.name}**" + (f": {sources}" if sources else ""),
        f"Fixes: {fixes}" if fixes else "",
    ]
    return "\n\n".join(line for line in lines if line)


def _first_line(function: FunctionVerdicts) -> Range:
    start = function.range.start
    return Range(start, Position(start.line, END_OF_LINE))


def _size(place: Range) -> tuple[int, int]:
    """Smaller for the more specific of two places."""
    return place.end.line - place.start.line, place.end.column - place.start.column
