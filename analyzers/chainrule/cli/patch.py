"""The patch that says what fixes would change."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from chainrule.config import git_root


def patch(path: str, before: bytes, after: bytes) -> bytes:
    """What turns `before` into `after`, as `git apply` takes it; paths are from the work tree's top."""
    if before == after:
        return b""
    absolute = Path(path).absolute()
    root = git_root(absolute.parent) or Path.cwd()
    name = os.path.relpath(absolute, root).replace(os.sep, "/")
    # A tab ends a name with spaces in it; git writes it the same way.
    label = os.fsencode(name) + (b"\t" if " " in name else b"")
    # latin-1 maps every byte to one character and back: the patch has the very bytes of the file.
    old, new = (data.decode("latin-1").split("\n") for data in (before, after))
    hunks = list(difflib.unified_diff(_terminated(old), _terminated(new), lineterm=""))[2:]
    lines = [b"--- a/" + label, b"+++ b/" + label]
    for line in hunks:
        body, mark, _ = line.partition("\0")
        lines.append(body.encode("latin-1"))
        if mark:
            lines.append(b"\\ No newline at end of file")
    return b"\n".join(lines) + b"\n"


def _terminated(lines: list[str]) -> list[str]:
    """The lines of a text split at line feeds; a last line that no line feed ends carries a NUL as mark."""
    return lines[:-1] if not lines[-1] else [*lines[:-1], lines[-1] + "\0"]
