"""Settings: `[tool.chainrule]` in pyproject.toml, or chainrule.toml, whichever is nearest."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
CODE = re.compile(r"CR\d{0,3}\Z|ALL\Z")
DEVICE = re.compile(r"auto\Z|cpu\Z|cuda(:\d+)?\Z|mps\Z")


class ConfigError(Exception):
    """A setting that cannot be used. The message names the file, the setting and the remedy."""


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """How losses are run. `timeout` is in seconds; `inputs` maps a function to the arguments of a call."""

    python: str | None = None
    timeout: float | None = None
    device: str = "auto"
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """What the user set in the file `origin` (None: nothing, so the defaults hold).

    `root` is the folder that `exclude` and `per_file_ignores` are relative to: that of `origin`, else the
    git work tree, else the folder that was asked for.

    Codes are full (`CR106`) or prefixes (`CR1`); `predictions` and `targets` are argument names whose
    role the user states.
    """

    root: Path
    origin: Path | None = None
    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    predictions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    probe: ProbeSettings = field(default_factory=ProbeSettings)


def find(folder: Path) -> Config:
    """The settings that hold in `folder`: those of the nearest folder, it or above it, that has any.

    Raises ConfigError.
    """
    return _find(folder.absolute())


@cache
def _find(folder: Path) -> Config:
    found = (config for parent in (folder, *folder.parents) if (config := _settings_in(parent)))
    return next(found, None) or Config(root=git_root(folder) or folder)


@cache
def _settings_in(folder: Path) -> Config | None:
    for name in ("chainrule.toml", "pyproject.toml"):
        candidate = folder / name
        if candidate.is_file() and (config := load(candidate)) is not None:
            return config
    return None


def git_root(folder: Path) -> Path | None:
    """The top of the git work tree that `folder` is in."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def forget() -> None:
    """Read every file again at the next `find` (a settings file changed)."""
    _find.cache_clear()
    _settings_in.cache_clear()


def load(path: Path) -> Config | None:
    """The settings in one file; None for a pyproject.toml without `[tool.chainrule]`. Raises ConfigError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    own_file = path.name == "chainrule.toml"
    if not own_file and b"chainrule" not in data:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    if own_file:
        return _Reader(path, "the top level").config(table)
    tool = table.get("tool", {})
    if not isinstance(tool, dict) or "chainrule" not in tool:
        return None
    if not isinstance(tool["chainrule"], dict):
        raise ConfigError(f"{path}: `tool.chainrule` must be a table")
    return _Reader(path, "[tool.chainrule]").config(tool["chainrule"])


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns one TOML table into settings, and every surprise into a ConfigError."""

    path: Path
    where: str

    def config(self, table: Mapping[str, Any]) -> Config:
        values = self._values(table, _CONFIG_SETTINGS)
        if "probe" in table:
            values["probe"] = _Reader(self.path, "[probe]").probe(values["probe"])
        return Config(root=self.path.parent, origin=self.path, **values)

    def probe(self, table: Mapping[str, Any]) -> ProbeSettings:
        values = self._values(table, _PROBE_SETTINGS)
        python = values.get("python")
        if python and "/" in python:
            values["python"] = str(self.path.parent / Path(python).expanduser())
        return ProbeSettings(**values)

    def _values(self, table: Mapping[str, Any], known: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                raise ConfigError(f"{self.path}: {self.where} has no setting `{key}`{nearest(key, known)}")
            try:
                values[key.replace("-", "_")] = known[key](value)
            except ValueError as error:
                raise ConfigError(f"{self.path}: `{key}` in {self.where} {error}") from None
        return values


def nearest(word: str, known: Mapping[str, object] | list[str]) -> str:
    """`"; did you mean …?"` for a misspelt word, or the list of what there is."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}"


def codes(value: Any) -> tuple[str, ...]:
    """Rule codes or prefixes of codes. Raises ValueError for what is neither."""
    found = tuple(code.upper() for code in _strings(value))
    for code in found:
        if not CODE.match(code):
            raise ValueError(f"has `{code}`, which is not a code like CR106 or a prefix like CR1")
    return found


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError('must be a list of strings, such as ["…"]')
    return tuple(value)


def _string(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a string")
    return value


def _device(value: Any) -> str:
    if not DEVICE.match(name := _string(value)):
        raise ValueError(f"is `{name}`; known are auto, cpu, cuda, cuda:N, mps")
    return name


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError("must be a number of seconds above 0")
    return float(value)


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a table")
    return value


def _table_of(convert: Callable[[Any], T]) -> Callable[[Any], Mapping[str, T]]:
    return lambda value: {key: convert(item) for key, item in _table(value).items()}


_CONFIG_SETTINGS: Mapping[str, Callable[[Any], Any]] = {
    "select": codes,
    "ignore": codes,
    "exclude": _strings,
    "per-file-ignores": _table_of(codes),
    "predictions": _strings,
    "targets": _strings,
    "probe": _table,
}
_PROBE_SETTINGS: Mapping[str, Callable[[Any], Any]] = {
    "python": _string,
    "timeout": _seconds,
    "device": _device,
    "inputs": _table_of(_string),
}
assert {key.replace("-", "_") for key in _CONFIG_SETTINGS} == {f.name for f in fields(Config)} - {
    "root",
    "origin",
}
assert set(_PROBE_SETTINGS) == {f.name for f in fields(ProbeSettings)}
