"""Which files a check reads: what the user names, and Python files and notebooks in folders.

In a folder, what `.gitignore` files ignore is left out, and so are hidden entries, virtual environments
and installed packages. A file that the user names is always read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule import config
from chainrule.project.files import SKIPPED_FOLDERS
from chainrule.sources import NOTEBOOK_SUFFIX, PYTHON_SUFFIX

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one .gitignore (or of `exclude`), and the folder that they are relative to."""

    folder: str
    spec: GitIgnoreSpec

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored; False: taken back (`!pattern`); None: not mentioned. `path` is absolute."""
        relative = os.path.relpath(path, self.folder).replace(os.sep, "/")
        return self.spec.check_file(relative + "/" if is_folder else relative).include


def walk(folder: str) -> Iterator[str]:
    """The Python files and notebooks below `folder`, as `folder` joined with their relative paths, in order.

    Raises ConfigError for settings that cannot be read; folders that cannot be read are left out.
    """
    absolute = os.path.abspath(folder)
    settings = config.find(Path(absolute))
    excludes = _rules(str(settings.root), list(settings.exclude)) if settings.exclude else None
    inherited = tuple(_inherited(absolute))
    if _ignored(absolute, True, inherited):
        # The user asked for an ignored folder by name: what made it ignored says nothing about its content.
        inherited = ()
    yield from _walk(folder, absolute, inherited, excludes)


def _walk(shown: str, absolute: str, ignores: tuple[_Rules, ...], excludes: _Rules | None) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(absolute), key=lambda entry: entry.name)
    except OSError:
        return
    names = {entry.name for entry in entries}
    if ".gitignore" in names and (rules := _read_gitignore(absolute)) is not None:
        ignores = (*ignores, rules)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not (entry.name.endswith((PYTHON_SUFFIX, NOTEBOOK_SUFFIX)) and entry.is_file()):
            continue
        if is_folder and (
            entry.name in SKIPPED_FOLDERS or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
        ):
            continue
        if _ignored(entry.path, is_folder, ignores) or (excludes and excludes.verdict(entry.path, is_folder)):
            continue
        path = os.path.join(shown, entry.name) if shown != "." else entry.name
        if is_folder:
            yield from _walk(path, entry.path, ignores, excludes)
        else:
            yield path


def _ignored(path: str, is_folder: bool, ignores: tuple[_Rules, ...]) -> bool:
    """The innermost .gitignore that mentions `path` decides."""
    for rules in reversed(ignores):
        if (verdict := rules.verdict(path, is_folder)) is not None:
            return verdict
    return False


def _inherited(folder: str) -> Iterator[_Rules]:
    """The .gitignore files above `folder` in its git work tree, outermost first."""
    above = []
    current = Path(folder)
    while not (current / ".git").exists():
        if current.parent == current:
            return
        current = current.parent
        above.append(current)
    for parent in reversed(above):
        if (parent / ".gitignore").is_file() and (rules := _read_gitignore(str(parent))) is not None:
            yield rules


def _read_gitignore(folder: str) -> _Rules | None:
    try:
        text = (Path(folder) / ".gitignore").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return _rules(folder, text.split("\n"))


def _rules(folder: str, patterns: list[str]) -> _Rules:
    from pathspec import GitIgnoreSpec

    return _Rules(folder, GitIgnoreSpec.from_lines(patterns))
