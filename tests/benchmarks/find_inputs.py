"""For how many losses of public libraries the probe finds inputs by itself.

    python tests/benchmarks/find_inputs.py [PACKAGE...] [--list] [--json FILE]

Every loss that `chainrule probe FILE` would choose in the packages' own files about losses, the first twelve
of a file. A loss counts as run when its forward gets through (what backward says is a verdict). Losses whose
imports are not installed are left out, and so are packages that are not. Target: 80 of 100.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "analyzers"))

from chainrule.probe.evidence import Evidence, Outcome, read_evidence  # noqa: E402
from chainrule.probe.losses import find_losses  # noqa: E402
from chainrule.probe.prober import Prober  # noqa: E402
from chainrule.probe.request import ProbeRequest, build_request  # noqa: E402

PACKAGES = (
    "segmentation_models_pytorch", "pytorch_metric_learning", "kornia", "monai", "timm", "auraloss",
    "pytorch_forecasting", "lightly", "fvcore", "speechbrain", "asteroid", "pytorch_optimizer",
)  # fmt: skip
ABOUT_LOSSES = re.compile(r"loss|criterion|objective", re.IGNORECASE)
A_FILE = 12
SECONDS = 30.0


def losses(package: str) -> Iterator[tuple[Path, str]]:
    """The files of an installed package and the losses in them."""
    spec = importlib.util.find_spec(package)
    assert spec is not None, package
    if not spec.submodule_search_locations:
        sys.exit(f"{package} is a single module: `chainrule probe FILE` takes those")
    folder = Path(next(iter(spec.submodule_search_locations)))
    every = [path for path in sorted(folder.rglob("*.py")) if "test" not in path.name]
    about = [path for path in every if ABOUT_LOSSES.search(str(path.relative_to(folder)))]
    yield from (list(_losses_in(about)) or _losses_in(every))


def _losses_in(files: list[Path]) -> Iterator[tuple[Path, str]]:
    for path in files:
        names = [name for name in find_losses(path.read_text()) if not re.search(r"(^|\.)_", name)]
        yield from ((path, name) for name in names[:A_FILE])


def ran(evidence: Evidence) -> bool:
    return evidence.outcome in (Outcome.OK, Outcome.RAISED) and bool(evidence.sources)


def main() -> None:
    parser = argparse.ArgumentParser(description="Count the losses for which the probe finds inputs.")
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    parser.add_argument("--list", action="store_true", help="print the losses that did not run, and why")
    parser.add_argument("--json", metavar="FILE", help="write every result there")
    options = parser.parse_args()
    installed = [name for name in options.packages if importlib.util.find_spec(name) is not None]
    if absent := [name for name in options.packages if name not in installed]:
        print(f"not installed: {', '.join(absent)}")
    if not installed:
        sys.exit("none of the packages is installed: `pip install kornia`, say, or name others")
    total: Counter[str] = Counter()
    results = []
    prober = Prober(sys.executable)
    for package in installed:
        here: Counter[str] = Counter()
        for path, name in losses(package):
            root = str(path.parents[len(path.parts) - path.parts.index(package.split(".")[0]) - 1])
            request = ProbeRequest(
                str(path), path.read_text(), name, device="cpu", timeout=SECONDS, root=root, edges=False
            )
            evidence = read_evidence(prober.run(build_request(request)), str(path), name)
            missing = "No module named" in (evidence.error or "")
            here["left out" if missing else "ran" if ran(evidence) else "did not run"] += 1
            results.append({**evidence.raw, "package": package})
            if options.list and not missing and not ran(evidence):
                print(f"  {path.name}::{name}  {evidence.outcome.value}: {(evidence.error or '')[:300]!r}")
        print(f"{package:30} {dict(here)}", flush=True)
        total += here
    prober.close()
    print(f"ran without a hint: {total['ran']} of {total['ran'] + total['did not run']}")
    if options.json:
        Path(options.json).write_text(json.dumps(results))


if __name__ == "__main__":
    main()
