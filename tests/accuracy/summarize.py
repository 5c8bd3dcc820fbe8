"""Measure everything and write the summary that is committed: results.json and RESULTS.md.

    python tests/accuracy/summarize.py [--mutants N]

Takes some minutes; needs the libraries of requirements.txt (those that are missing are left out).
"""

from __future__ import annotations

import argparse
import datetime
import json
import logging
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from check_libraries import EXTRA, check
from compare_autograd import compare
from losses import catalogue
from mutate import experiment, library_subjects, program_subjects
from statics import package_root

sys.path.insert(0, str(Path(__file__).parent.parent / "programs"))
from score import Score, outcomes

HERE = Path(__file__).parent
LEFT_OUT = (
    "transformers",
    "diffusers",
    "trl",
)  # hundreds of models each; their losses are compared


def measure(mutants: int) -> dict[str, Any]:
    score = Score(tuple(outcomes()))
    names = sorted({*(loss.library for loss in catalogue()), *EXTRA} - set(LEFT_OUT))
    roots = {name: package_root(name) for name in names}
    return {
        "date": datetime.date.today().isoformat(),
        "commit": _commit(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "programs": {
            "flagged": round(score.flagged, 3),
            "located": round(score.located, 3),
            "false_alarms": round(score.alarms, 3),
        },
        "autograd": compare().numbers(),
        "broken_programs": experiment(list(program_subjects()), mutants, seed=0).numbers(),
        "broken_libraries": experiment(list(library_subjects()), mutants, seed=0).numbers(),
        "libraries": {name: check(root, frozenset()).numbers() for name, root in roots.items() if root},
    }


def _commit() -> str:
    """The commit that was measured, empty outside a checkout."""
    git = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def page(results: dict[str, Any]) -> str:
    """The summary as Markdown."""
    programs, autograd = results["programs"], results["autograd"]
    arguments, helpers = autograd["per_argument"], autograd["per_function_argument"]
    watched, blamed = autograd["functions"], autograd["functions_blamed_wrongly"]
    lines = [
        "# Accuracy of the static analysis",
        "",
        f"Written by `summarize.py` on {results['date']} at commit {results['commit']}, "
        f"under torch {results['torch']}, Python {results['python']}.",
        "",
        "| what | result |",
        "| --- | --- |",
        f"| faulty programs of `tests/programs` flagged | {programs['flagged']:.1%} |",
        f"| … on a line that loses the gradient | {programs['located']:.1%} |",
        f"| correct programs blamed | {programs['false_alarms']:.1%} |",
        f"| library losses run under autograd | {autograd['losses']} "
        f"of {len(autograd['libraries'])} libraries |",
        f"| … their arguments: intact ones called broken | {arguments['false_alarms']} of "
        f"{arguments['arguments'] - arguments['broken']} |",
        f"| … their arguments: broken ones recognised | {arguments['found']} of {arguments['broken']} |",
        f"| functions watched underneath: blamed wrongly | {blamed} of {watched} |",
        f"| … their arguments: cut ones recognised | {helpers['found']} of {helpers['broken']} |",
    ]
    for title, key in (("correct programs", "broken_programs"), ("library losses", "broken_libraries")):
        broken = results[key]
        total = broken["mutants_confirmed_broken"]
        lines.append(
            f"| {title} broken at random: found, on the right line | {broken['found']}, "
            f"{broken['located']} of {total} |"
        )
    lines += ["", "## Findings over whole libraries", ""]
    lines += ["| library | functions | losses | warnings and errors | functions flagged per 100 |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for name, numbers in results["libraries"].items():
        lines.append(
            f"| {name} | {numbers['functions']} | {numbers['losses']} | {numbers['loud']} | "
            f"{numbers['functions_flagged_per_100']} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--mutants", type=int, default=300)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    results = measure(options.mutants)
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    (HERE / "RESULTS.md").write_text(page(results))
    print(page(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
