"""What goes wrong when a file is read."""

from __future__ import annotations


class SourceError(Exception):
    """A file that cannot be read as Python. The message is for the user, without the path."""
