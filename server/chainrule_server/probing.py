"""The seam to the probe: which interpreter, on which threads, and how a run is given up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from chainrule_server.analyses import Analysed
from chainrule_server.settings import Settings

if TYPE_CHECKING:
    from chainrule.probe import Prober


class Probing:
    """Runs losses, two at a time, on threads of its own: the protocol's thread never waits for one.

    One `Prober` per interpreter is kept, since it keeps torch imported. Nothing starts before the first run.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="probe")
        self._probers: dict[str | None, Prober] = {}

    async def run(
        self,
        analysed: Analysed,
        qualname: str,
        settings: Settings,
        cancel: threading.Event,
        report: Callable[[str], None],
    ) -> dict[str, Any] | None:
        """The probe's result, as `chainrule probe --format json` prints it; None once `cancel` is set."""
        from chainrule.probe import ProbeRequest

        request = ProbeRequest(
            path=analysed.source.path,
            text=analysed.source.text,
            function=qualname,
            device=settings.device or "auto",
            timeout=settings.timeout,
        )
        prober = self._prober(settings.python)
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self._threads, prober.run, request, cancel, report)
        return None if cancel.is_set() else result

    def _prober(self, python: str | None) -> Prober:
        from chainrule.probe import Prober

        if python not in self._probers:
            self._probers[python] = Prober(python)
        return self._probers[python]

    def close(self) -> None:
        """End every worker process."""
        for prober in self._probers.values():
            prober.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
