"""The lens above each loss: check its gradients, or what was measured."""

from __future__ import annotations

from lsprotocol import types

from chainrule.findings import Position, Range
from chainrule_server.server import CHECK_GRADIENTS, ChainruleServer
from chainrule_server.wording import lens_title


def register(server: ChainruleServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(ls: ChainruleServer, params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        # A lens is an offer to run code: there is none where code must not run.
        if not (ls.settings.enable and ls.settings.code_lens and ls.settings.trusted):
            return []
        analysed = await ls.analyses.current(uri)
        if analysed is None:
            return []
        measured = {shown.function.qualname: shown for shown in ls.evidence.shown(analysed)}
        lenses = []
        for function in analysed.report.functions:
            if function.qualname.startswith("<"):
                continue  # the module itself: what its top level does cannot be called
            start = function.range.start
            placed = analysed.source.to_client(Range(start, Position(start.line, start.column)))
            if function.loss and placed is not None and placed[0].uri == uri:
                command = types.Command(
                    lens_title(measured.get(function.qualname)),
                    CHECK_GRADIENTS,
                    arguments=[uri, function.qualname],
                )
                lenses.append(types.CodeLens(placed[1], command))
        return lenses
