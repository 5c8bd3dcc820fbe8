"""The other files of a project: where an import leads, and what stands there."""

from chainrule.flow.core.program import Lookup
from chainrule.project.files import Files
from chainrule.project.installed import editable_folders
from chainrule.project.jedi_names import JediNames
from chainrule.project.modules import Modules
from chainrule.project.workspace import Workspace

__all__ = ["Files", "JediNames", "Lookup", "Modules", "Workspace", "editable_folders"]
