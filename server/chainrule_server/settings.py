"""What the user set in the editor, under the section `chainrule`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SECTION = "chainrule"

_CLIENTS_OWN = frozenset({"interpreter", "trace"})
"""Settings of the section that concern the client alone: what runs the server, what is logged."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty or None means "not set here": the project's own configuration then decides.

    `trusted` is false in a workspace whose code must not run; only the initialization options set it.
    `timeout` is in seconds. `workspace` reports on every Python file, not only on open ones.
    """

    trusted: bool = True
    enable: bool = True
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    code_lens: bool = True
    inlay_hints: bool = True
    workspace: bool = False
    python: str | None = None
    device: str | None = None
    timeout: float | None = None


class InvalidSetting(ValueError):
    """The message says what the value must be."""


def from_options(options: object) -> tuple[Settings, list[str]]:
    """The settings in the initialization options, and a sentence for each that cannot be used.

    The keys are the section's, and `trusted`; `python`, `device` and `timeout` may stand outside `probe`.
    """
    if not isinstance(options, Mapping):
        return Settings(), []
    # Only a client that knows of untrusted workspaces says so; anything but true is then a no.
    trusted = options.get("trusted", True) is True
    return merged(Settings(trusted=trusted), {key: options[key] for key in options if key != "trusted"})


def merged(base: Settings, sent: object) -> tuple[Settings, list[str]]:
    """`base` with what the client sent on top, and a sentence for each value that cannot be used."""
    if sent is None:
        return base, []
    if not isinstance(sent, Mapping):
        return base, [f"The settings under {SECTION!r} must be an object, not {sent!r}."]
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in _flat(sent):
        key = name.removeprefix("probe.")
        if name.split(".")[0] in _CLIENTS_OWN:
            continue
        if key not in _READERS:
            nearest = difflib.get_close_matches(name, [*_READERS, *_CLIENTS_OWN], n=1)
            hint = f" Did you mean {SECTION}.{nearest[0]}?" if nearest else ""
            problems.append(f"There is no setting {SECTION}.{name}.{hint}")
        elif value is not None and value != "" and value != []:
            field, read = _READERS[key]
            try:
                values[field] = read(value)
            except InvalidSetting as error:
                problems.append(f"The setting {SECTION}.{name} must be {error}, not {value!r}.")
    return replace(base, **values), problems


def _flat(sent: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The settings by their dotted names, however deep the client nested them."""
    flat: list[tuple[str, Any]] = []
    for name, value in sent.items():
        if isinstance(value, Mapping):
            flat += [(f"{name}.{inner}", deep) for inner, deep in _flat(value)]
        else:
            flat.append((str(name), value))
    return flat


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidSetting("true or false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidSetting("a text")
    return value


def _codes(value: object) -> tuple[str, ...]:
    from chainrule.config import codes

    try:
        return codes(value)
    except ValueError:
        raise InvalidSetting("a list of codes or prefixes of codes, such as CR106 or CR1") from None


def _device(value: object) -> str:
    from chainrule.config import DEVICE

    if not isinstance(value, str) or not DEVICE.match(value):
        raise InvalidSetting("auto, cpu, cuda, cuda:N or mps")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InvalidSetting("a number of seconds above 0")
    return float(value)


def _scope(value: object) -> bool:
    if value not in ("openFilesOnly", "workspace"):
        raise InvalidSetting('"openFilesOnly" or "workspace"')
    return value == "workspace"


_READERS: dict[str, tuple[str, Any]] = {
    "enable": ("enable", _switch),
    "select": ("select", _codes),
    "ignore": ("ignore", _codes),
    "codeLens": ("code_lens", _switch),
    "inlayHints": ("inlay_hints", _switch),
    "diagnosticMode": ("workspace", _scope),
    "python": ("python", _text),
    "device": ("device", _device),
    "timeout": ("timeout", _seconds),
}
