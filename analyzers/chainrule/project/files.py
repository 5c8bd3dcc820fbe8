"""The disk as the analysis sees it: what the editor has open comes first, and answers are kept for a while.

A keystroke must not wait for the disk. Within `lifetime` seconds a folder is listed and a file's state is
asked for once; `refresh` makes everything be asked again.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable
from typing import TypeVar

from chainrule.edits import normalise
from chainrule.sources import NOTEBOOK_SUFFIX, PYTHON_SUFFIX, SourceError, decode

Value = TypeVar("Value")
SUFFIXES = (PYTHON_SUFFIX, NOTEBOOK_SUFFIX)
MAX_BYTES = 400_000
"""Larger files are tables or generated code, and are not followed."""
MAX_FOLDERS, MAX_FILES = 1000, 4000
"""More are not looked at below one folder."""
SKIPPED_FOLDERS = frozenset(
    {
        "__pycache__",
        "__pypackages__",
        "_build",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "dist-packages",
        "venv",
    }
)
"""Folders of what the user has not written."""


class Files:
    """Folders, states and texts by absolute path. Never raises for what is on the disk."""

    def __init__(self, lifetime: float = float("inf"), clock: Callable[[], float] = time.monotonic) -> None:
        """`lifetime`: seconds for which an answer of the disk holds; `clock` gives the time in seconds."""
        self._lifetime = lifetime
        self._clock = clock
        self._open: dict[str, tuple[str, str]] = {}
        self._listings: dict[str, tuple[float, frozenset[str]]] = {}
        self._states: dict[str, tuple[float, str]] = {}
        self._trees: dict[str, tuple[float, tuple[str, ...]]] = {}

    def open(self, path: str, text: str) -> None:
        """The editor holds `text` for `path`, whatever is on the disk."""
        known = self._open.get(path)
        if known is None or known[1] != text:
            self._open[path] = (f"{path}#{digest(text)}", text)

    def close(self, path: str) -> None:
        """The disk counts again for `path`."""
        self._open.pop(path, None)
        self._states.pop(path, None)

    def refresh(self) -> None:
        """Something on the disk changed: ask it again."""
        self._listings = {}
        self._states = {}
        self._trees = {}

    def holds(self, path: str) -> bool:
        """Whether an editor holds a text for `path`."""
        return path in self._open

    def held(self) -> tuple[str, ...]:
        """The paths for which an editor holds a text."""
        return tuple(self._open)

    def below(self, folder: str) -> set[str]:
        """The Python files in `folder` and the folders below it, those that an editor holds included."""
        held = (path for path in self.held() if path.startswith(folder + os.sep))
        return {*self._kept(self._trees, folder, _tree), *held}

    def is_file(self, path: str) -> bool:
        if path in self._open:
            return True
        folder, name = os.path.split(path)
        return name in self.listing(folder)

    def listing(self, folder: str) -> frozenset[str]:
        """The names in `folder`; none if it cannot be read."""
        return self._kept(self._listings, folder, _list)

    def state(self, path: str) -> str:
        """A text that is another one whenever the content of `path` is; empty where nothing can be read."""
        held = self._open.get(path)
        return held[0] if held is not None else self._kept(self._states, path, _state)

    def text(self, path: str) -> str | None:
        """The content of `path` with line feeds as line ends; None for what is no source to follow."""
        held = self._open.get(path)
        if held is not None:
            return normalise(held[1]) if len(held[1]) <= MAX_BYTES else None
        try:
            if os.stat(path).st_size > MAX_BYTES:
                return None
            with open(path, "rb") as file:
                return decode(file.read(), path).text
        except (OSError, SourceError, ValueError):
            return None

    def _kept(self, store: dict[str, tuple[float, Value]], key: str, ask: Callable[[str], Value]) -> Value:
        now = self._clock()
        known = store.get(key)
        if known is not None and now < known[0]:
            return known[1]
        value = ask(key)
        store[key] = (now + self._lifetime, value)
        return value


def digest(text: str) -> str:
    """A short name for a content."""
    return f"{len(text)}-{zlib.crc32(text.encode('utf-8', 'surrogatepass')):x}"


def _list(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except (OSError, ValueError):
        return frozenset()


def _tree(folder: str) -> tuple[str, ...]:
    """The Python files below `folder`, nearest first. Hidden folders and links are not followed."""
    found: list[str] = []
    pending = [folder]
    for each in pending:
        try:
            entries = list(os.scandir(each))
        except OSError:
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        found += (entry.path for entry in entries if entry.name.endswith(SUFFIXES))
        folders = (entry for entry in entries if "." not in entry.name and entry.name not in SKIPPED_FOLDERS)
        pending += (entry.path for entry in folders if entry.is_dir(follow_symlinks=False))
        del pending[MAX_FOLDERS:]
        if len(found) > MAX_FILES:
            break
    return tuple(found[:MAX_FILES])


def _state(path: str) -> str:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ""
    return f"{path}@{status.st_mtime_ns}-{status.st_size}"
