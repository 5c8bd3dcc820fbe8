"""Puts the server together."""

from __future__ import annotations

from chainrule import __version__
from chainrule_server.features import register_all
from chainrule_server.server import ChainruleServer


def create_server() -> ChainruleServer:
    """A server with every feature."""
    server = ChainruleServer(__version__)
    register_all(server)
    return server
