"""Small projects in real folders, and what is said about their files."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from chainrule.analysis import Analyzer
from chainrule.findings import Finding
from chainrule.project import Workspace

TRAIN = """
import torch
{imports}

def my_loss(pred, target):
    return (({helper}(pred) - target) ** 2).mean()
"""
DETACHES = """
import torch

def helper(x):
    return x.detach() * 2
"""
PASSES = DETACHES.replace(".detach()", "")


def write(root: Path, files: dict[str, str]) -> None:
    """Write texts by their paths below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")


def train(imports: str, helper: str = "helper") -> str:
    """A loss that puts its prediction through `helper`."""
    return TRAIN.format(imports=imports, helper=helper)


def findings(root: Path, file: str = "train.py", workspace: Workspace | None = None) -> list[Finding]:
    path = root / file
    analyzer = Analyzer(project=workspace or Workspace([root]))
    report = analyzer.analyze(path.read_text(encoding="utf-8"), str(path))
    assert not report.errors
    return list(report.findings)


def codes(root: Path, file: str = "train.py", workspace: Workspace | None = None) -> list[str]:
    return [finding.code for finding in findings(root, file, workspace)]
