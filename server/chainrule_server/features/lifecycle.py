"""Initialize and shutdown."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from chainrule_server.client import Client
from chainrule_server.documents import OpenWorkspace
from chainrule_server.features.configuration import fetch, look_again, register_for_changes
from chainrule_server.server import ChainruleServer
from chainrule_server.settings import from_options


def register(server: ChainruleServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(ls: ChainruleServer, params: types.InitializeParams) -> None:
        ls.client = Client.of(params.capabilities)
        ls.protocol.use_workspace(OpenWorkspace)
        ls.initial, problems = from_options(params.initialization_options)
        ls.settings = ls.initial
        ls.analyses.at_once = ls.client.pulls and not ls.client.diagnostic_refresh
        ls.analyses.warm_up()
        for problem in problems:
            ls.say(problem, types.MessageType.Warning)

    @server.feature(types.INITIALIZED)
    def initialized(ls: ChainruleServer, _params: types.InitializedParams) -> None:
        loop = asyncio.get_running_loop()

        def answered() -> None:
            loop.call_soon_threadsafe(look_again, ls)

        ls.analyses.checker.answered = answered
        ls.spawn(register_for_changes(ls))
        ls.spawn(fetch(ls))

    @server.feature(types.SHUTDOWN)
    def shutdown(ls: ChainruleServer, _params: None) -> None:
        ls.close()
