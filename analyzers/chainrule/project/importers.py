"""Which files import a file, directly or by way of others, as far as import statements tell.

Only the text is looked at: a search for import statements is a hundred times faster than a parse, and one
that it finds in a string leads to a module that is there or to none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping

# In notebooks each line of code is a string of JSON.
_IMPORT = re.compile(
    r"^[\s\"]*(?:from\s+(\.*[\w.]*)\s+import\s+(\([^)]*\)|[^\n#;]*)|import\s+([^\n#;]*))", re.MULTILINE
)
_NAME = re.compile(r"[\w.]+")

Find = Callable[[str, str], "str | None"]
"""The file of a module (dotted name) that a file (path) imports; None for what is not of the workspace."""


def imports_in(text: str, package: str) -> frozenset[str]:
    """The dotted names that a text of `package` imports: modules, and what may be a module of a package."""
    found: set[str] = set()
    for base, names, modules in _IMPORT.findall(text):
        if modules:
            found.update(match[0] for each in modules.split(",") if (match := _NAME.search(each)))
            continue
        absolute = _absolute(base, package)
        found.update(_below(absolute, names))
        if absolute:
            found.add(absolute)
    return frozenset(found)


class ImportGraph:
    """Who imports whom. `imports`: what each file of the workspace imports, by `imports_in`."""

    def __init__(self, imports: Mapping[str, frozenset[str]], find: Find) -> None:
        self._find = find
        self._by_end: dict[str, list[tuple[str, str]]] = {}
        for file, names in imports.items():
            for dotted in names:
                self._by_end.setdefault(dotted.rpartition(".")[2], []).append((file, dotted))

    def importers(self, path: str) -> frozenset[str]:
        """`path` and all files that come to import it."""
        found = {path}
        pending = [path]
        while pending:
            target = pending.pop()
            for file, dotted in self._by_end.get(_module_name(target), ()):
                if file not in found and self._find(dotted, file) == target:
                    found.add(file)
                    pending.append(file)
        return frozenset(found)


def _absolute(base: str, package: str) -> str:
    level = len(base) - len(base.lstrip("."))
    if not level:
        return base
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - (level - 1)]
    return ".".join((*kept, base[level:])) if base[level:] else ".".join(kept)


def _below(base: str, names: str) -> Iterator[str]:
    for each in names.strip("()").split(","):
        match = _NAME.search(each)
        if match is not None:
            yield f"{base}.{match[0]}" if base else match[0]


def _module_name(path: str) -> str:
    """The last part of the name under which a file is imported."""
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    return os.path.basename(folder) if stem == "__init__" else stem
