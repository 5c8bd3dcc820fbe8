"""Compile the user's modules, plain or instrumented, the ones that the probed file imports included."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .instrument import instrument
from .recorder import Recorder
from .sites import ENTER, FRAME, Site


class Workspace:
    """The user's files below `root`. With a recorder, every module of them is instrumented when it is imported."""

    def __init__(self, root: str, traced: bool = False) -> None:
        self._inside = os.path.abspath(root) + os.sep
        self.sites: list[Site | None] = []
        self.recorder = Recorder(self.sites) if traced else None
        self.hooks: dict[str, Any] = {}
        if self.recorder is not None:
            self.hooks = {FRAME: self.recorder.globals, ENTER: self.recorder.enter}

    def compile(self, text: str, path: str) -> types.CodeType:
        """Raises SyntaxError."""
        if self.recorder is None:
            return compile(text, path, "exec", dont_inherit=True)
        return compile(instrument(text, path, self.sites), path, "exec", dont_inherit=True)

    def owns(self, path: str | None) -> bool:
        """A file of the user's own, not an installed package."""
        if not path or not path.endswith(".py"):
            return False
        if not path.startswith(self._inside):
            return False
        return "site-packages" not in path and not path.startswith(sys.prefix + os.sep)

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Imports in this block load the user's modules afresh, and forget them afterwards."""
        if self.recorder is None:
            yield
            return
        before = {name: module for name, module in sys.modules.items() if self._is_users(module)}
        for name in before:
            del sys.modules[name]
        finder = _Finder(self)
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            for name in [n for n, module in sys.modules.items() if self._is_users(module)]:
                del sys.modules[name]
            sys.modules.update(before)

    def _is_users(self, module: types.ModuleType | None) -> bool:
        return self.owns(getattr(module, "__file__", None)) and getattr(module, "__name__", "") != "__main__"


class _Finder:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            if self.workspace.owns(spec.origin):
                spec.loader = _Loader(self.workspace, name, str(spec.origin))
                return spec
        return None


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, workspace: Workspace, name: str, path: str) -> None:
        super().__init__(name, path)
        self.workspace = workspace

    def get_code(self, fullname: str) -> types.CodeType:
        text = importlib.util.decode_source(self.get_data(self.path))
        try:
            return self.workspace.compile(text, self.path)
        except RecursionError:
            return compile(ast.parse(text), self.path, "exec", dont_inherit=True)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__.update(self.workspace.hooks)
        super().exec_module(module)
