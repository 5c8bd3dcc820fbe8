"""`chainrule probe`: run losses in the user's interpreter and say what their gradients do."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from chainrule import config, sources
from chainrule.cli.terminal import UsageError
from chainrule.config import Config, ConfigError
from chainrule.probe.evidence import Evidence, read_evidence, to_json
from chainrule.probe.losses import find_losses
from chainrule.probe.prober import Prober
from chainrule.probe.report_text import render_text
from chainrule.probe.request import ProbeRequest, build_request
from chainrule.sources import SourceError

VERSION = 1


@dataclass(frozen=True, slots=True)
class Target:
    """One loss to probe."""

    path: str
    text: str
    qualname: str
    settings: Config


def run(arguments: argparse.Namespace) -> int:
    targets = [target for named in arguments.targets for target in _targets(named)]
    if len(targets) > 1 and arguments.inputs is not None:
        raise UsageError(f"--inputs is for one loss, not for {len(targets)}: name one, FILE::QUALNAME")
    if len(targets) > 1 and arguments.write_test is not None:
        raise UsageError(f"--write-test is for one loss, not for {len(targets)}: name one, FILE::QUALNAME")
    with ExitStack() as stack:
        # Entered first, left last: closing the probers ends the runs that the pool still waits for.
        pool = stack.enter_context(ThreadPoolExecutor(arguments.jobs or 1))
        probers: dict[str | None, Prober] = {}
        for target in targets:
            python = _python(arguments, target)
            if python not in probers:
                probers[python] = stack.enter_context(closing(Prober(python, workspace=target.settings.root)))

        def measure(target: Target) -> Evidence:
            return _measure(arguments, target, probers[_python(arguments, target)])

        results = [(target, pool.submit(measure, target)) for target in targets]
        found = [(target, _shown(arguments, target, future.result())) for target, future in results]
    _write(arguments, found)
    if arguments.write_test is not None:
        _write_test(Path(arguments.write_test), *found[0])
    return max(evidence.exit_code for _, evidence in found)


def _targets(named: str) -> Iterator[Target]:
    """The losses that `FILE::QUALNAME` or `FILE` names."""
    path, separator, qualname = named.partition("::")
    try:
        text = sources.read(path).text
        settings = config.find(Path(path).absolute().parent)
    except SourceError as error:
        raise UsageError(f"{path}: {error}") from None
    except ConfigError as error:
        raise UsageError(str(error)) from None
    if separator and not qualname:
        raise UsageError(f"{named}: name a function after ::, as in {path}::loss")
    names = [qualname] if qualname else find_losses(text)
    if not names:
        raise UsageError(f"{path}: found no loss in it; name one as {path}::FUNCTION")
    for name in names:
        yield Target(path, text, name, settings)


def _python(arguments: argparse.Namespace, target: Target) -> str | None:
    return arguments.python or target.settings.probe.python


def _measure(arguments: argparse.Namespace, target: Target, prober: Prober) -> Evidence:
    settings = target.settings.probe
    inputs = arguments.inputs if arguments.inputs is not None else settings.inputs.get(target.qualname)
    timeout = arguments.timeout or settings.timeout
    request = ProbeRequest(
        path=target.path,
        text=target.text,
        qualname=target.qualname,
        inputs=inputs,
        instance=arguments.instance,
        device=arguments.device or settings.device,
        batches=arguments.batches or (),
    )
    if timeout is not None:
        request = replace(request, timeout=timeout)
    try:
        built = build_request(request)
    except ValueError as error:
        raise UsageError(str(error)) from None
    result = prober.run(built)
    return read_evidence({**result, "path": target.path}, target.path, target.qualname)


def _shown(arguments: argparse.Namespace, target: Target, evidence: Evidence) -> Evidence:
    """Print one result as soon as it is there, where the format allows it."""
    if arguments.format == "text" and arguments.output is None:
        print(render_text(evidence, target.text))
    return evidence


def _write(arguments: argparse.Namespace, found: list[tuple[Target, Evidence]]) -> None:
    if arguments.format == "json":
        output = (
            json.dumps({"version": VERSION, "probes": [to_json(evidence) for _, evidence in found]}, indent=2)
            + "\n"
        )
    elif arguments.format == "html":
        from chainrule.probe.report_html import render_html

        output = render_html([(evidence, target.text) for target, evidence in found])
    elif arguments.output is None:
        return
    else:
        output = "\n".join(render_text(evidence, target.text) for target, evidence in found)
    if arguments.output is None:
        sys.stdout.write(output)
        return
    _write_file(arguments.output, output)


def _write_test(path: Path, target: Target, evidence: Evidence) -> None:
    from chainrule.probe.test_writer import failing_edges, write_gradient_test

    cases = [edge.case for edge in failing_edges(evidence)]
    try:
        written = write_gradient_test(evidence, target.text, path=path, edges=cases)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with contextlib.suppress(OSError):  # writing says what is wrong
        path.parent.mkdir(parents=True, exist_ok=True)
    _write_file(str(path), written.text)
    note = f" ({written.note})" if written.note else ""
    print(f"wrote {path}{note}", file=sys.stderr)


def _write_file(path: str, text: str) -> None:
    try:
        sources.write(path, text.encode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None
