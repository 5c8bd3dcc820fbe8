"""A notebook cell as Python: what IPython alone understands is blanked, and no place moves."""

from __future__ import annotations

import re

from chainrule_server.text import split_lines

_MAGIC_LINE = re.compile(r"(?P<indent>[ \t]*)[%!?](?P<rest>.*)", re.DOTALL)
_PYTHON_CELL_MAGICS = frozenset({"%%time", "%%timeit", "%%capture", "%%prun"})


def python_of_cell(text: str) -> str:
    """`text` with line magics (``%matplotlib``), shell lines (``!pip``) and cells of other languages
    (``%%bash``) turned into statements that do nothing. Lines are kept, and a last line ending is added.
    """
    lines = split_lines(text)
    first = next((line.split(maxsplit=1)[0] for line in lines if line.strip()), "")
    if first.startswith("%%") and first not in _PYTHON_CELL_MAGICS:
        lines = ["#" + line for line in lines]
    else:
        lines = [_without_magic(line) for line in lines]
    if not lines or not lines[-1].endswith(("\n", "\r")):
        lines.append("\n")
    return "".join(lines)


def _without_magic(line: str) -> str:
    match = _MAGIC_LINE.fullmatch(line)
    return f"{match['indent']}pass  #{match['rest']}" if match else line
