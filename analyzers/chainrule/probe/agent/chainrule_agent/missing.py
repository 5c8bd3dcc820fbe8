"""Let a module load although packages that it imports are not installed: they fail when they are used, not
before.

A file of losses often imports a logger or a plotting package that the loss itself never touches.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from typing import TypeVar

MOST = 12
"""Packages that may be missing before loading is given up."""

_Loaded = TypeVar("_Loaded")


class _Absent(type):
    """A name of a package that is not there: it may be imported, named in annotations and derived from."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(cls.__module__, name)

    def __call__(cls, *args: object, **kwargs: object) -> object:
        raise ModuleNotFoundError(f"No module named {cls.__module__!r}", name=cls.__module__)

    def __getitem__(cls, item: object) -> type:
        return cls


def absent(package: str, name: str) -> type:
    return _Absent(name, (), {"__module__": package})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self) -> None:
        self.packages: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        package = module.__name__

        def attribute(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            return absent(package, name)

        module.__dict__["__getattr__"] = attribute


def tolerating_missing(load: Callable[[], _Loaded]) -> _Loaded:
    """What `load` returns, tried again with stand-ins for the packages that are not installed.

    Raises the first ModuleNotFoundError where that does not help, and any other exception of `load`.
    """
    finder = _Finder()
    first: ModuleNotFoundError | None = None
    sys.meta_path.append(finder)
    try:
        while True:
            try:
                return load()
            except ModuleNotFoundError as problem:
                first = first or problem
                package = (problem.name or "").partition(".")[0]
                if not package or package in finder.packages or len(finder.packages) >= MOST:
                    raise first from None
                if package in sys.modules and package not in sys.builtin_module_names:
                    raise
                finder.packages.append(package)
    finally:
        sys.meta_path.remove(finder)
        if finder.packages:
            for name in [n for n in sys.modules if n.partition(".")[0] in finder.packages]:
                del sys.modules[name]
