"""Running a loss for real, in a process of its own, in the user's interpreter."""

from chainrule.probe.limits import Limits
from chainrule.probe.prober import Prober

__all__ = ["Limits", "Prober"]
