"""Repairs of breaks, and the machinery to write them as text edits."""

from chainrule.fixes.edits import OverlappingEditsError, apply_edits, apply_fixes
from chainrule.fixes.site import FixSite, Plan, Repair, disabled
from chainrule.fixes.text import SourceText, source_of

__all__ = [
    "FixSite",
    "OverlappingEditsError",
    "Plan",
    "Repair",
    "SourceText",
    "apply_edits",
    "apply_fixes",
    "disabled",
    "source_of",
]
