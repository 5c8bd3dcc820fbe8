"""Packages under development that an environment of the project has installed in place (`pip install -e`).

They are the user's own code although they may lie outside the workspace. Only text files are read: nothing
of the environment runs.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator

_ENVIRONMENTS = (".venv", "venv")
_MAPPING = re.compile(r"^MAPPING(?:\s*:[^=\n]*)?\s*=\s*(\{[^\n]*\})", re.MULTILINE)
MAX_FILES = 64
MAX_BYTES = 100_000


def editable_folders(roots: Iterable[str | os.PathLike[str]]) -> tuple[str, ...]:
    """The folders from which the virtual environments below `roots` import packages installed in place."""
    found: dict[str, None] = {}
    for root in roots:
        for name in _ENVIRONMENTS:
            environment = os.path.join(os.path.abspath(root), name)
            if os.path.isfile(os.path.join(environment, "pyvenv.cfg")):
                for folder in _site_packages(environment):
                    found.update(dict.fromkeys(_links(folder)))
    return tuple(found)


def _site_packages(environment: str) -> Iterator[str]:
    """The package folders of a virtual environment, as POSIX and Windows lay it out."""
    libraries = os.path.join(environment, "lib")
    for name in _names(libraries):
        if name.startswith("python"):
            yield os.path.join(libraries, name, "site-packages")
    yield os.path.join(environment, "Lib", "site-packages")


def _links(folder: str) -> Iterator[str]:
    """The folders that path files (site, "path configuration files") and setuptools' finders name."""
    files = [name for name in _names(folder) if name.endswith((".pth", "_finder.py"))]
    for name in files[:MAX_FILES]:
        text = _read(os.path.join(folder, name))
        lines = _mapped(text) if name.endswith(".py") else text.splitlines()
        for line in lines:
            target = os.path.normpath(os.path.join(folder, line.strip()))
            if line.strip() and not line.startswith(("#", "import ", "import\t")) and os.path.isdir(target):
                yield target


def _mapped(text: str) -> Iterator[str]:
    """The folders above the packages in a finder's table of package names and places."""
    match = _MAPPING.search(text)
    if match is None:
        return
    try:
        table = ast.literal_eval(match[1])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return
    for package, place in table.items():
        if isinstance(package, str) and isinstance(place, str) and os.path.basename(place) == package:
            yield os.path.dirname(place)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(MAX_BYTES)
    except OSError:
        return ""
