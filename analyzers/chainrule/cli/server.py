"""`chainrule server`."""

from __future__ import annotations

import argparse
from importlib import import_module

from chainrule.cli.terminal import UsageError


def run(arguments: argparse.Namespace) -> int:
    try:
        status: int = import_module("chainrule_server").main()
    except ModuleNotFoundError as error:
        raise UsageError(f"the language server needs {error.name}: pip install chainrule") from None
    return status
