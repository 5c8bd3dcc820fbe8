"""Repairs of breaks, and the machinery to write them as text edits."""

from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.text import SourceText, source_of

__all__ = [
    "FixSite",
    "Plan",
    "Repair",
    "SourceText",
    "disabled",
    "source_of",
]
