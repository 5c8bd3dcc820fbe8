"""Feed the analysis broken programs: it must never raise, and never take longer than the limit.

    python tests/robustness/fuzz.py [--count N] [--seed S] [--limit SECONDS] [FOLDER...]

With folders, their files are mangled too. Prints every offender with the seed that makes it again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from chainrule.analysis import Analyzer, Options
from mangle import deep, generated, mangled


@dataclass(frozen=True, slots=True)
class Offence:
    seed: int
    seconds: float
    error: str


def program(seed: int, files: list[Path] | None = None) -> str:
    """The program of a seed."""
    chance = random.Random(seed)
    kind = chance.random()
    if kind < 0.45:
        return generated(chance)
    return mangled(chance, files) if kind < 0.98 else deep(chance)


def attempt(analyzer: Analyzer, seed: int, files: list[Path] | None, limit: float) -> Offence | None:
    """Analyse one program; None when nothing is wrong. `limit` is in seconds of CPU."""
    text = program(seed, files)
    started = time.process_time()
    try:
        analyzer.analyze(text, f"/fuzz/{seed % 7}.py")  # few paths: memory of earlier texts is exercised
    except Exception as problem:  # the very thing that is searched for
        frame = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        return Offence(seed, time.process_time() - started, f"{type(problem).__name__} at {where}: {problem}")
    took = time.process_time() - started
    return Offence(seed, took, "slow") if took > limit else None


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--limit", type=float, default=2.0, help="CPU seconds")
    options = parser.parse_args()
    files = sorted(file for folder in options.folders for file in folder.rglob("*.py")) or None
    analyzer = Analyzer(Options(verdicts=True))
    kinds: Counter[str] = Counter()
    for seed in range(options.seed, options.seed + options.count):
        offence = attempt(analyzer, seed, files, options.limit)
        if offence is None:
            continue
        key = offence.error.split(":", 2)[0] + offence.error.partition(" at ")[2].split(": ")[0]
        kinds[key] += 1
        if kinds[key] <= 3:
            print(f"seed {offence.seed}: {offence.error[:160]} ({offence.seconds:.2f} s)", flush=True)
    print(f"{options.count} programs, {sum(kinds.values())} offences: {dict(kinds)}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
