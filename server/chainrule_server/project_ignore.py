"""Ignoring a rule in a whole project: one more code in its settings file, and no other change."""

from __future__ import annotations

import copy
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainrule.edits import normalise
from chainrule.findings import Edit, Position, Range
from chainrule_server.edits import EMPTY, CannotEdit

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OWN_FILE = "chainrule.toml"
_TABLE = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*chainrule[ \t]*\][^\n]*\n?", re.MULTILINE)
_NEXT_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_IGNORE = re.compile(r"^[ \t]*ignore[ \t]*=[ \t]*\[", re.MULTILINE)
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*|,|\[|\]')


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The file that holds the project's settings, or will. `text` is None where there is no file yet."""

    path: Path
    text: str | None


def settings_file(document: Path, folder: Path | None) -> SettingsFile | None:
    """Where a setting for `document` belongs: the file that has settings for it already, else the project's
    pyproject.toml, else a chainrule.toml in `folder` (the workspace's) or the git work tree.

    None where there is no project to speak of. Raises CannotEdit.
    """
    from chainrule import config

    try:
        found = config.find(document.parent)
    except config.ConfigError as error:
        raise CannotEdit(str(error)) from None
    root = config.git_root(document.parent) or folder
    if found.origin is not None:
        return _read(found.origin)
    if root is None:
        return None
    top = folder if folder is not None and root in (folder, *folder.parents) else root
    project = top / "pyproject.toml"
    return _read(project) if project.is_file() else SettingsFile(top / OWN_FILE, None)


def _read(path: Path) -> SettingsFile:
    try:
        return SettingsFile(path, path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotEdit(f"{path}: cannot be read: {error}") from None


def ignore_edits(file: SettingsFile, code: str) -> list[Edit]:
    """The edits of the file (of an empty one, where there is none) that add `code` to its `ignore`.

    What they give is read back before they are offered. Raises CannotEdit.
    """
    text = normalise(file.text or "")
    own = file.path.name == OWN_FILE
    try:
        wanted = _with(tomllib.loads(text), code, own)
    except tomllib.TOMLDecodeError as error:
        raise CannotEdit(f"{file.path}: not valid TOML: {error}") from None
    insertions = _insertions(text, code, own)
    try:
        same = wanted is not None and tomllib.loads(_inserted(text, insertions)) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise CannotEdit(f"{file.path}: `ignore` is written in a way that is not edited; add {code} to it.")
    if not text:
        return [Edit(EMPTY, insertions[0][1])]
    return [Edit(_at(text, offset), new) for offset, new in insertions]


def _with(data: dict[str, Any], code: str, own: bool) -> dict[str, Any] | None:
    """The settings that are wanted; None where `ignore` is not a list."""
    data = copy.deepcopy(data)
    try:
        table = data if own else data.setdefault("tool", {}).setdefault("chainrule", {})
        table.setdefault("ignore", []).append(code)
    except AttributeError:
        return None
    return data


def _insertions(text: str, code: str, own: bool) -> list[tuple[int, str]]:
    """What to insert at which offsets, in the order of the text."""
    entry = f'ignore = ["{code}"]\n'
    header = None if own else _TABLE.search(text)
    if not text:
        return [(0, entry if own else f"[tool.chainrule]\n{entry}")]
    if not own and header is None:
        return [(len(text.rstrip("\n")), f"\n\n[tool.chainrule]\n{entry[:-1]}")]
    first = header.end() if header else 0
    following = _NEXT_TABLE.search(text, first)
    # An array that goes on over lines may have a line that begins like a table.
    known = _IGNORE.search(text, first)
    if known is not None and (following is None or known.start() < following.start()):
        return _appended(text, known.end(), code)
    last = following.start() if following else len(text)
    body = text[first:last].rstrip()
    at = first + len(body)
    if body:
        return [(at, f"\n{entry[:-1]}")]
    if header and not header[0].endswith("\n"):
        return [(first, f"\n{entry[:-1]}")]
    return [(first, entry)]


def _appended(text: str, start: int, code: str) -> list[tuple[int, str]]:
    """Insertions into the array whose first bracket ends at `start`."""
    element, comma, end = None, False, start
    for token in _TOKEN.finditer(text, start):
        if token[0] == "]":
            end = token.start()
            break
        if token[0][0] in "\"'":
            element, comma = token, False
        elif token[0] == ",":
            comma = True
    new = f'"{code}"'
    if element is None:
        return [(start, new)]
    if "\n" not in text[element.end() : end]:
        return [(element.end(), f", {new}")]
    line = text.rfind("\n", 0, element.start()) + 1
    before = text[line : element.start()]
    indent = before if not before.strip() else before[: len(before) - len(before.lstrip())] + "    "
    close = text.rfind("\n", 0, end) + 1
    added = (close, f"{indent}{new},\n")
    return [added] if comma else [(element.end(), ","), added]


def _inserted(text: str, insertions: list[tuple[int, str]]) -> str:
    for offset, new in reversed(insertions):
        text = text[:offset] + new + text[offset:]
    return text


def _at(text: str, offset: int) -> Range:
    line = text.count("\n", 0, offset)
    place = Position(line + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)
    return Range(place, place)
