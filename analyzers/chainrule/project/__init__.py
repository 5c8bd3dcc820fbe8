"""The other files of a project: where an import leads, and what stands there."""

from chainrule.project.workspace import Workspace

__all__ = ["Workspace"]
