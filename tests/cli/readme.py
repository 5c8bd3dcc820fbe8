"""What README.md shows is what the commands print. Run this file to put fresh output in."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from chainrule.catalogue import ENTRIES

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
# A console block with one chainrule command and its output.
_BLOCK = re.compile(
    r"```console\n\$ chainrule (?P<arguments>[^\n]*)\n(?P<output>(?!\$|```).*?)```", re.DOTALL
)
_TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)


def refreshed(readme: str) -> str:
    """README with the output of its commands as it is now."""
    return _TABLE.sub(lambda _: table(), _BLOCK.sub(_run, readme))


def _run(block: re.Match[str]) -> str:
    command = [sys.executable, "-m", "chainrule", *shlex.split(block["arguments"])]
    environment = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    path = os.pathsep.join((str(ROOT / "analyzers"), environment.get("PYTHONPATH", "")))
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return f"```console\n$ chainrule {block['arguments']}\n{done.stdout.strip()}\n```"


def table() -> str:
    rows = [
        f"| {entry.code} | {entry.name} | {entry.severity.value} | {entry.summary} |\n" for entry in ENTRIES
    ]
    return "".join(["| code | name | severity | what |\n", "| --- | --- | --- | --- |\n", *rows])


def comparable(readme: str) -> str:
    """README without what differs from machine to machine: versions and measured numbers."""
    return re.sub(r"torch \d[\w.+]*|\d+\.\d+(e-?\d+)?|\d+ ms", "#", readme)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
