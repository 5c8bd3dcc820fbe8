"""What is open in the editor: documents with a correct line table, and the texts made of them.

A `Source` is one text to analyse. For a file it is one document; for a notebook it is its code cells, one
below the other, so that an import in the first cell is known in the last. Its places are translated to
and from the documents that the client knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument, Workspace

from chainrule.edits import normalise
from chainrule.findings import Position, Range
from chainrule_server.text import LineTable, Unit, span


class Document(TextDocument):
    """An open document. A change of its text is applied in our lines, not pygls's."""

    _part: Part | None = None

    @property
    def unit(self) -> Unit:
        return Unit.of(self.position_codec.encoding)

    def part(self, first_line: int = 0) -> Part:
        """This version of the document; the same object (and line table) as long as nothing changed."""
        now = Part(self.uri, self.version, self.source, self.unit, first_line)
        if self._part != now:
            self._part = now
        return self._part or now

    def _apply_incremental_change(self, change: types.TextDocumentContentChangePartial) -> None:
        text = self.source
        start, end = span(text, change.range, self.unit)
        self._source = text[:start] + change.text + text[max(start, end) :]


class OpenWorkspace(Workspace):
    """pygls's workspace, with our documents in it."""

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> Document:
        return Document(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )

    @property
    def unit(self) -> Unit:
        """What this client counts columns in."""
        return Unit.of(self.position_encoding)

    def source(self, uri: str) -> Source | None:
        """The text that the open document or notebook `uri` (or the notebook of the cell `uri`) is now."""
        notebook = self.get_notebook_document(notebook_uri=uri) or self.get_notebook_document(cell_uri=uri)
        if notebook is not None:
            return self._notebook_source(notebook)
        document = self.text_documents.get(unquote(uri))
        if not isinstance(document, Document):
            return None
        part = document.part()
        return Source(uri, path_of(uri), normalise(part.text), (part,))

    def _notebook_source(self, notebook: types.NotebookDocument) -> Source:
        texts: list[str] = []
        parts: list[Part] = []
        line = 0
        for cell in notebook.cells:
            document = self.text_documents.get(unquote(cell.document))
            if cell.kind != types.NotebookCellKind.Code or not isinstance(document, Document):
                continue
            part = document.part(first_line=line)
            parts.append(part)
            texts.append(_cell_code(part.text))
            line = part.end_line
        return Source(notebook.uri, path_of(notebook.uri), "".join(texts), tuple(parts), is_notebook=True)

    def sources(self) -> list[Source]:
        """Every open file and notebook, each once."""
        files = [uri for uri in self.text_documents if uri not in self._cell_in_notebook]
        found = [self.source(uri) for uri in (*files, *self.notebook_documents)]
        return [source for source in found if source is not None]

    def is_notebook(self, uri: str) -> bool:
        """Whether `uri` is a notebook or a cell of one."""
        return bool(self.get_notebook_document(notebook_uri=uri) or self.get_notebook_document(cell_uri=uri))


@dataclass(frozen=True)
class Part:
    """A document, and where in its source it begins (`first_line`, from 0)."""

    uri: str
    version: int | None
    text: str
    unit: Unit
    first_line: int

    @cached_property
    def table(self) -> LineTable:
        return LineTable(self.text, self.unit)

    @property
    def end_line(self) -> int:
        """The first line, from 0, after this part. An empty last line is a line, as editors show it."""
        last_is_empty = not self.text or self.text.endswith(("\n", "\r"))
        return self.first_line + len(self.table.lines) + last_is_empty


@dataclass(frozen=True, slots=True)
class Source:
    """One text to analyse, with line feeds as line ends. `path` names it for people and for the analysis,
    `uri` for the client."""

    uri: str
    path: str
    text: str
    parts: tuple[Part, ...]
    is_notebook: bool = False

    def to_client(self, place: Range) -> tuple[Part, types.Range] | None:
        """The document and the range there; None if `place` is not within one document."""
        for part in self.parts:
            if len(self.parts) == 1 or part.first_line <= place.start.line - 1 < part.end_line:
                if len(self.parts) > 1 and place.end > Position(part.end_line + 1, 1):
                    return None
                return part, part.table.range_to_client(_shift(place, -part.first_line))
        return None

    def from_client(self, uri: str, place: types.Range) -> Range | None:
        """The range in this text of a range in the document `uri`; None if that is not a part."""
        for part in self.parts:
            if unquote(part.uri) == unquote(uri):
                return _shift(part.table.range_from_client(place), part.first_line)
        return None


def _shift(place: Range, lines: int) -> Range:
    if not lines:
        return place
    start, end = place.start, place.end
    return Range(Position(start.line + lines, start.column), Position(end.line + lines, end.column))


def _cell_code(text: str) -> str:
    """A cell as Python: IPython's own syntax blanked, line for line, and the last line ended."""
    from chainrule.notebooks import blank_magics

    return blank_magics(normalise(text)) + "\n"


def on_disk(path: Path, text: str, unit: Unit) -> Source:
    """A file that is not open, with this text on the disk."""
    part = Part(path.as_uri(), None, text, unit, first_line=0)
    return Source(part.uri, str(path), normalise(text), (part,))


def path_of(uri: str) -> str:
    """The file's path; for what is no file (`untitled:`), the URI itself."""
    if not uri.startswith("file:"):
        return uri
    return to_fs_path(uri) or uri


def uri_of(path: str) -> str:
    """The inverse of `path_of`."""
    candidate = Path(path)
    return candidate.as_uri() if candidate.is_absolute() else path
