"""Count the findings over whole libraries and print each with its lines, for a human to judge.

    python tests/accuracy/check_libraries.py [PACKAGE...] [--print CODES] [--json FILE]

Without packages: every library of the catalogue and of EXTRA that is installed. Nothing is imported.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from losses import catalogue
from statics import checked, excerpt, loud, package_root, sources

EXTRA = (
    "mmdet",
    "mmseg",
    "sentence_transformers",
    "gpytorch",
    "botorch",
    "pyro",
    "lpips",
    "segmentation_models_pytorch",
    "torch_geometric",
    "audiocraft",
    "deepxde",
    "denoising_diffusion_pytorch",
    "e3nn",
    "escnn",
    "espnet2",
    "gsplat",
    "neuralop",
    "nflows",
    "normflows",
    "peft",
    "pykeen",
    "recbole",
    "skrl",
    "stable_baselines3",
    "tianshou",
    "torchcfm",
    "torchdyn",
    "torchgan",
    "torchrl",
    "ultralytics",
)


@dataclass(slots=True)
class Library:
    files: int = 0
    lines: int = 0
    functions: int = 0
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    codes: Counter[str] = field(default_factory=Counter)
    loud: int = 0
    functions_with_findings: set[tuple[str, str]] = field(default_factory=set)

    def numbers(self) -> dict[str, Any]:
        per_hundred = 100 * len(self.functions_with_findings) / max(1, self.functions)
        return {
            "files": self.files,
            "lines": self.lines,
            "functions": self.functions,
            "findings": dict(sorted(self.codes.items())),
            "loud": self.loud,
            "functions_flagged_per_100": round(per_hundred, 2),
            "seconds": round(self.seconds, 2),
            "slowest": f"{self.slowest[1]} {self.slowest[0]:.2f} s",
        }


def check(root: Path, shown: frozenset[str]) -> Library:
    """Analyse every torch file below `root`; findings whose code starts with one of `shown` are printed."""
    library = Library()
    for path in sources(root):
        started = time.perf_counter()
        result = checked(str(path))
        took = time.perf_counter() - started
        library.seconds += took
        library.slowest = max(library.slowest, (took, path.name))
        library.files += 1
        text = path.read_text(encoding="utf-8", errors="replace")
        library.lines += text.count("\n")
        library.functions += _functions(text)
        for finding in result.findings:
            library.codes[finding.code] += 1
            if not loud(finding):
                continue
            library.loud += 1
            library.functions_with_findings.add((finding.path, finding.function))
            if any(finding.code.startswith(prefix) for prefix in shown):
                at = finding.range.start
                print(f"\n{path}:{at.line}:{at.column} {finding.code} in {finding.function}")
                print(f"  {finding.message}")
                print(excerpt(path, at.line, finding.range.end.line))
    return library


def _functions(text: str) -> int:
    try:
        tree = ast.parse(text)
    except SyntaxError:  # templates and code for other Pythons
        return 0
    return sum(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(tree))


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("packages", nargs="*", help="import names")
    parser.add_argument("--print", default="CR", help="codes (or beginnings of codes), separated by commas")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    options = parser.parse_args()
    shown = frozenset(code for code in options.print.split(",") if code)
    names = options.packages or sorted({*(loss.library for loss in catalogue()), *EXTRA})
    table: dict[str, Any] = {}
    total: Counter[str] = Counter()
    for name in names:
        root = package_root(name)
        if root is None:
            print(f"{name} is not installed, left out", file=sys.stderr)
            continue
        library = check(root, shown)
        table[name] = library.numbers()
        total.update(library.codes)
    print(json.dumps({"libraries": table, "findings": dict(sorted(total.items()))}, indent=2))
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
