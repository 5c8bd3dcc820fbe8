"""Speed of the static analysis, against `ast.parse` of the same text.

    python tests/benchmarks/bench_static.py batch [PACKAGE...]     whole packages, one process
    python tests/benchmarks/bench_static.py command [PACKAGE...]   the same by `chainrule check`, which reads
                                                                   other files too and writes results
    python tests/benchmarks/bench_static.py keystroke [FILE...]    successive edits (--edits N) of a file, if
                                                                   none is given of one with 2,000 lines, and
                                                                   the passes after each
    python tests/benchmarks/bench_static.py torchfix [PACKAGE...]  lines a second, TorchFix's on a sample

Times are process CPU seconds of the best of a few rounds: other load on the machine counts little.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from chainrule.analysis import Analyzer, Options

# Users' Pythons keep compiled modules; a measurement without them would measure the compiler.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

sys.path.insert(0, str(Path(__file__).parent.parent / "accuracy"))
from statics import package_root, sources

PROGRAMS = Path(__file__).parent.parent / "programs" / "cases"
ROUNDS = 3


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def parsed(text: str) -> None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return


def files_of(packages: Iterable[str]) -> list[tuple[str, str]]:
    """(path, text) of every torch file of the packages."""
    found = []
    for name in packages:
        root = package_root(name)
        if root is None:
            sys.exit(f"{name} is not installed")
        found += [(str(path), path.read_text(encoding="utf-8", errors="replace")) for path in sources(root)]
    return found


def batch(packages: list[str]) -> dict[str, Any]:
    """Analyse everything once per round as the command does: nothing is remembered, the collector is off."""
    files = files_of(packages)
    lines = sum(text.count("\n") for _, text in files)

    def analyse() -> None:
        analyzer = Analyzer(Options(), remember=False)
        for path, text in files:
            analyzer.analyze(text, path)
        gc.collect()

    parse = min(cpu_seconds(lambda: [parsed(text) for _, text in files]) for _ in range(ROUNDS))
    gc.disable()
    ours = min(cpu_seconds(analyse) for _ in range(ROUNDS))
    slowest = max(
        (cpu_seconds(lambda: Analyzer().analyze(text, path)), path)  # noqa: B023 - called at once
        for path, text in files
    )
    gc.enable()
    return {
        "files": len(files),
        "lines": lines,
        "ast_parse_seconds": round(parse, 3),
        "analysis_seconds": round(ours, 3),
        "ratio": round(ours / parse, 2),
        "lines_per_second": round(lines / ours),
        "slowest_file": f"{slowest[1]} {slowest[0]:.3f} s",
    }


def command(packages: list[str]) -> dict[str, Any]:
    """What `chainrule check` takes in one process without its cache, from its start to its end."""
    files = files_of(packages)
    folders = [str(package_root(name)) for name in packages]
    check = [sys.executable, "-m", "chainrule", "check", "--no-cache", "--jobs", "1", *folders]
    parse = min(cpu_seconds(lambda: [parsed(text) for _, text in files]) for _ in range(ROUNDS))
    ours = min(child_seconds(check) for _ in range(ROUNDS))
    return {
        "files": len(files),
        "ast_parse_seconds": round(parse, 3),
        "command_seconds": round(ours, 3),
        "ratio": round(ours / parse, 2),
    }


def child_seconds(arguments: list[str]) -> float:
    """CPU seconds of a process that is run to its end; what it finds is not looked at."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments[:4])} failed: {done.stderr[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def long_file(lines: int = 2000) -> str:
    """A training module of about `lines` lines, put together from the programs of the corpus."""
    parts: list[str] = []
    for path in sorted(PROGRAMS.glob("*.py")):
        parts.append(path.read_text())
        if sum(part.count("\n") for part in parts) >= lines:
            break
    return "\n\n".join(parts)


def edits(text: str, count: int, chance: random.Random) -> Iterable[str]:
    """Successive versions of `text`, one edit after another: characters typed and deleted, lines added."""
    for _ in range(count):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        line = lines[at]
        kind = chance.random()
        if kind < 0.6:
            column = chance.randint(0, len(line))
            lines[at] = line[:column] + chance.choice("abcx_.()=1 ,") + line[column:]
        elif kind < 0.9 and line.strip():
            column = chance.randrange(len(line))
            lines[at] = line[:column] + line[column + 1 :]
        else:
            indent = line[: len(line) - len(line.lstrip())]
            lines.insert(at, f"{indent}value = 1.0")
        text = "\n".join(lines)
        yield text
        if chance.random() < 0.7:  # most mistakes are repaired at once
            lines[at] = line
            text = "\n".join(lines)
            yield text


def keystroke(text: str, count: int) -> dict[str, Any]:
    """Milliseconds of CPU after one edit, of both passes that the server makes, and of one `ast.parse`.

    Reports have the verdicts of all functions, as the server's have.

    The keystroke pass comes at once and looks only at what was edited. Where that leaves functions out whose
    callees have changed, the settling pass looks at them when typing pauses.
    """
    analyzer = Analyzer(Options(verdicts=True))
    first = cpu_seconds(lambda: analyzer.analyze(text, "long.py"))
    parse = statistics.median(cpu_seconds(lambda: parsed(text)) for _ in range(20))
    passes: dict[str, list[float]] = {"keystroke": [], "settling": []}
    for version in edits(text, count, random.Random(0)):
        for name, settle in (("keystroke", False), ("settling", True)):
            if not settle or analyzer.unsettled("long.py"):
                passes[name].append(
                    cpu_seconds(lambda: analyzer.analyze(version, "long.py", settle))  # noqa: B023 - at once
                )
    return {
        "lines": text.count("\n"),
        "edits": count,
        "first_ms": round(1e3 * first, 2),
        "ast_parse_ms": round(1e3 * parse, 2),
        **{name: summary(times, parse) for name, times in passes.items()},
    }


def summary(times: list[float], parse: float) -> dict[str, float]:
    """Percentiles in milliseconds; `parse` is the time of one `ast.parse`, in seconds as all `times`."""
    cuts = statistics.quantiles(times, n=100)
    return {
        "passes": len(times),
        "p50_ms": round(1e3 * cuts[49], 2),
        "p95_ms": round(1e3 * cuts[94], 2),
        "max_ms": round(1e3 * max(times), 2),
        "p95_to_ast_parse": round(cuts[94] / parse, 2),
    }


def torchfix(packages: list[str], sample: int = 40) -> dict[str, Any]:
    """Lines a second of both tools; TorchFix is slow, so it reads a random sample of the files."""
    files = files_of(packages)
    chosen = random.Random(0).sample(files, min(sample, len(files)))
    lines = sum(text.count("\n") for _, text in chosen)
    with tempfile.TemporaryDirectory() as folder:
        for number, (_, text) in enumerate(chosen):
            (Path(folder) / f"{number}.py").write_text(text)
        command = [sys.executable, "-m", "torchfix", "--select=ALL", folder]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        theirs = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if "No module named" in done.stderr:
        sys.exit("TorchFix is not installed")
    ours = batch(packages)["lines_per_second"]
    return {
        "torchfix_lines_per_second": round(lines / theirs),
        "chainrule_lines_per_second": ours,
        "times_faster": round(ours * theirs / lines, 1),
    }


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("what", choices=("batch", "command", "keystroke", "torchfix"))
    parser.add_argument("packages", nargs="*", help="import names of installed packages; files for keystroke")
    parser.add_argument("--edits", type=int, default=500)
    options = parser.parse_args()
    if options.what == "keystroke":
        texts = {name: Path(name).read_text(encoding="utf-8") for name in options.packages}
        result = {name: keystroke(text, options.edits) for name, text in texts.items()}
        result = result or keystroke(long_file(), options.edits)
    else:
        packages = options.packages or ["kornia", "pytorch_metric_learning", "monai"]
        result = {"batch": batch, "command": command, "torchfix": torchfix}[options.what](packages)
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
