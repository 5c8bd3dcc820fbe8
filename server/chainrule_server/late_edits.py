"""Edits of files that no editor need have open. They are made when the user chooses the action: the data of
the action says which, so that a list of actions reads no file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types

from chainrule_server.documents import on_disk, path_of
from chainrule_server.edits import CannotEdit, file_edit
from chainrule_server.server import ChainruleServer

IGNORE = "ignore in this project"


def ignore_in_project(uri: str, code: str) -> dict[str, str]:
    """The data of the action that ignores `code` in the project of the document `uri`."""
    return {"make": IGNORE, "uri": uri, "code": code}


def late_edit(ls: ChainruleServer, data: Mapping[str, Any]) -> types.WorkspaceEdit | None:
    """The edit that an action's data asks for; None for other data. Raises CannotEdit."""
    match data:
        case {"make": "ignore in this project", "uri": str(uri), "code": str(code)}:
            return _ignore(ls, uri, code)
    return None


def _ignore(ls: ChainruleServer, uri: str, code: str) -> types.WorkspaceEdit | None:
    from chainrule_server.project_ignore import SettingsFile, ignore_edits, settings_file

    document = path_of(uri)
    file = settings_file(Path(document), ls.folder_of(document))
    if file is None:
        raise CannotEdit(f"{document} is in no folder that the settings could be written to.")
    source = ls.source(file.path.as_uri())
    if source is not None:
        file = SettingsFile(file.path, source.text)
    else:
        source = on_disk(file.path, file.text or "", ls.documents.unit)
    edit = file_edit(ls.client, source, ignore_edits(file, code), exists=file.text is not None)
    if edit is None:
        raise CannotEdit(f'This editor creates no files; put ignore = ["{code}"] into {file.path}.')
    return edit
