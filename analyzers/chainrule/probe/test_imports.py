"""How a test imports the loss: module name, folders to put on the path, statements for names."""

from __future__ import annotations

import ast
import builtins
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from chainrule.probe.request import find_root, module_name
from chainrule.probe.slicing import statements

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_BUILTINS = frozenset(dir(builtins))
_COMMON = {"torch": "import torch", "np": "import numpy as np", "math": "import math"}
"""Names that inputs may use whether or not the module has them."""


def import_folder(path: Path) -> Path:
    """The folder that must be on `sys.path` for the file's module to be importable."""
    package, _ = module_name(path)
    return path.parents[len(package.split(".")) if package else 0]


def import_name(path: Path) -> str:
    """The name of the file's module. Raises ValueError for a file that cannot be imported."""
    if path.suffix != ".py" or "." in path.stem:
        raise ValueError(f"{path.name} cannot be imported by a test: move the loss into a Python module.")
    package, module = module_name(path)
    if path.stem == "__init__":
        return module
    return f"{package}.{path.stem}" if package else path.stem


def path_setup(path: Path, test: Path) -> str | None:
    """An expression for the folder that `test` must put on `sys.path`, or None where pytest does so itself:
    for the test's own folder, one with a conftest.py above it, and those that the project lists."""
    folder = import_folder(path)
    own = test.parent
    if not (own / "__init__.py").exists() and own == folder:
        return None
    if (folder / "conftest.py").exists() and not (folder / "__init__.py").exists() and folder in own.parents:
        return None
    if folder in _listed(find_root(path)):
        return None
    try:
        up = Path(os.path.relpath(folder, own)).parts
    except ValueError:  # on another drive
        return f"Path({str(folder)!r})"
    above = next((n for n, part in enumerate(up) if part != ".."), len(up))
    below = "".join(f" / {part!r}".replace("'", '"') for part in up[above:] if part != ".")
    return f"Path(__file__).resolve().parents[{above}]{below}"


def _listed(root: Path) -> set[Path]:
    """The folders of `pythonpath` in the project's pytest settings."""
    try:
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        listed = settings["tool"]["pytest"]["ini_options"]["pythonpath"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return set()
    return {root / entry for entry in (listed.split() if isinstance(listed, str) else listed)}


def import_lines(text: str, module: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Statements that bind `names` as the module's `text` does: those that import what it imports itself, and
    those that import from it.

    A module that no statement can name (`2d_losses.py`) is fetched with importlib.
    """
    imports = _imports(text)
    bound = {name for statement in statements(text) for name in statement.binds}
    installed = {"import torch"}
    own: list[str] = []
    for name in sorted(set(names) - (_BUILTINS - bound)):
        if name in imports:
            installed.add(imports[name])
        elif name in _COMMON and name not in bound:
            installed.add(_COMMON[name])
        else:
            own.append(name)
    if not own:
        return in_order(installed), []
    if all(part.isidentifier() for part in module.split(".")):
        return in_order(installed), [f"from {module} import {', '.join(own)}"]
    fetched = [f"module = importlib.import_module({module!r})", *(f"{name} = module.{name}" for name in own)]
    return in_order({*installed, "import importlib"}), fetched


def in_order(lines: Iterable[str]) -> list[str]:
    """Whole modules first, each kind by name."""
    return sorted(lines, key=lambda line: (line.startswith("from "), line))


def _imports(text: str) -> dict[str, str]:
    """The absolute imports of a module, one statement a name."""
    found: dict[str, str] = {}
    for statement in statements(text):
        node = statement.node
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        for alias in node.names:
            if isinstance(node, ast.Import):
                single = ast.unparse(ast.Import([alias]))
            elif node.level or not node.module or node.module == "__future__" or alias.name == "*":
                continue
            else:
                single = ast.unparse(ast.ImportFrom(node.module, [alias], 0))
            found[alias.asname or alias.name.partition(".")[0]] = single
    return found


def runs_code(text: str) -> int | None:
    """The line of the first statement at module level that trains, loads or prints when it is imported."""
    for statement in statements(text):
        node = statement.node
        if isinstance(node, (ast.For, ast.While, ast.With, ast.AsyncFor)):
            return statement.first
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            method = node.value.func.attr if isinstance(node.value.func, ast.Attribute) else ""
            if method in ("backward", "step", "fit", "main", "train", "parse_args") or isinstance(
                node.value.func, ast.Name
            ):
                return statement.first
    return None
