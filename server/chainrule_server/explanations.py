"""What the analysis knows about a rule, in Markdown. The text is the rule's own documentation."""

from __future__ import annotations


def rule_page(code: str) -> str | None:
    return None
