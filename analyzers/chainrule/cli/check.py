"""`chainrule check`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Protocol

from chainrule import config, discovery, suppression
from chainrule.catalogue import BY_CODE
from chainrule.cli import runner
from chainrule.cli.terminal import EXIT_CLEAN, EXIT_FOUND, EXIT_TROUBLE, UsageError, complain, plural
from chainrule.findings import Applicability, Severity
from chainrule.sources import NOTEBOOK_SUFFIX, PYTHON_SUFFIX

STDIN = "-"


class Format(Protocol):
    """A module of `chainrule.cli.formats`."""

    def render(self, results: list[runner.Checked], verdicts: bool) -> None:
        """Write the results to stdout."""


def run(arguments: argparse.Namespace) -> int:
    fixes = _fixes(arguments)
    task = runner.Task(
        verdicts=arguments.verdicts,
        fixes=fixes,
        dry_run=arguments.diff,
        cache=not arguments.no_cache,
        select=tuple(arguments.select or ()),
        ignore=tuple(arguments.ignore or ()),
    )
    try:
        jobs = list(_stdin(arguments)) if _reads_stdin(arguments) else list(_jobs(arguments.paths or ["."]))
    except config.ConfigError as error:
        raise UsageError(str(error)) from None
    _refuse_unknown_codes((*task.select, *task.ignore), "")
    for settings in {job.config.origin: job.config for job in jobs}.values():
        used = (*settings.select, *settings.ignore, *chain.from_iterable(settings.per_file_ignores.values()))
        _refuse_unknown_codes(used, f"{settings.origin}: ")
    if not jobs:
        where = ", ".join(arguments.paths) or "this folder"
        complain(f"no Python files in {where} (ignored and hidden ones are left out)")
    results = list(runner.run(jobs, task, arguments.jobs))
    _report(arguments, results)
    if any(result.crashed for result in results):
        return EXIT_TROUBLE
    return EXIT_FOUND if any(map(_fails, results)) else EXIT_CLEAN


def _refuse_unknown_codes(used: Iterable[str], where: str) -> None:
    """A code that does not exist selects nothing, which looks like success. Prefixes are taken as given."""
    for code in used:
        if len(code) == len(suppression.UNUSED) and code not in BY_CODE:
            raise UsageError(f"{where}there is no rule {code}{config.nearest(code, [*BY_CODE])}")


def _fixes(arguments: argparse.Namespace) -> frozenset[Applicability]:
    if not arguments.fix and not arguments.diff:
        return frozenset()
    unsafe = {Applicability.UNSAFE} if arguments.unsafe_fixes else set()
    return frozenset({Applicability.SAFE, *unsafe})


def _fails(result: runner.Checked) -> bool:
    """Whether the file is not clean: a finding that counts, or a part that could not be checked."""
    counts = (Severity.ERROR, Severity.WARNING)
    return bool(result.report.errors) or any(f.severity in counts for f in result.report.findings)


def _report(arguments: argparse.Namespace, results: list[runner.Checked]) -> None:
    if arguments.diff:
        sys.stdout.flush()
        for result in results:
            sys.stdout.buffer.write(result.patch)
        _say_errors(results)
        count = sum(result.fixed for result in results)
        files = sum(1 for result in results if result.patch)
        complain(f"would make {plural(count, 'fix')} in {plural(files, 'file')}")
        return
    output: Format = import_module(f"chainrule.cli.formats.{arguments.format}")
    if arguments.fix and _reads_stdin(arguments):
        # The fixed text is the output; what is left to say goes beside it.
        sys.stdout.flush()
        sys.stdout.buffer.write(results[0].after or b"")
        sys.stdout.flush()
        _say_errors(results)
        return
    output.render(results, arguments.verdicts)


def _say_errors(results: list[runner.Checked]) -> None:
    for result in results:
        for error in result.report.errors:
            complain(f"{error.path}: {error.message}")


def _reads_stdin(arguments: argparse.Namespace) -> bool:
    return arguments.stdin_filename is not None or arguments.paths == [STDIN]


def _stdin(arguments: argparse.Namespace) -> Iterator[runner.Job]:
    if arguments.paths not in ([], [STDIN]):
        raise UsageError("--stdin-filename reads one text from stdin; leave the paths out")
    name = arguments.stdin_filename or "<stdin>"
    folder = Path(name).absolute().parent if arguments.stdin_filename else Path.cwd()
    yield runner.Job(name, config.find(folder), sys.stdin.buffer.read())


def _jobs(paths: list[str]) -> Iterator[runner.Job]:
    seen: set[str] = set()
    for path in paths:
        for file in _files(path):
            if (absolute := os.path.abspath(file)) not in seen:
                seen.add(absolute)
                yield runner.Job(file, _settings(absolute, path))


def _settings(file: str, named: str) -> config.Config:
    """The settings of a file; without any, a folder that the user `named` is the top of the project."""
    found = config.find(Path(file).parent)
    is_top = found.origin is None and found.root == Path(file).parent and os.path.isdir(named)
    return replace(found, root=Path(os.path.abspath(named))) if is_top else found


def _files(path: str) -> Iterator[str]:
    if os.path.isdir(path):
        yield from discovery.walk(os.path.normpath(path))
    elif not os.path.lexists(path):
        raise UsageError(f"{path}: no such file or folder")
    elif path.endswith((PYTHON_SUFFIX, NOTEBOOK_SUFFIX)) or "." not in os.path.basename(path):
        yield path
    else:
        raise UsageError(f"{path}: not a Python file (.py) or a notebook (.ipynb)")
