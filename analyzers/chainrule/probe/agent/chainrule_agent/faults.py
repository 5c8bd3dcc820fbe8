"""Where the code was when it crashed, or when its time ran out."""

from __future__ import annotations

import faulthandler
import os
import re
from collections.abc import Callable

FAULT_FILE = "fault.txt"
"""In the scratch folder of a worker."""

_FRAME = re.compile(r'^  File "(?P<path>.+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE)
_CURRENT = "Current thread"


class FaultReport:
    """Lets faulthandler write to FAULT_FILE for as long as the process lives."""

    def __init__(self, scratch: str) -> None:
        self._file = open(os.path.join(scratch, FAULT_FILE), "w")  # noqa: SIM115 (open until the end)
        faulthandler.enable(self._file)

    def expect_end_in(self, timeout: float) -> None:
        """Write the stack shortly before `timeout` seconds from now have passed."""
        faulthandler.dump_traceback_later(max(timeout - 0.25, timeout * 0.8), file=self._file)


def where(stack: str, is_users: Callable[[str], bool]) -> str | None:
    """The innermost frame of faulthandler's `stack` in a file that `is_users`, as `path:line in function`.

    Of several threads it is the one that crashed, else the first that the process had, which comes last.
    """
    threads = re.split(r"^(?=Current thread|Thread)", stack, flags=re.MULTILINE)
    ours = next((thread for thread in threads if thread.startswith(_CURRENT)), threads[-1])
    for frame in _FRAME.finditer(ours):
        if is_users(frame["path"]):
            return f"{frame['path']}:{frame['line']} in {frame['function']}"
    return None
