"""Other files' modules, each parsed once as long as its file is the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from chainrule.flow.core.program import Module

MAX_MODULES = 256


class Modules:
    """Modules by path, for workspaces that take turns in one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, Module]] = OrderedDict()
        self._lent: list[Module] = []

    def begin(self, module: Module) -> None:
        """`module` is analysed from here on; what was computed for the file before is dropped."""
        for each in self._lent:
            each.forget_values()
        self._lent = [module]

    def lend(
        self, path: str, package: str, shown: str, state: str, read: Callable[[], str | None]
    ) -> Module | None:
        """The module of the file `path` in its `state`, as part of `package` and told as `shown`."""
        kept = self._kept.get(path)
        if kept is not None and kept[0] == state and (kept[1].package, kept[1].path) == (package, shown):
            self._kept.move_to_end(path)
            module = kept[1]
        else:
            text = read()
            if text is None:
                return None
            module = Module(text, shown, package)
            self._kept[path] = (state, module)
            while len(self._kept) > MAX_MODULES:
                self._kept.popitem(last=False)
        self._lent.append(module)
        return module
