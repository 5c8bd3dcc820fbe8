"""Edits of the analysis as edits of the client's documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from lsprotocol import types

from chainrule.edits import line_end
from chainrule.findings import Edit, Position, Range
from chainrule_server.client import Client
from chainrule_server.documents import Part, Source


class CannotEdit(Exception):
    """An edit that was asked for cannot be made. The message says which file stands in the way, and why."""


EMPTY = Range(Position(1, 1), Position(2, 1))
"""All of an empty file. Neovim counts a line there, and would leave it below what is merely inserted."""


def workspace_edit(
    client: Client, source: Source, edits: Iterable[Edit], confirm: str = ""
) -> types.WorkspaceEdit | None:
    """The edits as one workspace edit, tied to the versions they were made for where the client can check.

    `confirm` says why a human should look first; clients with change annotations then ask. None if there is
    nothing to edit, or if an edit does not fit in one document.
    """
    found: dict[Part, list[types.TextEdit]] = defaultdict(list)
    for edit in edits:
        placed = source.to_client(edit.range)
        if placed is None:
            return None
        part, place = placed
        # Clients that insert text as it is must not mix line ends.
        text = edit.text.replace("\n", line_end(part.text)) if "\n" in edit.text else edit.text
        found[part].append(types.TextEdit(place, text))
    if not found:
        return None
    if not client.document_changes:
        return types.WorkspaceEdit(changes={part.uri: own for part, own in found.items()})
    annotated = bool(confirm) and client.change_annotations
    return types.WorkspaceEdit(
        document_changes=[_document_edit(part, own, annotated) for part, own in found.items()],
        change_annotations=_annotations(confirm) if annotated else None,
    )


def file_edit(
    client: Client, file: Source, edits: Iterable[Edit], exists: bool
) -> types.WorkspaceEdit | None:
    """The edits of a file that need not be open; where it does not exist, it is created first.

    A file that has come into being meanwhile is kept. None for a client that cannot create files.
    """
    if exists:
        return workspace_edit(client, file, edits)
    if not client.creates_files:
        return None
    edit = workspace_edit(replace(client, document_changes=True), file, edits)
    if edit is not None:
        create = types.CreateFile(file.uri, options=types.CreateFileOptions(ignore_if_exists=True))
        edit.document_changes = [create, *(edit.document_changes or ())]
    return edit


def _document_edit(part: Part, edits: list[types.TextEdit], annotated: bool) -> types.TextDocumentEdit:
    identifier = types.OptionalVersionedTextDocumentIdentifier(part.uri, part.version)
    if not annotated:
        return types.TextDocumentEdit(identifier, list(edits))
    return types.TextDocumentEdit(
        identifier, [types.AnnotatedTextEdit(_UNSAFE, edit.range, edit.new_text) for edit in edits]
    )


_UNSAFE = "unsafe"


def _annotations(confirm: str) -> dict[types.ChangeAnnotationIdentifier, types.ChangeAnnotation]:
    note = types.ChangeAnnotation("Changes the loss", needs_confirmation=True, description=confirm)
    return {_UNSAFE: note}
