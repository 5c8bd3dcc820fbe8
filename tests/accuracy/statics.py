"""The static half of the comparison: reports of files, verdicts looked up by function and argument."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

from chainrule.analysis import Analyzer, Options
from chainrule.findings import Finding, FunctionVerdicts, Report, Severity, Verdict
from chainrule.project import Workspace

BROKEN = (Verdict.CUT, Verdict.ZERO)


def checked(path: str) -> Report:
    """The findings of a file as `chainrule check` tells them, without the verdicts."""
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    return _analyzer(_top(path), verdicts=False).analyze(text, path)


def analyzer(path: str) -> Analyzer:
    """The analyser for a file, which looks at the other files of its package as the command line does."""
    return _analyzer(_top(path), verdicts=True)


def _top(path: str) -> Path:
    """The package that a file belongs to."""
    top = Path(path).parent
    while (top.parent / "__init__.py").is_file():
        top = top.parent
    return top


@functools.cache
def _analyzer(top: Path, verdicts: bool) -> Analyzer:
    return Analyzer(Options(verdicts=verdicts), Workspace([top]), remember=False)


@functools.cache
def report(path: str) -> Report:
    return analyzer(path).analyze(Path(path).read_text(encoding="utf-8", errors="replace"), path)


@functools.cache
def _functions(path: str) -> dict[str, FunctionVerdicts]:
    return {function.qualname: function for function in report(path).functions}


def verdict(path: str, qualname: str, argument: str) -> Verdict | None:
    """None when the analysis makes no statement about this argument."""
    function = _functions(path).get(qualname.replace(".<locals>", ""))
    if function is None:
        return None
    return next((s.verdict for s in function.sources if s.name == argument), None)


def loud(finding: Finding) -> bool:
    """A finding that counts: at least a warning, and no mere rewrite."""
    return finding.severity in (Severity.ERROR, Severity.WARNING) and not finding.code.startswith("CR7")


def package_root(name: str) -> Path | None:
    """Folder (or single file) of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def sources(root: Path) -> list[Path]:
    """Python files below `root` that mention torch, in a fixed order."""
    files = [root] if root.is_file() else sorted(root.rglob("*.py"))
    return [f for f in files if "torch" in f.read_text(encoding="utf-8", errors="replace")]


def excerpt(path: Path, first: int, last: int, around: int = 2) -> str:
    """Numbered lines around `first`…`last`, those marked."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    shown = range(max(1, first - around), min(len(lines), last + around) + 1)
    return "\n".join(f"  {'>' if first <= n <= last else ' '}{n:5} {lines[n - 1]}" for n in shown)
