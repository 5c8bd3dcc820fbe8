"""Measure everything and write the summary that is committed: results.json and RESULTS.md.

    python tests/accuracy/summarize.py [--mutants N] [--seed S] [--only PARTS]

Takes some minutes; needs the libraries of requirements.txt (those that are missing are left out).
With --only, the other parts stay as they were measured, and RESULTS.md says of which commit each of them is.
"""

from __future__ import annotations

import argparse
import datetime
import json
import logging
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import mend
import mutate
from check_libraries import EXTRA, check
from compare_autograd import compare
from losses import catalogue
from mutate import library_subjects, program_subjects
from statics import package_root

sys.path.insert(0, str(Path(__file__).parent.parent / "programs"))
from score import Score, outcomes

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
LEFT_OUT = (
    "transformers",
    "diffusers",
    "trl",
)  # hundreds of models each; their losses are compared


@dataclass(frozen=True, slots=True)
class Sample:
    """Which random breaks are measured."""

    mutants: int
    seed: int


def programs(_: Sample) -> dict[str, Any]:
    score = Score(tuple(outcomes()))
    return {
        "flagged": round(score.flagged, 3),
        "located": round(score.located, 3),
        "false_alarms": round(score.alarms, 3),
    }


def autograd(_: Sample) -> dict[str, Any]:
    return compare().numbers()


def broken_programs(sample: Sample) -> dict[str, Any]:
    return mutate.experiment(list(program_subjects()), sample.mutants, sample.seed).numbers()


def broken_libraries(sample: Sample) -> dict[str, Any]:
    return mutate.experiment(list(library_subjects()), sample.mutants, sample.seed).numbers()


def mended_programs(sample: Sample) -> dict[str, Any]:
    return mend.experiment(list(program_subjects()), sample.mutants, sample.seed).numbers()


def mended_libraries(sample: Sample) -> dict[str, Any]:
    return mend.experiment(list(library_subjects()), sample.mutants, sample.seed).numbers()


def libraries(_: Sample) -> dict[str, Any]:
    names = sorted({*(loss.library for loss in catalogue()), *EXTRA} - set(LEFT_OUT))
    roots = {name: package_root(name) for name in names}
    return {name: check(root, frozenset()).numbers() for name, root in roots.items() if root}


PARTS: dict[str, Callable[[Sample], dict[str, Any]]] = {
    part.__name__: part
    for part in (
        programs,
        autograd,
        broken_programs,
        broken_libraries,
        mended_programs,
        mended_libraries,
        libraries,
    )
}


def measure(part: str, sample: Sample) -> dict[str, Any]:
    """The numbers of one part, and what they are of."""
    of: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "commit": _commit(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }
    if part.startswith(("broken", "mended")):
        of["seed"] = sample.seed
    return {"measured": of, "numbers": PARTS[part](sample)}


def _commit() -> str:
    """The commit that was measured, empty outside a checkout."""
    git = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def page(results: dict[str, Any]) -> str:
    """The summary as Markdown."""
    numbers = {part: results[part]["numbers"] for part in PARTS}
    compared = numbers["autograd"]
    arguments, helpers = compared["per_argument"], compared["per_function_argument"]
    watched, blamed = compared["functions"], compared["functions_blamed_wrongly"]
    lines = [
        "# Accuracy of the static analysis",
        "",
        "Written by `summarize.py`.",
        *_origins(results),
        "",
        "| what | result |",
        "| --- | --- |",
        f"| faulty programs of `tests/programs` flagged | {numbers['programs']['flagged']:.1%} |",
        f"| … on a line that loses the gradient | {numbers['programs']['located']:.1%} |",
        f"| correct programs blamed | {numbers['programs']['false_alarms']:.1%} |",
        f"| library losses run under autograd | {compared['losses']} "
        f"of {len(compared['libraries'])} libraries |",
        f"| … their arguments: intact ones called broken | {arguments['false_alarms']} of "
        f"{arguments['arguments'] - arguments['broken']} |",
        f"| … their arguments: broken ones recognised | {arguments['found']} of {arguments['broken']} |",
        f"| functions watched underneath: blamed wrongly | {blamed} of {watched} |",
        f"| … their arguments: cut ones recognised | {helpers['found']} of {helpers['broken']} |",
    ]
    for title, kind in (("correct programs", "programs"), ("library losses", "libraries")):
        broken, mended = numbers[f"broken_{kind}"], numbers[f"mended_{kind}"]
        kept, offered = promises(mended)
        lines += [
            f"| {title} broken at random: found, on the right line | {broken['found']}, "
            f"{broken['located']} of {broken['mutants_confirmed_broken']} |",
            f"| … with a fix, given their gradient back by one | {mended['with_a_fix']}, "
            f"{mended['repaired']} of {mended['mutants_confirmed_broken']} |",
            f"| … fixes run that keep their promise | {kept} of {offered} |",
        ]
    lines += ["", "## Findings over whole libraries", ""]
    lines += ["| library | functions | warnings and errors | functions flagged per 100 |"]
    lines += ["| --- | --- | --- | --- |"]
    for name, found in numbers["libraries"].items():
        lines.append(
            f"| {name} | {found['functions']} | {found['loud']} | {found['functions_flagged_per_100']} |"
        )
    return "\n".join(lines) + "\n"


def promises(mended: dict[str, Any]) -> tuple[int, int]:
    """How many of the fixes that were run keep what they promise, and how many there were."""
    counts = [(how, number) for fix in mended["fixes"].values() for how, number in fix.items()]
    offered = sum(number for _, number in counts)
    return offered - sum(number for how, number in counts if how == "wrong"), offered


def _origins(results: dict[str, Any]) -> Iterator[str]:
    """A line for every state that was measured, with its parts: they may be measured one at a time."""
    parts: dict[str, list[str]] = defaultdict(list)
    for part in PARTS:
        of = results[part]["measured"]
        seed = f" (seed {of['seed']})" if "seed" in of else ""
        state = f"{of['date']} at commit {of['commit']}, torch {of['torch']}, Python {of['python']}"
        parts[state].append(part + seed)
    for state, names in parts.items():
        yield f"Measured on {state}: {', '.join(names)}."


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="parts to measure again, separated by commas")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    chosen = options.only.split(",") if options.only else list(PARTS)
    if unknown := set(chosen) - PARTS.keys():
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    results = json.loads(RESULTS.read_text()) if options.only else {}
    for part in chosen:
        results[part] = measure(part, Sample(options.mutants, options.seed))
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    RESULTS.with_name("RESULTS.md").write_text(page(results))
    print(page(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
