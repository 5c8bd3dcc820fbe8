"""Which Python runs the probe: the user's own, with the user's own torch."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

AGENT = Path(__file__).with_name("agent")
"""The folder to put on the interpreter's path."""
OLDEST_PYTHON = "3.9"
OLDEST_TORCH = "2.0"
OWN_PACKAGES = ("chainrule", "chainrule_server", "pygls")
"""A folder on PYTHONPATH that holds one of these, and no torch, is chainrule's own or was bundled for it."""


def candidates(explicit: str | None, workspace: Path | None) -> list[str]:
    """Interpreters to try, best first.

    An explicit one is the only candidate. Otherwise: the active virtual environment, the workspace's own
    `.venv` or `venv`, `python3` and `python` on PATH, and the Python that runs chainrule.
    """
    if explicit is not None:
        return [_spelled_out(explicit)]
    places = [os.environ.get("VIRTUAL_ENV"), os.environ.get("CONDA_PREFIX")]
    if workspace is not None:
        places += [str(workspace / ".venv"), str(workspace / "venv")]
    found = [python for place in places if place for python in _inside(Path(place))]
    found += [python for name in ("python3", "python") if (python := shutil.which(name))]
    return list(dict.fromkeys([*found, sys.executable]))


def environment(agent: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """The variables for the user's interpreter: `agent` is importable there, chainrule's own packages are
    not."""
    result = {
        name: value for name, value in variables.items() if name not in ("PYTHONHOME", "PYTHONSAFEPATH")
    }
    theirs = [
        entry
        for entry in variables.get("PYTHONPATH", "").split(os.pathsep)
        if entry and (_holds(entry, "torch") or not any(_holds(entry, package) for package in OWN_PACKAGES))
    ]
    result["PYTHONPATH"] = os.pathsep.join([str(agent), *theirs])
    result["TORCHDYNAMO_DISABLE"] = "1"  # a compiled loss runs line by line, as it is measured
    result.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait starve a busy machine
    return result


def refusal(python: str, hello: Mapping[str, Any]) -> str:
    """Why the interpreter that said `hello` cannot run a probe, and what to do about it."""
    where = f"{python} (Python {hello.get('python', '?')})"
    match hello["refused"]:
        case "missing":
            return f"{where} has no torch. Install it with: {python} -m pip install torch"
        case "old":
            return (
                f"{where} has torch {hello['torch']}; the probe needs {OLDEST_TORCH} or newer. "
                f"Upgrade it with: {python} -m pip install --upgrade 'torch>={OLDEST_TORCH}'"
            )
        case "old-python":
            return f"{where} is too old: the probe needs Python {OLDEST_PYTHON} or newer; choose another"
        case "broken":
            return (
                f"{where} cannot import torch: {hello['error']}. "
                f"Reinstall it with: {python} -m pip install --force-reinstall torch"
            )
        case _:
            return f"{python} could not run the probe's agent: {hello['error']}"


def _holds(folder: str, package: str) -> bool:
    return (Path(folder) / package).is_dir()


def _spelled_out(name: str) -> str:
    """An absolute path, symbolic links kept: it is through its link that a Python knows its environment."""
    name = os.path.expanduser(name)
    return os.path.abspath(shutil.which(name) or name)


def _inside(environment_folder: Path) -> list[str]:
    names = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
    return [str(path) for name in names if (path := environment_folder / name).is_file()][:1]
