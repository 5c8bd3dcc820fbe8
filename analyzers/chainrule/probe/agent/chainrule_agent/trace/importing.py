"""Compile the user's modules, plain or instrumented, the ones that the probed file imports included."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .instrument import instrument
from .recorder import Recorder
from .sites import ENTER, FRAME, Site

_AGENT = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Workspace:
    """The user's files below `root`. With a recorder, the probed file is instrumented, and so are those of
    its imports that are in `watched` (their functions run in the loss; a large package is not loaded twice
    for that)."""

    def __init__(self, root: str, traced: bool = False, watched: Collection[str] = ()) -> None:
        self._watched = frozenset(path for path in watched if self.owns(path, root))
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

    def owns(self, path: str | None, root: str = "") -> bool:
        """A file of the user's own, not of an installed package or of this agent."""
        if not path or not path.endswith(".py") or path.startswith(_AGENT):
            return False
        if not path.startswith(os.path.abspath(root) + os.sep if root else self._inside):
            return False
        return "site-packages" not in path and not path.startswith(sys.prefix + os.sep)

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Imports in this block load the watched modules instrumented; after it they are as they were."""
        names = [n for n, m in sys.modules.items() if _file_of(m) in self._watched] if self._watched else []
        if not names:
            yield
            return
        before = {name: sys.modules.pop(name) for name in names}
        finder = _Finder(self, names)
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            sys.modules.update(before)
            for name, module in before.items():
                parent, _, last = name.rpartition(".")
                if parent in sys.modules:
                    setattr(sys.modules[parent], last, module)


def _file_of(module: types.ModuleType) -> str | None:
    """What `__file__` is, without what some packages do when an attribute of theirs is asked for."""
    file: str | None = getattr(module, "__dict__", {}).get("__file__")
    return file


class _Finder:
    def __init__(self, workspace: Workspace, names: Sequence[str]) -> None:
        self.workspace = workspace
        self.names = frozenset(names)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(self.workspace, name, str(spec.origin))
        return spec


@contextmanager
def watching_files() -> Iterator[set[str]]:
    """The files whose functions run in this block."""
    seen: set[str] = set()

    def called(frame: types.FrameType, event: str, argument: object) -> None:
        if event == "call":
            seen.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(before)


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
