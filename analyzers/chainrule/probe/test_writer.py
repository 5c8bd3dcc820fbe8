"""Write what a probe saw as pytest tests: they fail for a loss that loses gradient, and pass once it is
mended.

The text stands alone: torch, pytest and the user's own module are all that it needs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainrule.findings import Verdict
from chainrule.probe.evidence import EdgeEvidence, Evidence
from chainrule.probe.request import find_root
from chainrule.probe.test_functions import FIXTURE, Functions, identifier
from chainrule.probe.test_imports import import_lines, import_name, in_order, path_setup, runs_code


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """The text of a test file, where to put it, and what its user should know (perhaps nothing)."""

    path: Path
    text: str
    note: str = ""


def failing_edges(evidence: Evidence) -> tuple[EdgeEvidence, ...]:
    """The edge inputs that a test can hold the loss to."""
    return tuple(e for e in evidence.edges if e.verdict in (Verdict.NONFINITE, Verdict.CUT) and e.edits)


def write_gradient_test(
    evidence: Evidence, text: str, *, path: Path | None = None, edges: Collection[str] = ()
) -> WrittenTest:
    """A test that gradient reaches every source, that it is finite and not zero, and, where the probe saw
    them agree, that it agrees with finite differences in float64; with `edges`, one more test for each case.

    `text` is the text that was probed. Without `path`, the file is one that does not exist yet. Raises
    ValueError, with a message for the user, where the probe found no way to call the loss.
    """
    cases = [e for e in failing_edges(evidence) if e.case in edges]
    return _write(evidence, text, path, "gradient", plain=True, cases=cases)


def write_edge_test(evidence: Evidence, text: str, case: str, *, path: Path | None = None) -> WrittenTest:
    """A test of one failing edge input alone; the rest as in `write_gradient_test`."""
    cases = [e for e in failing_edges(evidence) if e.case == case]
    if not cases:
        raise ValueError(f"The probe of {evidence.function} found no failing input {case!r}.")
    return _write(evidence, text, path, identifier(case), plain=False, cases=cases)


def _write(
    evidence: Evidence, text: str, path: Path | None, kind: str, plain: bool, cases: Sequence[EdgeEvidence]
) -> WrittenTest:
    call = evidence.call
    if call is None or all(s.verdict is Verdict.UNUSED for s in evidence.sources):
        raise ValueError(f"No test can be written for {evidence.function}: {_why(evidence)}.")
    file = Path(evidence.path).absolute()
    module = import_name(file)
    path = path.absolute() if path is not None else _new_path(file, evidence.function, kind)
    writer = Functions(evidence, call)
    tests = [*writer.reaches(), *writer.agrees()] if plain else []
    tests += [line for case in cases for line in writer.edge(case)]
    at = runs_code(text)
    note = f"importing {file.name} runs the code on its line {at}" if at is not None else ""
    head = _head(
        text, module, writer.needed(), path_setup(file, path), "import pytest" if FIXTURE[1] in tests else ""
    )
    title = f'"""Gradient of `{evidence.function}` ({file.name})."""'
    return WrittenTest(path, "\n".join([title, "", *head, *tests]) + "\n", note)


def _head(text: str, module: str, names: Collection[str], folder: str | None, pytest: str) -> list[str]:
    """The imports; before those of the user's own module, the folder that it is found in."""
    installed, own = import_lines(text, module, names)
    installed = in_order([*installed, pytest]) if pytest else installed
    if folder is None:
        return [*installed, "", *own] if own else installed
    system = ["import sys", "from pathlib import Path"]
    if "import importlib" in installed:
        installed.remove("import importlib")
        system.insert(0, "import importlib")
    own = [f"{line}  # noqa: E402" if line.startswith("from ") else line for line in own]
    return [*system, "", *installed, "", f"sys.path.insert(0, str({folder}))", "", *own]


def _why(evidence: Evidence) -> str:
    if evidence.call is not None:
        return "nothing in it should receive gradient"
    return evidence.error.splitlines()[0] if evidence.error else "nothing says how to call it"


def _new_path(file: Path, function: str, kind: str) -> Path:
    root = find_root(file)
    folder = next((f for f in (root / "tests", root / "test") if f.is_dir()), None)
    folder = folder or (root if (file.parent / "__init__.py").exists() else file.parent)
    stem = f"test_{identifier(function)}_{kind}".lower()
    every = (folder / f"{stem}{'' if n == 1 else f'_{n}'}.py" for n in range(1, 1000))
    return next(path for path in every if not path.exists())
