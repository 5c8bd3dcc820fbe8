"""Where jedi finds a module that the workspace does not: in files that change `sys.path` themselves.

jedi is slow at first and may be used from one thread only, so it has a thread of its own. A question is
answered "not known" until the answer is there; then `answered` is called, and the next analysis uses it.
jedi is imported on that thread, and only when there is a question.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable

from chainrule.project.files import Files

BUDGET = 20.0
"""Seconds of jedi's work in the life of one object."""
MAX_QUESTIONS = 500


class JediNames:
    """Answers to `Workspace.definitions`, kept for good; `forget` asks anew."""

    def __init__(
        self,
        root: str,
        files: Files,
        answered: Callable[[], None] = lambda: None,
        budget: float = BUDGET,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`answered` is called on jedi's thread. `budget` is in seconds of `clock`."""
        self._root = root
        self._files = files
        self._answered = answered
        self._left = budget
        self._clock = clock
        self._answers: dict[tuple[str, str], str | None] = {}
        self._questions: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def __call__(self, dotted: str, importer: str) -> str | None:
        """The file of the module `dotted`, as `importer` imports it; None where it is not known yet."""
        question = (dotted, importer)
        if question not in self._answers and len(self._answers) < MAX_QUESTIONS:
            self._answers[question] = None
            if "sys.path" in (self._files.text(importer) or ""):
                self._questions.put(question)
                self._start()
        return self._answers.get(question)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="jedi", daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """Files have come, gone or changed: ask again."""
        self._answers = {}

    def close(self) -> None:
        """Let the thread end after the question it is at."""
        self._questions.put(None)

    def _work(self) -> None:
        while (question := self._questions.get()) is not None:
            if self._left <= 0:
                continue
            start = self._clock()
            found = self._ask(*question)
            self._left -= self._clock() - start
            if found is not None:
                self._answers[question] = found
                self._answered()

    def _ask(self, dotted: str, importer: str) -> str | None:
        import jedi

        text = self._files.text(importer) or ""
        lines = text.count("\n") + 1
        code = f"{text}\nimport {dotted} as _asked\n_asked\n"
        # Neither the user's interpreter nor an extension module of the workspace is run for an answer.
        project = jedi.Project(self._root, sys_path=[], load_unsafe_extensions=False)
        environment = jedi.InterpreterEnvironment()
        try:
            script = jedi.Script(code, path=importer, project=project, environment=environment)
            names = script.goto(lines + 2, 0, follow_imports=True)
        except Exception:  # jedi raises many kinds on code that it does not expect; there is no answer then
            return None
        for name in names:
            path = name.module_path
            if path is not None and path.suffix == ".py" and name.type == "module":
                return os.path.normpath(str(path))
        return None
