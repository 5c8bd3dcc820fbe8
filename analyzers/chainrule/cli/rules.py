"""`chainrule rules`: the table of codes."""

from __future__ import annotations

import argparse
import sys

from chainrule.catalogue import ENTRIES
from chainrule.cli.terminal import EXIT_CLEAN, Style
from chainrule.findings import Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33"}


def run(arguments: argparse.Namespace) -> int:
    style = Style.of(sys.stdout)
    names = max(len(entry.name) for entry in ENTRIES)
    severities = max(len(severity.value) for severity in Severity)
    for entry in ENTRIES:
        severity = style.paint(_COLOURS.get(entry.severity, "36"), f"{entry.severity.value:<{severities}}")
        print(f"{style.paint('1', entry.code)}  {severity}  {entry.name:<{names}}  {entry.summary}")
    return EXIT_CLEAN
