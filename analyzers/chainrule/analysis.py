"""From text to report: the one door to the static analysis.

The analysis is a pure function of the text (and of what the project's other files say): it never
raises, never runs user code, and keeps between two calls only what makes the second one faster.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.findings import Report


@dataclass(frozen=True, slots=True)
class Options:
    """`verdicts`: report every function's sources, not only the breaks."""

    verdicts: bool = False


class Analyzer:
    """Analyses texts, and remembers what did not change between two versions of one path."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()

    def analyze(self, text: str, path: str = "<string>") -> Report:
        """Everything chainrule has to say about `text`. Never raises."""
        return Report()

    def forget(self, path: str) -> None:
        """Drop what is remembered of `path` (its document was closed)."""


def analyze(text: str, path: str = "<string>", options: Options | None = None) -> Report:
    """One text, once."""
    return Analyzer(options).analyze(text, path)
