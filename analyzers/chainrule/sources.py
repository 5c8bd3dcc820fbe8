"""Files as the analysis and the fixes see them: bytes in, text out, and back without a trace."""

from __future__ import annotations

import codecs
import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from chainrule import edits as text_edits
from chainrule.findings import Edit, Report
from chainrule.source_error import SourceError as SourceError

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
PYTHON_SUFFIX = ".py"
NOTEBOOK_SUFFIX = ".ipynb"


class Document(Protocol):
    """A file that can be analysed, edited and written back."""

    @property
    def path(self) -> str: ...

    @property
    def text(self) -> str:
        """What is analysed, with line feeds as line ends."""

    def with_edits(self, edits: Iterable[Edit]) -> Document:
        """The document after `edits` of its text. Raises ValueError when they cannot be made."""

    def encode(self) -> bytes:
        """The whole file again. Raises SourceError when its encoding lacks a character."""

    def locate(self, report: Report) -> Report:
        """`report` (positions in `text`) with the positions that the user knows."""

    def texts(self) -> Iterable[tuple[str, str]]:
        """The texts that located positions point into, by the paths of located findings."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Python file. `raw` keeps the line ends that the file has."""

    path: str
    raw: str
    encoding: str = "utf-8"
    bom: bool = False

    @property
    def text(self) -> str:
        return text_edits.normalise(self.raw)

    def with_edits(self, edits: Iterable[Edit]) -> SourceFile:
        return replace(self, raw=text_edits.apply(self.raw, edits))

    def encode(self) -> bytes:
        try:
            data = self.raw.encode(self.encoding)
        except UnicodeEncodeError as error:
            bad = self.raw[error.start]
            raise SourceError(f"{bad!r} cannot be written in this file's encoding, {self.encoding}") from None
        return codecs.BOM_UTF8 + data if self.bom else data

    def locate(self, report: Report) -> Report:
        return report

    def texts(self) -> Iterable[tuple[str, str]]:
        return ((self.path, self.text),)


def decode(data: bytes, path: str) -> SourceFile:
    """The Python source in `data`, decoded as Python decodes it (byte-order mark, PEP 263 cookie, UTF-8).

    Raises SourceError when it cannot be Python: other encodings, NUL bytes.
    """
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError("is UTF-16, which Python does not read; save it as UTF-8")
    if b"\0" in body:
        line = body.count(b"\n", 0, body.index(b"\0")) + 1
        raise SourceError(f"has a NUL byte in line {line}: not Python source")
    encoding = _declared_encoding(body) or "utf-8"
    try:
        codec = codecs.lookup(encoding)
        text = body.decode(encoding)
    except LookupError:
        raise SourceError(f"declares the unknown encoding {encoding!r} in its first two lines") from None
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"is not {encoding.upper()}: byte 0x{body[error.start]:02x} in line {line}; save it as UTF-8, "
            "or name its encoding in the first line (`# -*- coding: latin-1 -*-`)"
        ) from None
    if bom and codec.name not in ("utf-8", "utf-8-sig"):
        raise SourceError(f"has a UTF-8 byte-order mark but declares the encoding {encoding!r}")
    return SourceFile(path, text, encoding, bom)


def _declared_encoding(body: bytes) -> str | None:
    """The encoding cookie in the first two lines, as PEP 263 reads it."""
    if b"coding" not in body[:400]:
        return None
    for line in re.split(rb"\r\n?|\n", body[:2000], maxsplit=2)[:2]:
        if match := _COOKIE.match(line):
            return match.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def read(path: str) -> Document:
    """The document at `path`. Raises SourceError with what is wrong, for the user."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}") from None
    return parse(data, path)


def parse(data: bytes, path: str) -> Document:
    """The document with the content `data`: a notebook by its suffix, else Python. Raises SourceError."""
    if path.endswith(NOTEBOOK_SUFFIX):
        from chainrule import notebooks

        return notebooks.parse(data, path)
    return decode(data, path)


def write(path: str, data: bytes) -> None:
    """Replace the content of `path` in one step: readers see the old file or the new one, whole.

    The file keeps its mode; a symbolic link stays a link. Raises OSError.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.access(target, os.W_OK):
        # Replacing needs only the folder's permission; the file's own is the user's word.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".chainrule-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if os.path.exists(target):
            shutil.copymode(target, temporary)
        else:
            os.chmod(temporary, stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
