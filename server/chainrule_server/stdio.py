"""The process around the server: its streams, its log, its exit code."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import BinaryIO

LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"


def main() -> int:
    """Serve one client on stdin and stdout until it says `exit` or goes away.

    Returns 0 if `shutdown` came first, as the protocol asks, else 1.
    """
    protocol_output = _take_stdout()
    # pygls logs every message at INFO, and what it logs must never become a message itself: stderr only.
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT, stream=sys.stderr)

    # Imports only allocate: without the collector they take a sixth less time, and what they made
    # need never be looked at again.
    gc.disable()
    from chainrule_server.factory import create_server

    server = create_server()
    gc.freeze()
    # Syntax trees are many objects and few cycles: with Python's thresholds, one keystroke in twenty
    # waits for the collector.
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
    try:
        server.start_io(sys.stdin.buffer, protocol_output)
    finally:
        server.close()
    return 0 if server.protocol.ended_well else 1


def _take_stdout() -> BinaryIO:
    """The real stdout, for the protocol alone: what else is printed, by C or a child too, goes to stderr."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output
