"""The language server: chainrule's findings and probes, spoken as LSP. It holds no analysis."""

from __future__ import annotations

__all__ = ["main"]


def main() -> int:
    """Serve on stdin and stdout; returns the exit code. Everything else is imported only here."""
    from chainrule_server.stdio import main as serve

    return serve()
