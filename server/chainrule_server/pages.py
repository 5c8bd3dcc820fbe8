"""The page of each rule, as a file that any editor can open."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from chainrule_server.explanations import rule_page


class Pages:
    """Writes `CR104.md` and the like to a folder of its own, each once, never on the caller's time.

    `later` runs a function soon, on another thread. The folder goes when the server does.
    """

    def __init__(self, later: Callable[..., Future[int]]) -> None:
        self._later = later
        self._uris: dict[str, str | None] = {}
        self._writing: list[Future[int]] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def uri(self, code: str) -> str | None:
        """The address of the rule's page; None for a code without one."""
        if code not in self._uris:
            text = rule_page(code)
            if text is None:
                self._uris[code] = None
            else:
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix="chainrule-rules-")
                page = Path(self._folder.name, f"{code}.md")
                self._writing.append(self._later(page.write_text, text, encoding="utf-8"))
                self._uris[code] = page.as_uri()
        return self._uris[code]

    async def written(self) -> None:
        """Return once every page that was asked for is there."""
        for writing in self._writing:
            await asyncio.wrap_future(writing)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
