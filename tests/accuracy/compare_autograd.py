"""Compare static verdicts with autograd over the losses of public libraries.

    python tests/accuracy/compare_autograd.py [--only LIBRARY] [--list] [--json FILE]

Two measurements. Losses: for every line of the catalogue, each argument and parameter gets its verdict from
autograd. Functions: for every library function that ran underneath, each argument that required grad is
connected to the result or is not. Broken means cut or zero; unknown and missing verdicts claim nothing.
A static `nonfinite` is right when an edge input makes a NaN or inf.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chainrule.findings import Verdict
from losses import Gradient, Loss, Prepared, Unavailable, catalogue, measure, prepare
from observe import Argument, definition, observe
from statics import BROKEN, package_root, verdict


@dataclass(slots=True)
class Tally:
    """Agreement on broken against intact; `wrong` explains every disagreement."""

    found: int = 0
    missed: int = 0
    alarms: int = 0
    quiet: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, where: str, truth_broken: bool, said: Verdict | None) -> None:
        said_broken = said in BROKEN
        if truth_broken and said_broken:
            self.found += 1
        elif truth_broken:
            self.missed += 1
            self.wrong.append(f"MISSED {where}: static {_name(said)}")
        elif said_broken:
            self.alarms += 1
            self.wrong.append(f"ALARM  {where}: static {_name(said)}")
        else:
            self.quiet += 1

    def numbers(self) -> dict[str, Any]:
        claims, broken = self.found + self.alarms, self.found + self.missed
        return {
            "arguments": claims + self.missed + self.quiet,
            "broken": broken,
            "found": self.found,
            "false_alarms": self.alarms,
            "precision": round(self.found / claims, 3) if claims else None,
            "recall": round(self.found / broken, 3) if broken else None,
        }


@dataclass(slots=True)
class Comparison:
    losses: Tally = field(default_factory=Tally)
    functions: Tally = field(default_factory=Tally)
    nonfinite: Counter[str] = field(default_factory=Counter)
    ran: Counter[str] = field(default_factory=Counter)
    watched: set[tuple[str, str]] = field(default_factory=set)
    blamed: set[tuple[str, str]] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def one(self, loss: Loss, connected: dict[Argument, bool]) -> None:
        prepared = prepare(loss)
        truth = measure(loss)
        self.ran[loss.library] += 1
        place = definition(prepared.function)
        if place is not None:
            for name, gradient in truth.gradients.items():
                said = verdict(*place, name)
                where = f"{loss.title} {name} ({gradient.value}) {place[0]}:{place[1]}"
                self.losses.add(where, gradient in (Gradient.CUT, Gradient.ZERO), said)
                if said is Verdict.NONFINITE:
                    right = bool(truth.nonfinite_on[name]) or gradient is Gradient.NONFINITE
                    self.nonfinite["confirmed" if right else "unconfirmed"] += 1
                    if not right:
                        self.notes.append(f"NONFINITE not reproduced: {where}")
        self._watch(loss, prepared, connected)

    def _watch(self, loss: Loss, prepared: Prepared, connected: dict[Argument, bool]) -> None:
        root = package_root(loss.library)
        if root is None:
            return
        seen = observe(prepared, root)
        self.watched |= seen.functions
        for argument, reached in seen.connected.items():
            connected[argument] = connected.get(argument, False) or reached

    def finish(self, connected: dict[Argument, bool]) -> None:
        for argument, reached in sorted(connected.items()):
            said = verdict(argument.path, argument.qualname, argument.name)
            where = f"{argument.path}:{argument.qualname}({argument.name})"
            if not reached and said is Verdict.UNUSED:
                said = Verdict.CUT  # not connected, and both say so
            if said is Verdict.ZERO and reached:
                continue  # a zero gradient has a connected graph: this measurement cannot judge it
            self.functions.add(where, not reached, said)
            if reached and said in BROKEN:
                self.blamed.add((argument.path, argument.qualname))

    def numbers(self) -> dict[str, Any]:
        return {
            "losses": sum(self.ran.values()),
            "libraries": dict(sorted(self.ran.items())),
            "per_argument": self.losses.numbers(),
            "functions": len(self.watched),
            "functions_blamed_wrongly": len(self.blamed),
            "per_function_argument": self.functions.numbers(),
            "nonfinite_claims": dict(self.nonfinite),
            "skipped": len(self.skipped),
        }


def _name(said: Verdict | None) -> str:
    return "says nothing" if said is None else said.value


def compare(only: str = "", limit: int | None = None) -> Comparison:
    result = Comparison()
    connected: dict[Argument, bool] = {}
    chosen = [loss for loss in catalogue() if only in loss.library]
    for loss in chosen[:limit]:
        try:
            result.one(loss, connected)
        except Unavailable as problem:
            result.skipped.append(f"{loss.title}: {problem}")
    result.finish(connected)
    return result


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--only", default="", help="a library's import name, or a part of it")
    parser.add_argument("--list", action="store_true", help="print every disagreement")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    result = compare(options.only)
    if options.list:
        print("\n".join([*result.losses.wrong, *result.functions.wrong, *result.notes]))
        print("\n".join(f"SKIPPED {each}" for each in result.skipped))
    numbers = result.numbers()
    print(json.dumps(numbers, indent=2))
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
