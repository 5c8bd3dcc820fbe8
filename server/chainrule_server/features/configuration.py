"""Settings and files that change while the server runs."""

from __future__ import annotations

import logging
from pathlib import PurePosixPath
from urllib.parse import unquote, urlparse

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from chainrule_server.features.diagnostics import refresh
from chainrule_server.server import ChainruleServer
from chainrule_server.settings import SECTION, merged

logger = logging.getLogger(__name__)

WATCHED = ("**/*.py", "**/*.ipynb", "**/pyproject.toml", "**/chainrule.toml")


def register(server: ChainruleServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def changed(ls: ChainruleServer, params: types.DidChangeConfigurationParams) -> None:
        if ls.client.configuration:
            ls.spawn(fetch(ls))
        elif isinstance(params.settings, dict) and SECTION in params.settings:
            take(ls, params.settings[SECTION])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(ls: ChainruleServer, params: types.DidChangeWatchedFilesParams) -> None:
        # What is open is known from its editor; the rest may be imported by what is open.
        if any(ls.source(change.uri) is None for change in params.changes):
            names = {PurePosixPath(unquote(urlparse(change.uri).path)).name for change in params.changes}
            logger.debug("changed outside the editor: %s", ", ".join(sorted(names)))
            ls.analyses.renew(ls.analyses.checker.disk_changed)
            refresh(ls)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(ls: ChainruleServer, _params: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.analyses.renew(ls.analyses.checker.folders_changed)
        refresh(ls)


def look_again(ls: ChainruleServer) -> None:
    """An import that was not known has been found: what depends on it is analysed with it."""
    ls.analyses.renew(lambda: None)
    refresh(ls)


def take(ls: ChainruleServer, sent: object) -> None:
    """Use the settings that the client sent, and tell the user what is wrong in them."""
    settings, problems = merged(ls.initial, sent)
    for problem in problems:
        ls.say(problem, types.MessageType.Warning)
    if settings != ls.settings:
        ls.settings = settings
        ls.analyses.renew(lambda: None)
        refresh(ls)


async def fetch(ls: ChainruleServer) -> None:
    """Ask the client for its settings, if it can be asked."""
    if not ls.client.configuration:
        return
    item = types.ConfigurationItem(section=SECTION)
    try:
        answers = await ls.workspace_configuration_async(types.ConfigurationParams([item]))
    except JsonRpcException as error:
        logger.warning("the client could not answer workspace/configuration: %s", error)
        return
    if answers and answers[0] is not None:
        take(ls, answers[0])


async def register_for_changes(ls: ChainruleServer) -> None:
    """Ask to be told of changed settings and files, where the client offers it."""
    wanted: list[types.Registration] = []
    if ls.client.registers_configuration:
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        wanted.append(types.Registration("chainrule-settings", method, {"section": SECTION}))
    if ls.client.registers_watchers:
        watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        wanted.append(types.Registration("chainrule-files", method, options))
    if wanted:
        await ls.client_register_capability_async(types.RegistrationParams(wanted))
