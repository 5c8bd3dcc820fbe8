"""What an analysis says: findings, fixes, and the verdict of every function.

Positions are 1-based lines and 1-based columns, counted in characters (code points) of the text that
was analysed; the end of a range is exclusive. Only the language server speaks any other encoding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Severity(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Applicability(str, Enum):
    """How far a fix may be trusted."""

    SAFE = "safe"
    """Same loss value; the gradient is the same, or restored."""
    UNSAFE = "unsafe"
    """Changes the loss's value, or needs a human's choice."""
    DISPLAY = "display"
    """Shown, never applied by fix-all; `Fix.reason` says why."""


class Verdict(str, Enum):
    """What autograd gives one source of a loss."""

    FLOWS = "flows"
    CUT = "cut"
    ZERO = "zero"
    NONFINITE = "nonfinite"
    UNUSED = "unused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    start: Position
    end: Position

    def contains(self, other: Range) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Range) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `range` with `text`; an empty range inserts."""

    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair. A fix without edits and with a `reason` is offered as disabled."""

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """One step of the path that the gradient takes."""

    path: str
    range: Range
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    name: str
    severity: Severity
    path: str
    range: Range
    message: str
    function: str
    sources: tuple[str, ...] = ()
    verdict: Verdict = Verdict.UNKNOWN
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class BreakAt:
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class SourceVerdict:
    name: str
    verdict: Verdict
    breaks: tuple[BreakAt, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionVerdicts:
    """`loss` says whether the function is taken for a loss."""

    path: str
    qualname: str
    range: Range
    loss: bool
    sources: tuple[SourceVerdict, ...]


@dataclass(frozen=True, slots=True)
class FileError:
    """A file, or a part of it, that could not be analysed. `message` is for the user."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...] = ()
    functions: tuple[FunctionVerdicts, ...] = ()
    errors: tuple[FileError, ...] = field(default=())
