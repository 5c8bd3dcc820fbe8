"""Write `chainrule/gradient_facts/_table.py` from the installed torch.

Run it as `python analyzers/generate_gradient_facts`, with torch, pyyaml and expecttest installed; and
`spans.py` beside it, which writes the numbers that operators return to `_spans.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from declared import read
from measured import constructor, settle, watch
from record import Overload, merge

TABLE = Path(__file__).parents[1] / "chainrule" / "gradient_facts" / "_table.py"
HEAD = '''"""What PyTorch's operators do to a gradient; the grammar of a line stands in `_codec`.

Written by analyzers/generate_gradient_facts; do not edit.
"""

# ruff: noqa: E501
TORCH = "{version}"

TEXT = """\\
{lines}
"""
'''


def main() -> None:
    declared, composite = read()
    table: dict[str, list[Overload]] = {}

    def is_open(name: str) -> bool:
        return name not in declared or name in composite

    def report(line: str) -> None:
        print(line, file=sys.stderr)

    runs = watch(is_open, report)
    for name in sorted({*declared, *composite, *runs}):
        overloads = settle(name, runs.get(name, []), declared.get(name, []), composite.get(name, []))
        if not overloads and not name.startswith("_"):
            report(f"{name}: never run, left out")
        table[name] = merge(overloads)
    table |= {name.removesuffix("()"): [constructor(name)] for name in runs if name.endswith("()")}
    known = {name: overloads for name, overloads in table.items() if overloads}
    lines = "\n".join(
        f"{name} = {' | '.join(o.text() for o in overloads)}" for name, overloads in known.items()
    )
    version = torch.__version__.partition("+")[0]
    TABLE.write_text(HEAD.format(version=version, lines=lines), encoding="utf-8")
    print(f"{len(known)} operators of torch {version}")


if __name__ == "__main__":
    main()
