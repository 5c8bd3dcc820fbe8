"""chainrule follows the gradient through PyTorch losses and names the expression that breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.findings import Report

if TYPE_CHECKING:
    from chainrule.analysis import Analyzer, Options, analyze

__all__ = ["Analyzer", "Options", "Report", "__version__", "analyze"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the analysis when it is first asked for: the start of the command line does without."""
    if name in ("Analyzer", "Options", "analyze"):
        from chainrule import analysis

        return getattr(analysis, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
