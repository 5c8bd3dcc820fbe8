"""What a rule is: one value that says which causes it tells about, how, and how to repair them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.findings import Severity
from chainrule.flow.causes import Cause
from chainrule.flow.trace import Break


@dataclass(frozen=True, slots=True)
class Rule:
    """`message` makes one sentence of a break: what happens to which source, and why.

    `doc` is the page that `chainrule explain` prints, with an executed example.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    causes: frozenset[Cause]
    message: Callable[[Break], str]
    doc: str
