"""chainrule follows the gradient through PyTorch losses and names the expression that breaks it."""

from chainrule.analysis import Analyzer, Options, analyze
from chainrule.findings import Report

__all__ = ["Analyzer", "Options", "Report", "__version__", "analyze"]
__version__ = "0.1.0"
