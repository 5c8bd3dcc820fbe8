"""Turn "probe this function of this text" into the request that a worker can run without anything else of
chainrule."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainrule.probe.examples import Plan, plans_from_calls, plans_from_comment, plans_from_tests
from chainrule.probe.losses import definitions
from chainrule.probe.slicing import configuration_names, slice_source, statements
from chainrule.probe.slicing_names import bound_names, used_names

_ROOT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", "requirements.txt")


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """One loss to probe.

    `text` is the unsaved text of `path`. `inputs` is the text between the parentheses of a call, `instance`
    an expression for the object of a method. `sources` names what should receive gradient where the user
    says it. `timeout` is in seconds. `root` is the project's folder; without it, the nearest one with a
    project file. `batches` are batch sizes at which time and memory are measured too.
    """

    path: str
    text: str
    qualname: str
    inputs: str | None = None
    instance: str | None = None
    device: str = "auto"
    timeout: float = 30.0
    edges: bool = True
    root: str | None = None
    sources: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()


def build_request(request: ProbeRequest) -> dict[str, Any]:
    """The request for `Prober.run`. Raises ValueError where the function does not exist in the text, or
    where the given inputs are no Python arguments; the message is for the user."""
    path = Path(request.path).absolute()
    found = {d.qualname: d for d in definitions(request.text)}
    name = request.qualname
    if name not in found:
        name = next((f"{name}.{m}" for m in ("forward", "__call__") if f"{name}.{m}" in found), name)
    if name not in found and name.split(".")[0] not in {n for s in statements(request.text) for n in s.binds}:
        near = ", ".join(sorted(found)[:8]) or "nothing"
        raise ValueError(f"{request.path} defines no function {request.qualname}; it defines {near}.")
    root = Path(request.root).absolute() if request.root else find_root(path)
    plans = _plans(request, path, root, name, found.get(name))
    needed = {name.split(".")[0]}
    for plan in plans:
        needed |= _names_of(plan)
    if request.instance:
        needed |= used_names(_expression(request.instance, "--instance"))
    if "." in name and not request.instance:
        needed |= configuration_names(request.text)
    source = slice_source(request.text, needed)
    package, module = module_name(path)
    return {
        "path": str(path),
        "function": name,
        "source": source,
        "module": module,
        "package": package,
        "root": str(root),
        "sys_path": search_path(path, root, package),
        "plans": [_data(plan) for plan in plans],
        "instance": request.instance,
        "sources": list(request.sources) or None,
        "device": request.device,
        "timeout": request.timeout,
        "edges": request.edges,
        "batches": list(request.batches),
    }


def _plans(request: ProbeRequest, path: Path, root: Path, name: str, definition: Any) -> list[Plan]:
    if request.inputs is not None:
        _expression(f"f({request.inputs})", "--inputs")
        return [Plan("argument", request.inputs, "", request.instance)]
    plans: list[Plan] = []
    if definition is not None:
        plans += plans_from_comment(request.text, definition.first, definition.last)
    if not plans:
        plans += plans_from_calls(request.text, name)
        plans += plans_from_tests(path, name, root)
    return [Plan(p.origin, p.arguments, p.setup, request.instance or p.instance) for p in plans]


def _expression(text: str, what: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{what} is not Python: {error.msg} in `{text}`.") from error


def _names_of(plan: Plan) -> set[str]:
    """The module's names that a plan needs; what its own statements make is not of the module."""
    found: set[str] = set()
    made: set[str] = set()
    for text in (plan.setup, f"f({plan.arguments})", plan.instance or ""):
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue  # the worker says what is wrong with it
        found |= used_names(tree)
        made |= {name for statement in tree.body for name in bound_names(statement)}
    return found - made


def _data(plan: Plan) -> Mapping[str, Any]:
    return {
        "origin": plan.origin,
        "arguments": plan.arguments,
        "setup": plan.setup,
        "instance": plan.instance,
    }


def find_root(path: Path) -> Path:
    """The nearest folder above the file that looks like a project; else the folder that its package is in."""
    for folder in path.parents:
        if any((folder / mark).exists() for mark in _ROOT_MARKS):
            return folder
    package, _ = module_name(path)
    return path.parents[len(package.split(".")) if package else 0]


def module_name(path: Path) -> tuple[str, str]:
    """The package of a file and its module name, as the user's project imports it; `_probed_…` outside of
    packages."""
    parts: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").exists() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    package = ".".join(parts)
    stem = path.stem if path.stem.isidentifier() else "probed"
    if path.stem == "__init__":
        return package.rpartition(".")[0], package
    return package, f"{package}.{stem}" if package else f"_probed_{stem}"


def search_path(path: Path, root: Path, package: str) -> list[str]:
    """Where the user's imports are found: the file's folder (the top package's parent), the root, its
    `src`."""
    depth = len(package.split(".")) if package else 0
    folders = [path.parents[depth], root, root / "src"]
    if package and not {f.stem for f in path.parent.glob("*.py")} & set(sys.stdlib_module_names):
        folders.append(path.parent)
    return list(dict.fromkeys(str(f) for f in folders if f.is_dir()))
