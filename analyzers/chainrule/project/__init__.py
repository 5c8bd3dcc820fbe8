"""The other files of a project: where an import leads, and what stands there."""

from chainrule.flow.program import Lookup
from chainrule.project.files import Files
from chainrule.project.workspace import Workspace, affects

__all__ = ["Files", "Lookup", "Workspace", "affects"]
