"""The seam to the probe: which interpreter, on which threads, and how a run is given up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule_server.settings import Settings

if TYPE_CHECKING:
    from chainrule.probe import Prober
    from chainrule.probe.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Run:
    """One loss to run: the text as it is in the editor, and the workspace's folder, if there is one."""

    path: str
    text: str
    qualname: str
    workspace: Path | None
    inputs: str | None = None
    """The arguments of a call; None takes the project's, or has the probe find some."""
    edges: bool = True
    """Try unusual inputs too."""


class CannotRun(Exception):
    """The message says what to change: the configuration, or the inputs that were given."""


class Probing:
    """Runs losses, two at a time, on threads of its own: the protocol's thread never waits for one.

    One `Prober` per interpreter is kept, since it keeps torch imported. Nothing starts before the first run.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="probe")
        self._probers: dict[tuple[str | None, Path | None], Prober] = {}
        self._lock = threading.Lock()

    async def run(
        self, wanted: Run, settings: Settings, cancel: threading.Event, report: Callable[[str], None]
    ) -> Evidence | None:
        """What was measured; None once `cancel` is set. Raises CannotRun."""
        loop = asyncio.get_running_loop()
        evidence = await loop.run_in_executor(self._threads, self._run, wanted, settings, cancel, report)
        return None if cancel.is_set() else evidence

    def _run(
        self, wanted: Run, settings: Settings, cancel: threading.Event, report: Callable[[str], None]
    ) -> Evidence:
        from chainrule import config
        from chainrule.probe.evidence import read_evidence
        from chainrule.probe.request import ProbeRequest, build_request

        try:
            project = config.find(Path(wanted.path).absolute().parent).probe
            request = ProbeRequest(
                path=wanted.path,
                text=wanted.text,
                qualname=wanted.qualname,
                inputs=wanted.inputs or project.inputs.get(wanted.qualname),
                edges=wanted.edges,
                device=settings.device or project.device,
            )
            if timeout := settings.timeout or project.timeout:
                request = replace(request, timeout=timeout)
            built = build_request(request)
        except (config.ConfigError, ValueError) as error:
            raise CannotRun(str(error)) from error
        prober = self._prober(settings.python or project.python, wanted.workspace)
        result = prober.run(built, cancel, report)
        return read_evidence({**result, "path": wanted.path}, wanted.path, wanted.qualname)

    def _prober(self, python: str | None, workspace: Path | None) -> Prober:
        from chainrule.probe import Prober

        with self._lock:
            if (python, workspace) not in self._probers:
                self._probers[python, workspace] = Prober(python, workspace=workspace)
            return self._probers[python, workspace]

    def close(self) -> None:
        """End every worker process."""
        for prober in self._probers.values():
            prober.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
