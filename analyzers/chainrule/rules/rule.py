"""What a rule is: one value that says which causes it tells about, how, and on which page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.findings import Severity, Verdict
from chainrule.flow.core.causes import Cause
from chainrule.flow.core.trace import Break
from chainrule.flow.judgement.alternatives import BRANCH
from chainrule.flow.judgement.left_off import LEAVES
from chainrule.flow.operations.inplace import ARGUMENT

_PARTLY = ("term", BRANCH, ARGUMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One code. `message` makes one sentence of a break: what happens to which source, and why.

    `doc` is the page that `chainrule explain` prints: the docstring of the rule's file, with the headings
    What it does, Why is this bad, Example, Use instead, Fix safety and References.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    causes: frozenset[Cause]
    message: Callable[[Break], str]
    doc: str

    def severity_of(self, found: Break) -> Severity:
        """A warning where the gradient is zero, or only one of several terms or branches gives none."""
        partly = found.verdict is Verdict.ZERO or (found.note in _PARTLY and not found.raises)
        partly = partly or found.note.startswith(LEAVES)
        return Severity.WARNING if partly else self.severity
