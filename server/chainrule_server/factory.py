"""Puts the server together."""

from __future__ import annotations

from collections.abc import Callable

from chainrule import __version__
from chainrule.analysis import Analyzer, Options
from chainrule_server.checker import Analysing
from chainrule_server.features import register_all
from chainrule_server.server import ChainruleServer


def _analyzer() -> Analysing:
    return Analyzer(Options(verdicts=True))


def create_server(analyzer: Callable[[], Analysing] = _analyzer) -> ChainruleServer:
    """A server with every feature; `analyzer` makes the analysis it asks."""
    server = ChainruleServer(__version__, analyzer)
    register_all(server)
    return server
