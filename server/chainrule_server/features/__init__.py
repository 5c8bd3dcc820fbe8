"""What the server offers, one file each. A feature translates; it decides nothing about gradients."""

from __future__ import annotations

from chainrule_server.features import (
    checking,
    code_actions,
    code_lens,
    configuration,
    diagnostics,
    explaining,
    hover,
    inlay_hints,
    lifecycle,
    reporting,
    synchronization,
    testing,
    verifying,
    workspace,
)
from chainrule_server.server import ChainruleServer

FEATURES = (
    lifecycle,
    configuration,
    synchronization,
    workspace,
    diagnostics,
    code_actions,
    code_lens,
    inlay_hints,
    checking,
    explaining,
    hover,
    verifying,
    reporting,
    testing,
)


def register_all(server: ChainruleServer) -> None:
    """Register every feature; each module has a `register`."""
    for feature in FEATURES:
        feature.register(server)
