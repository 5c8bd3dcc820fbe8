"""What the other files of a workspace do with the objects of a class: the attributes that they compute with.

Asked only about a class whose `forward` keeps the gradient from a layer. Every file is read once for a
question, as long as it is the same; where files are read while somebody types, a few at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from chainrule.flow.core.program import Use
from chainrule.flow.outside import used_in
from chainrule.project.files import Files
from chainrule.project.importers import ImportGraph, imports_in
from chainrule.project.resolution import Resolution

MAX_QUESTIONS = 200
# Tests compute with layers to look at them: what they compute trains nothing.
_TESTS = ("test_", "conftest")
_TEST_FOLDERS = frozenset(("test", "tests"))


@dataclass(slots=True)
class _Answer:
    """What each file was found to use, with the state that it had. `whole`: all files have been read once."""

    files: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    whole: bool = False


class Uses:
    """Uses of classes, and what the files that were read for them import. Used from one thread."""

    def __init__(self, files: Files, resolution: Resolution, at_once: int | None = None) -> None:
        """`at_once`: how many files may be read for one answer; None: all."""
        self._files = files
        self._resolution = resolution
        self._at_once = at_once
        self._answers: dict[Use, _Answer] = {}
        self._imports: dict[str, tuple[str, frozenset[str]]] = {}

    def found(self, use: Use, ask: bool) -> frozenset[str] | None:
        """The names of `use` that files use which import what imports its class, or the class itself.

        None while not all files have been read; without `ask`, none but those that an editor holds are.
        """
        own = os.path.abspath(use.path)
        question = use._replace(path=own, found="")
        if len(self._answers) > MAX_QUESTIONS:
            self._answers.clear()
        answer = self._answers.setdefault(question, _Answer())
        if not answer.whole and not ask:
            return None
        if not self._read(question, answer, ask):
            return None
        using = [path for path, (_, found) in answer.files.items() if found]
        if not using:
            return frozenset()
        graph = ImportGraph({path: self._imports[path][1] for path in answer.files}, self._find)
        reaching = graph.importers(own)
        related = (path for path in using if not reaching.isdisjoint(graph.importers(path)))
        return frozenset[str]().union(*(answer.files[path][1] for path in related))

    def _read(self, question: Use, answer: _Answer, ask: bool) -> bool:
        """Read what has changed since the last answer; whether all has been read."""
        paths = set(self._paths(question.path)) if ask else answer.files.keys() | self._held(question.path)
        if ask:
            answer.files = {path: known for path, known in answer.files.items() if path in paths}
        left = self._at_once if self._at_once is not None and not answer.whole else len(paths)
        for path in sorted(paths):
            if not ask and not self._files.holds(path):
                continue
            state = self._files.state(path)
            known = answer.files.get(path)
            if known is not None and known[0] == state:
                continue
            if not left:
                return False
            left -= 1
            self._look(question, answer, path, state)
        answer.whole = True
        return True

    def _look(self, question: Use, answer: _Answer, path: str, state: str) -> None:
        text = self._files.text(path) or ""
        uses = path != question.path and not _is_test(path)
        answer.files[path] = state, used_in(text, question) if uses else frozenset()
        if self._imports.get(path, ("",))[0] != state:
            self._imports[path] = state, imports_in(text, self._resolution.package_of(path))

    def _paths(self, own: str) -> Iterator[str]:
        for top in self._resolution.around(own):
            yield from self._files.below(top)

    def _held(self, own: str) -> set[str]:
        """The files that an editor holds, where classes of the file `own` may be used."""
        tops = tuple(top + os.sep for top in self._resolution.around(own))
        return {path for path in self._files.held() if path.startswith(tops)}

    def _find(self, dotted: str, importer: str) -> str | None:
        return self._resolution.find(dotted, importer, self._resolution.package_of(importer))


def _is_test(path: str) -> bool:
    folder, name = os.path.split(path)
    test = name.startswith(_TESTS) or name.endswith("_test.py")
    return test or not _TEST_FOLDERS.isdisjoint(folder.split(os.sep))
