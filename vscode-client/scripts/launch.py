"""Start the language server from the libraries bundled beside this file.

They go on the path of this process alone: an environment variable would reach the Python that runs the
user's losses, and replace packages there.
"""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "libs"))
sys.argv[0] = "chainrule_server"
runpy.run_module("chainrule_server", run_name="__main__", alter_sys=True)
