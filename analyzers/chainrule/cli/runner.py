"""Checking many files: read, analyse (or remember), select, fix; in one process or several."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from chainrule import fixing, selection, sources
from chainrule.analysis import Analyzer, Options
from chainrule.cli.cache import Cache, cache_folder
from chainrule.cli.patch import patch
from chainrule.config import Config
from chainrule.findings import Applicability, FileError, Report
from chainrule.project import Files, Modules, Workspace, editable_folders

# Starting a process costs about as much as analysing this many bytes.
BYTES_PER_PROCESS = 1_500_000
# Objects that files may leave behind before the collector looks at them.
LEFT_BEHIND = 500_000


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with every file. `fixes` empty: change nothing; `dry_run`: make a patch of the change."""

    verdicts: bool = False
    fixes: frozenset[Applicability] = frozenset()
    dry_run: bool = False
    cache: bool = True
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One file. `data` is its content when it is not to be read from disk."""

    path: str
    config: Config
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file gave. `texts` has the lines that findings point at, by the paths in the findings."""

    path: str
    report: Report
    texts: tuple[tuple[str, str], ...] = ()
    fixed: int = 0
    patch: bytes = b""
    after: bytes | None = None
    """The fixed content, for a file that does not come from disk."""
    crashed: bool = False
    """The analysis itself failed: a fault of chainrule."""


def run(jobs: Sequence[Job], task: Task, processes: int | None) -> Iterator[Checked]:
    """Check every file, in order. `processes` None: as many as the amount of work is worth."""
    if processes is None:
        processes = min(os.cpu_count() or 1, 1 + _bytes(jobs) // BYTES_PER_PROCESS)
    processes = min(processes, len(jobs))
    if processes <= 1:
        with _collected_between_files():
            for job in jobs:
                yield check(job, task)
                _collect()
        return
    from concurrent.futures import ProcessPoolExecutor

    chunk = max(1, min(32, len(jobs) // (4 * processes)))
    with ProcessPoolExecutor(processes, initializer=_prepare) as pool:
        yield from pool.map(_check_and_collect, jobs, itertools.repeat(task), chunksize=chunk)


@contextmanager
def _collected_between_files() -> Iterator[None]:
    """Keep the cyclic garbage collector from searching the trees of a file again and again while they grow.

    Trees hold no cycles, and it costs more time to search them than to parse them.
    """
    enabled = gc.isenabled()
    _prepare()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        gc.unfreeze()


def _prepare() -> None:
    gc.disable()
    gc.freeze()


def _collect() -> None:
    """Free the cycles that the files so far have left, if they are many."""
    if gc.get_count()[0] > LEFT_BEHIND:
        gc.collect()


def _check_and_collect(job: Job, task: Task) -> Checked:
    checked = check(job, task)
    _collect()
    return checked


def _bytes(jobs: Iterable[Job]) -> int:
    total = 0
    for job in jobs:
        try:
            total += os.stat(job.path).st_size
        except OSError:
            continue
    return total


def check(job: Job, task: Task) -> Checked:
    """Check one file. Whatever is wrong with it is in the report's errors."""
    try:
        document = sources.read(job.path) if job.data is None else sources.parse(job.data, job.path)
    except sources.SourceError as error:
        return Checked(job.path, Report(errors=(FileError(job.path, str(error)),)))
    try:
        return _check(job, task, document)
    except Exception as error:
        if os.environ.get("CHAINRULE_TRACEBACK"):
            raise
        message = f"internal error: {type(error).__name__}: {error}; the file was not checked"
        return Checked(job.path, Report(errors=(FileError(job.path, message),)), crashed=True)


def _check(job: Job, task: Task, document: sources.Document) -> Checked:
    inspector = _Inspector(job.config, task)
    if not task.fixes:
        return _finish(document, inspector.report(document))
    before = document.encode()
    fixed = fixing.fix_all(document, inspector.fresh, task.fixes)
    try:
        after = fixed.document.encode()
    except sources.SourceError as error:
        fixed, after = fixing.Fixed(document, 0, str(error)), before
    errors = [FileError(job.path, fixed.problem)] if fixed.problem else []
    if task.dry_run:
        checked = _finish(document, inspector.report(document), errors)
        return replace(checked, fixed=fixed.count, patch=patch(job.path, before, after))
    if job.data is None and after != before:
        try:
            sources.write(job.path, after)
        except OSError as error:
            errors.append(FileError(job.path, f"cannot be written: {error.strerror or error}"))
            return _finish(document, inspector.report(document), errors)
        _workspace(job.config.root).files.refresh()
    checked = _finish(fixed.document, inspector.report(fixed.document), errors)
    return replace(checked, fixed=fixed.count, after=None if job.data is None else after)


def _finish(document: sources.Document, report: Report, errors: Iterable[FileError] = ()) -> Checked:
    located = document.locate(report)
    located = replace(located, errors=(*located.errors, *errors))
    texts = document.texts() if located.findings else ()
    return Checked(document.path, located, tuple(texts))


@dataclass(frozen=True, slots=True)
class _Inspector:
    """Analyses documents as the settings ask, and leaves out what is not to be reported."""

    config: Config
    task: Task

    def report(self, document: sources.Document) -> Report:
        return self._selected(document, self._remembered(document))

    def fresh(self, document: sources.Document) -> Report:
        return self._selected(document, self._analyzer().analyze(document.text, document.path))

    def _remembered(self, document: sources.Document) -> Report:
        if not self.task.cache:
            return self._analyzer().analyze(document.text, document.path)
        cache = _cache(cache_folder(self.config), self._options())
        found = cache.load(document.path, document.text)
        if found is not None and _workspace(self.config.root).holds(found[1], document.text, document.path):
            return found[0]
        analyzer = self._analyzer()
        report = analyzer.analyze(document.text, document.path)
        cache.store(document.path, document.text, report, analyzer.consulted)
        return report

    def _selected(self, document: sources.Document, report: Report) -> Report:
        select = self.task.select or self.config.select
        config = replace(self.config, select=select, ignore=(*self.config.ignore, *self.task.ignore))
        return selection.apply(report, document.text, document.path, config)

    def _options(self) -> Options:
        return Options(
            verdicts=self.task.verdicts,
            predictions=frozenset(self.config.predictions),
            targets=frozenset(self.config.targets),
        )

    def _analyzer(self) -> Analyzer:
        return _analyzer(self._options(), self.config.root, bool(self.task.fixes))


@lru_cache(maxsize=1)
def _analyzer(options: Options, root: Path, again: bool) -> Analyzer:
    """One analyser for a whole run. `again`: the same files are analysed repeatedly, with small changes."""
    return Analyzer(options, _workspace(root), remember=again)


@lru_cache(maxsize=1)  # files without settings have a root for each folder, and come folder by folder
def _workspace(root: Path) -> Workspace:
    """The modules below `root` that the files of a run import; the disk is asked once."""
    return Workspace([root], editable_folders([root]), _files(), modules=_modules())


@cache
def _files() -> Files:
    return Files()


@cache
def _modules() -> Modules:
    return Modules()


@cache
def _cache(folder: Path, options: Options) -> Cache:
    return Cache(folder, options)
