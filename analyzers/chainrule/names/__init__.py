"""Which library name an expression stands for, by a file's own imports."""

from chainrule.names.imports import Names, canonical

__all__ = ["Names", "canonical"]
