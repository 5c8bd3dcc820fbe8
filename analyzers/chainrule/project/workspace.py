"""The modules that an analysis may look at besides its own, each kept as long as its file is the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from chainrule.flow.core.program import Lookup, Module, Use
from chainrule.project.files import Files, digest
from chainrule.project.modules import Modules
from chainrule.project.resolution import Resolution, followed
from chainrule.project.uses import Uses

Definitions = Callable[[str, str], "str | None"]
"""The file of a module (dotted name) as imported by a file (path), where somebody else knows it."""


class Workspace:
    """Other files' modules for one analysis after the other. Used from one thread; only `open` and `close` of
    its files may come from another."""

    def __init__(
        self,
        roots: Iterable[str | os.PathLike[str]] = (),
        search_paths: Iterable[str] = (),
        files: Files | None = None,
        definitions: Definitions | None = None,
        modules: Modules | None = None,
        at_once: int | None = None,
    ) -> None:
        """`roots`: the workspace's folders. `search_paths`: where followed installed packages are.
        `at_once`: how many files may be read to answer what others do with a class; None: all."""
        self.files = files or Files()
        self._modules = modules or Modules()
        self.definitions = definitions
        tops = tuple(os.path.abspath(root) for root in roots)
        self._resolution = Resolution(self.files, tops, tuple(os.path.abspath(p) for p in search_paths))
        self._uses = Uses(self.files, self._resolution, at_once)
        self._main = ""
        self._relative = False
        self._handed: dict[str, Module] = {}
        self._found: dict[tuple[str, str], tuple[str | None, str]] = {}
        self._log: dict[Lookup, None] = {}
        self._consulted: frozenset[Lookup] = frozenset()

    def package_of(self, path: str) -> str:
        """The dotted package of a file, for its relative imports."""
        return self._resolution.package_of(os.path.abspath(path))

    def begin(self, module: Module) -> None:
        """`module` is analysed from here on; what was computed for the file before is dropped."""
        self._modules.begin(module)
        self._main = os.path.abspath(module.path)
        self._relative = not os.path.isabs(module.path)
        self._handed = {self._main: module}
        self._found.clear()
        self._log = {}
        self._consulted = frozenset()

    def module(self, dotted: str, importer: Module) -> Module | None:
        """The module that `importer` means by `dotted`, where its source can be had."""
        if not followed(dotted):
            return None
        path, state = self._find(dotted, importer.path, importer.package)
        self._log[Lookup(dotted, importer.path, importer.package, state)] = None
        return None if path is None else self._load(path, state)

    def consulted(self) -> frozenset[Lookup]:
        """What was looked up since `begin`."""
        if len(self._consulted) != len(self._log):
            self._consulted = frozenset(self._log)
        return self._consulted

    def unchanged(self, lookups: Iterable[Lookup]) -> bool:
        """Whether every lookup would give what it gave then."""
        return all(self._find(each.dotted, each.importer, each.package)[1] == each.state for each in lookups)

    def used(self, use: Use, ask: bool) -> frozenset[str] | None:
        """The names of `use` that other files compute with which may hold an object of its class.

        Not `ask`: nothing is read for the answer; None where it is not known then, or not known yet.
        """
        return self._uses.found(use, ask)

    def holds(self, consulted: Iterable[Lookup | Use], text: str, path: str) -> bool:
        """Whether what was said about `text` after these questions would be said again."""
        lookups = [each for each in consulted if isinstance(each, Lookup)]
        uses = [each for each in consulted if isinstance(each, Use)]
        if lookups:
            self.begin(Module(text, path, blocks=[]))
        return self.unchanged(lookups) and all(
            " ".join(sorted(self.used(use, ask=True) or ())) == use.found for use in uses
        )

    def _find(self, dotted: str, importer: str, package: str) -> tuple[str | None, str]:
        """The file of a module and its state; asked once in every analysis."""
        known = self._found.get((dotted, importer))
        if known is None:
            path = self._resolution.find(dotted, os.path.abspath(importer), package)
            if path is None and self.definitions is not None:
                path = self.definitions(dotted, importer)
            known = self._found[(dotted, importer)] = (path, "" if path is None else self._state(path))
        return known

    def _state(self, path: str) -> str:
        if path == self._main:
            return f"{path}#{digest(self._handed[path].text)}"
        return self.files.state(path)

    def _load(self, path: str, state: str) -> Module | None:
        handed = self._handed.get(path)
        if handed is not None:
            return handed
        package = self._resolution.package_of(path)
        module = self._modules.lend(path, package, self._shown(path), state, lambda: self.files.text(path))
        if module is None:
            return None
        self._handed[path] = module
        return module

    def _shown(self, path: str) -> str:
        """`path` as people are told: like the file that is analysed, relative or absolute."""
        here = os.getcwd() + os.sep
        return path[len(here) :] if self._relative and path.startswith(here) else path
