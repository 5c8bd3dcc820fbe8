"""How long a probe takes, from request to result, warm and cold.

    python tests/benchmarks/bench_probe.py [--python PATH] [--runs N]

Targets: a warm probe of a small loss within 100 ms; a cold one within 1.3 times `python -c "import torch"`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "analyzers"))

# Users' Pythons keep compiled modules; a measurement without them would measure the compiler.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from chainrule.probe.evidence import Outcome, read_evidence  # noqa: E402
from chainrule.probe.prober import Prober  # noqa: E402
from chainrule.probe.request import ProbeRequest, build_request  # noqa: E402

LOSSES = """
import torch.nn.functional as F

# chainrule: inputs logits=torch.randn(8, 5), target=torch.randint(0, 5, (8,))
def cross_entropy(logits, target):
    return F.cross_entropy(logits, target)

def focal(logits, target, gamma=2.0):
    ce = F.cross_entropy(logits, target, reduction="none")
    p = logits.softmax(1).gather(1, target[:, None]).squeeze(1)
    return ((1 - p) ** gamma * ce).mean()
"""
PROGRAMS = ROOT / "tests" / "probe" / "programs"
PAUSE = 0.3
"""Seconds between two probes of one user: the reserve gets ready meanwhile."""


def milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure(prober: Prober, function: str) -> None:
    """What the editor's command does, from the text of the buffer to the evidence."""
    request = ProbeRequest(str(ROOT / "buffer.py"), LOSSES, function, device="cpu")
    evidence = read_evidence(prober.run(build_request(request)))
    if evidence.outcome is not Outcome.OK:
        sys.exit(f"the probe failed: {evidence.error}")


def probe(prober: Prober) -> None:
    """A worker that does next to nothing: what the engine alone costs."""
    result = prober.run({"program": "trivial_loss"})
    if result["outcome"] != "ok":
        sys.exit(f"the probe failed: {result['error']}")


def open_prober(python: str) -> Prober:
    return Prober(python=python, entry="engine_programs:run", import_path=[PROGRAMS])


def warm(prober: Prober, action: Callable[[Prober], None], runs: int, pause: float) -> list[float]:
    try:
        action(prober)
        times = []
        for _ in range(runs):
            time.sleep(pause)
            times.append(milliseconds(lambda: action(prober)))
        return times
    finally:
        prober.close()


def cold(python: str) -> float:
    prober = open_prober(python)
    try:
        return milliseconds(lambda: probe(prober))
    finally:
        prober.close()


def bare_import(python: str) -> float:
    return milliseconds(lambda: subprocess.run([python, "-c", "import torch"], check=True))


def report(name: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    print(f"{name:34} p50 {statistics.median(times):7.1f} ms   p95 {p95:7.1f} ms   ({len(times)} runs)")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the probe.")
    parser.add_argument("--python", default=sys.executable, help="an interpreter with torch")
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    python, runs = options.python, options.runs
    report(
        "small loss, inputs given",
        warm(Prober(python), partial(measure, function="cross_entropy"), runs, PAUSE),
    )
    report(
        "small loss, inputs searched", warm(Prober(python), partial(measure, function="focal"), runs, PAUSE)
    )
    report("engine alone", warm(open_prober(python), probe, runs, PAUSE))
    report("engine alone, without a pause", warm(open_prober(python), probe, runs, 0.0))
    bare_import(options.python)  # the files are in the page cache from here on
    pairs = [(bare_import(options.python), cold(options.python)) for _ in range(max(options.runs // 10, 2))]
    report('bare python -c "import torch"', [bare for bare, _ in pairs])
    report("cold probe", [own for _, own in pairs])
    print(f"cold over bare, median of pairs    {statistics.median(own / bare for bare, own in pairs):.2f}")


if __name__ == "__main__":
    main()
