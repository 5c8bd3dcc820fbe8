"""What can be explained: every code that a check can report, and the operator at a place in a text."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule import suppression
from chainrule.findings import Position, Range, Severity
from chainrule.gradient_facts import Explanation, explain
from chainrule.names.operators import operator_at
from chainrule.rules import RULES, Rule, rewrites
from chainrule.rules.rewrites import RewriteRule


@dataclass(frozen=True, slots=True)
class Entry:
    """`doc` is Markdown; the page of a rule has the six headings of every rule."""

    code: str
    name: str
    severity: Severity
    summary: str
    doc: str


_UNUSED_SUPPRESSION = Entry(
    suppression.UNUSED,
    suppression.UNUSED_NAME,
    Severity.INFORMATION,
    "A comment silences nothing",
    """\
## What it does
Reports `# chainrule: ignore` comments, and codes in `# chainrule: ignore[...]` and `# noqa: ...` comments,
for which there is no finding on their line.

## Why is this bad
The comment says that something is wrong here and accepted. Once that is no longer so, it misleads, and it
would hide the next fault on the line.

## Example
```python
error = pred - target  # chainrule: ignore[CR101]
```

## Use instead
```python
error = pred - target
```

## Fix safety
Safe: only the comment changes. What follows it up to another comment is its reason, and goes with it.

## References
The section *Check* of the README.
""",
)


def _entry(rule: Rule | RewriteRule) -> Entry:
    return Entry(rule.code, rule.name, rule.severity, rule.summary, rule.doc)


ENTRIES: tuple[Entry, ...] = (
    _UNUSED_SUPPRESSION,
    *(_entry(rule) for rule in RULES),
    *(_entry(rule) for rule in rewrites.RULES),
)
BY_CODE: dict[str, Entry] = {entry.code: entry for entry in ENTRIES}
BY_NAME: dict[str, Entry] = {entry.name: entry for entry in ENTRIES}


def explain_at(text: str, place: Position) -> tuple[Explanation, Range] | None:
    """What the operator at `place` does to the gradient, and where it is written; None if unknown."""
    found = operator_at(text, place)
    explanation = explain(found[0]) if found else None
    return None if found is None or explanation is None else (explanation, found[1])
