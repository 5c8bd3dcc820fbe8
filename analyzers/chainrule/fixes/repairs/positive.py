"""Repairs of roots and logarithms of what a layer gives, which is negative as often as not."""

from __future__ import annotations

from collections.abc import Iterator

from chainrule.findings import Applicability
from chainrule.fixes.repairs.common import op_near
from chainrule.fixes.site import FixSite, Repair

NEGATIVE = "negative"
"""The note of such a break."""
_OPERATORS = {"sqrt", "rsqrt", "log", "log2", "log10", "pow"}


def positive_output(site: FixSite) -> Iterator[Repair]:
    """`self.head(x).sqrt()` → `F.softplus(self.head(x)).sqrt()`

    A lower bound would stop the gradient of whatever is below it.
    """
    op = op_near(site, _OPERATORS) if site.note == NEGATIVE else None
    if op is not None and op.tensor is not None:
        plan = site.plan()
        plan.replace(op.tensor, f"{plan.spell('torch.nn.functional.softplus')}({site.segment(op.tensor)})")
        yield plan.repair("Make what the layer gives positive", Applicability.UNSAFE)
